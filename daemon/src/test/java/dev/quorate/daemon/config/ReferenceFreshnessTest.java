package dev.quorate.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The page is what the code says; `-Dreference.update=true` rewrites it.
class ReferenceFreshnessTest {
  private static final Path PAGE = Path.of("../docs/reference/configuration.md");

  @Test
  void theConfigurationPageIsFresh() throws IOException {
    if (Boolean.getBoolean("reference.update")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, ConfigReference.page());
    }
    assertEquals(ConfigReference.page(), Files.readString(PAGE));
  }
}
