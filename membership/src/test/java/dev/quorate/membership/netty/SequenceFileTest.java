package dev.quorate.membership.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequenceFileTest {
  @TempDir Path directory;

  private long bound() throws IOException {
    return Long.parseLong(Files.readString(directory.resolve("ring")).strip());
  }

  @Test
  void whatWasPromisedIsBelowTheNextStart() throws IOException {
    var file = SequenceFile.open(directory.resolve("ring"));
    assertEquals(0, file.start());
    for (long sequence = 1; sequence < 20_000; sequence += 777) {
      file.persist(sequence);
      assertTrue(bound() >= sequence);
    }
    var again = SequenceFile.open(directory.resolve("ring"));
    assertTrue(again.start() >= 20_000 - 777);
  }

  @Test
  void aFileThatHoldsSomethingElseIsNamed() throws IOException {
    Files.writeString(directory.resolve("ring"), "nonsense");
    var problem =
        assertThrows(IOException.class, () -> SequenceFile.open(directory.resolve("ring")));
    assertTrue(String.valueOf(problem.getMessage()).contains("does not hold a ring sequence"));
  }
}
