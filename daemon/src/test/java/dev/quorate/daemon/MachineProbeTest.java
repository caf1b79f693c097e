package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.Absence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MachineProbeTest {
  private final HostAddresses hosts = new HostAddresses();

  private boolean answers(int port, Duration patience) {
    return MachineProbe.answers(hosts, "127.0.0.1", port, patience);
  }

  @Test
  void aDaemonThatHangsIsOnAMachineThatIsOn() throws IOException {
    try (ServerSocket hanging = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      int port = hanging.getLocalPort();
      assertEquals(Absence.SILENT, PeerProbe.ask(hosts, "127.0.0.1", port));
      assertTrue(answers(port, Duration.ofSeconds(5)));
    }
  }

  @Test
  void aRefusalIsAnAnswer() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertTrue(answers(port, Duration.ofSeconds(5)));
  }

  @Test
  void whereNothingComesBackTheMachineMayBeOff() throws IOException {
    try (DeadPort dead = new DeadPort("127.0.0.1", 0)) {
      assertFalse(answers(dead.port(), Duration.ofMillis(300)));
    }
    assertFalse(
        MachineProbe.answers(hosts, "nowhere.invalid", 1, Duration.ofMillis(300)),
        "a name that stands for nothing");
  }
}
