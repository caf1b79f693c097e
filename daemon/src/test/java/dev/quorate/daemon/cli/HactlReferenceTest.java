package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The pages are what the code says; `-Dreference.update=true` rewrites them.
class HactlReferenceTest {
  private static final Path PAGE = Path.of("../docs/reference/hactl.md");
  private static final Path PACKAGED = Path.of("src/deb/files");

  @Test
  void theCommandPageIsFresh() throws IOException {
    fresh(PAGE, HactlReference.page());
  }

  @Test
  void theManualPageIsFresh() throws IOException {
    fresh(PACKAGED.resolve("hactl.8"), HactlManual.page());
  }

  @Test
  void theCompletionIsFresh() throws IOException {
    fresh(PACKAGED.resolve("hactl.bash"), HactlManual.completion());
  }

  private static void fresh(Path file, String text) throws IOException {
    if (Boolean.getBoolean("reference.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    assertEquals(text, Files.readString(file));
  }
}
