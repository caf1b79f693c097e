package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTrialTest {
  @TempDir private Path directory;

  @Test
  void anErrorIsAnAnswer() throws IOException {
    Path place = directory.resolve("state");
    DiskTrial trial = new DiskTrial(place, () -> Instant.EPOCH);
    assertEquals(Optional.empty(), trial.refusal());
    assertFalse(trial.kept());
    assertTrue(trial.refusal().orElseThrow().contains("disk-trial"));
    assertEquals(Optional.empty(), trial.owes());
    Files.createDirectory(place);
    assertTrue(trial.kept());
    assertEquals(Optional.empty(), trial.refusal());
  }
}
