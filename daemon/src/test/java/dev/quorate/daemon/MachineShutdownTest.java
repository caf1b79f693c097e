package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.daemon.cli.HactlError;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MachineShutdownTest {
  private final AtomicInteger left = new AtomicInteger();

  private int leavesWhen(String state) {
    left.set(0);
    new MachineShutdown(() -> state).leaveFirst(_ -> left.incrementAndGet());
    return left.get();
  }

  @Test
  void aDaemonLeavesOnlyWhenItsMachineGoesDown() {
    assertEquals(1, leavesWhen("stopping\n"));
    assertEquals(0, leavesWhen("running\n"));
    assertEquals(0, leavesWhen("degraded\n"), "a restart of the daemon stops nothing");
    assertEquals(0, leavesWhen(""), "without systemd");
  }

  @Test
  void whatCannotLeaveGoesDownNevertheless() {
    new MachineShutdown(() -> "stopping")
        .leaveFirst(patience -> {
          left.incrementAndGet();
          throw HactlError.timeout("not stopped in " + patience, "");
        });
    assertEquals(1, left.get());
  }
}
