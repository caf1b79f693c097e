package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.cli.HactlError;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MachineShutdownTest {
  private final AtomicInteger left = new AtomicInteger();

  private final AtomicLong nanos = new AtomicLong();

  private MachineShutdown when(String state) {
    return new MachineShutdown(() -> state, nanos::get);
  }

  @Test
  void aDaemonLeavesOnlyWhenItsMachineGoesDown() {
    assertTrue(when("stopping\n").goesOn());
    assertFalse(when("running\n").goesOn());
    assertFalse(when("degraded\n").goesOn(), "a restart of the daemon stops nothing");
    assertFalse(when("").goesOn(), "without systemd");
  }

  @Test
  void whatCannotLeaveGoesDownNevertheless() {
    when("stopping")
        .leaveFirst(
            patience -> {
              left.incrementAndGet();
              throw HactlError.timeout("not stopped in " + patience, "");
            },
            Optional::empty);
    assertEquals(1, left.get());
  }

  @Test
  void whatHasNoHopeIsNotWaitedFor() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    when("stopping")
        .leaveFirst(
            _ -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            () -> {
              nanos.addAndGet(MachineShutdown.HOPE.toNanos() / 2);
              // Hope that comes back begins the time anew.
              return asked.incrementAndGet() == 2 ? Optional.empty() : Optional.of("no quorum");
            });
    assertEquals(5, asked.get());
    never.countDown();
  }
}
