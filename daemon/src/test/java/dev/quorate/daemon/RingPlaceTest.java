package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The interface of the ring is the one that has the node's address.
@Tag("slow")
class RingPlaceTest {
  @TempDir private Path directory;

  @Test
  @Tag("S4-29")
  void theRingIsWhereItsPortAndItsAddressSay() throws IOException {
    int port = Rehearsal.freePorts(1).getFirst();
    try (TestNodes nodes = new TestNodes(directory)) {
      nodes.configure(1, "ring.port = " + port);
      nodes.found(1);
      assertEquals("127.0.1.1", TestNodes.address(1));
      assertTrue(isTaken("127.0.1.1", port), "there");
      assertFalse(isTaken("127.0.1.7", port), "and on no other address");
      assertFalse(isTaken("127.0.1.1", Rehearsal.freePorts(1).getFirst()), "nor on another port");
    }
  }

  private static boolean isTaken(String address, int port) throws IOException {
    try (DatagramSocket _ = new DatagramSocket(port, InetAddress.getByName(address))) {
      return false;
    } catch (BindException e) {
      return true;
    }
  }
}
