package dev.quorate.daemon.secrets;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FounderSeatsTest {
  private static final NodeId N2 = new NodeId("n2");

  @TempDir private Path directory;

  @Test
  void whoWasLetInIsRememberedUntilTheClusterIsSetUpAnew() throws IOException {
    assertFalse(FounderSeats.in(directory).taken(N2));
    FounderSeats.in(directory).take(new NodeId("n3"));
    FounderSeats.in(directory).take(N2);
    assertTrue(FounderSeats.in(directory).taken(N2), "also by a daemon that was restarted");
    new SecretStore(directory).found("demo", new NodeId("n1"), "127.0.0.1", Instant.now());
    assertFalse(FounderSeats.in(directory).taken(N2));
  }
}
