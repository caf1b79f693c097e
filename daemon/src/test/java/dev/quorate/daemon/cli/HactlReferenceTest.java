package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The page is what the code says; `-Dreference.update=true` rewrites it.
class HactlReferenceTest {
  private static final Path PAGE = Path.of("../docs/reference/hactl.md");

  @Test
  void theCommandPageIsFresh() throws IOException {
    if (Boolean.getBoolean("reference.update")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, HactlReference.page());
    }
    assertEquals(HactlReference.page(), Files.readString(PAGE));
  }
}
