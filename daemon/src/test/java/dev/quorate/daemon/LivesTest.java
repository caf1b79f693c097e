package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  @TempDir private Path directory;

  private DaemonConfig config() {
    return ConfigFile.parse(
        directory.resolve("quorate.conf"),
        "state.directory = %s\nboot-id = boot-1\n".formatted(directory));
  }

  @Test
  void runsAreCountedFromTheTimeOfTheFirst() throws IOException {
    assertEquals(1_800_000_000, Lives.next(config(), NOW).run());
    assertEquals(1_800_000_001, Lives.next(config(), NOW).run());
    assertEquals(
        1_800_000_002, Lives.next(config(), NOW.minusSeconds(1_000_000)).run(), "never backwards");
  }

  @Test
  void aLostDirectoryIsNoFormerRun() throws IOException {
    long before = Lives.next(config(), NOW).run();
    Files.delete(directory.resolve("run-counter"));
    assertTrue(Lives.next(config(), NOW.plusSeconds(60)).run() > before);
  }

  @Test
  void aDamagedCounterIsNotReplaced() throws IOException {
    Files.writeString(directory.resolve("run-counter"), "seven");
    StartFailure refused = assertThrows(StartFailure.class, () -> Lives.next(config(), NOW));
    assertTrue(String.valueOf(refused.getMessage()).contains("run-counter"), refused::getMessage);
    assertEquals("seven", Files.readString(directory.resolve("run-counter")));
  }
}
