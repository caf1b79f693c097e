package dev.quorate.daemon.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastSeenFileTest {
  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("seen");
  }

  private boolean outdone(String boot) {
    return new LastSeenFile(file(), boot).mayBeOutdone();
  }

  @Test
  void whatWasNotedAMomentAgoIsNoReasonToDoubt() throws IOException {
    assertTrue(outdone("b1"), "nothing is known");
    new LastSeenFile(file(), "b1").note();
    assertEquals("b1", Files.readAllLines(file()).getFirst());
    assertFalse(outdone("b1"));
    assertFalse(outdone("b2"), "it booted meanwhile");
  }

  @Test
  void itIsNotedWhileTheNodeIsAlone() throws IOException {
    new LastSeenFile(file(), "b1").due();
    for (long end = System.nanoTime() + 10_000_000_000L;
        Files.notExists(file()) && System.nanoTime() < end; ) {
      LockSupport.parkNanos(1_000_000);
    }
    assertEquals("b1", Files.readAllLines(file()).getFirst());
  }

  @Test
  void whatCannotBeReadIsLongAgo() throws IOException {
    for (String text : new String[] {"", "b1\n", "b1\nsoon\n", "b1\n1\n2\n", "b1\n-1\n"}) {
      Files.writeString(file(), text);
      assertTrue(outdone("b1"), text);
    }
    Files.writeString(file(), "b1\n1000\n");
    assertFalse(outdone("b1"), "in the same boot");
    assertTrue(outdone("b2"));
  }
}
