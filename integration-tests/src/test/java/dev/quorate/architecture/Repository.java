package dev.quorate.architecture;

import java.nio.file.Files;
import java.nio.file.Path;

/// Where the sources of this build lie.
final class Repository {
  private Repository() {}

  static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve(".mvn"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
