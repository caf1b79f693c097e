package dev.quorate.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Where the package is that this build made.
public final class DebianPackage {
  private static final Path TARGET = Path.of("../daemon/target");

  private DebianPackage() {}

  /// The package.
  ///
  /// @throws IOException if there is no such directory
  public static Path built() throws IOException {
    return ending("deb");
  }

  /// The same files for systems without `dpkg`, to be unpacked at the root.
  ///
  /// @throws IOException if there is no such directory
  public static Path archive() throws IOException {
    return ending("tar\\.gz");
  }

  private static Path ending(String pattern) throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(f -> f.getFileName().toString().matches("quorate_.*_amd64\\." + pattern))
          .findFirst()
          .orElseThrow(
              () -> new AssertionError("no ." + pattern + " in " + TARGET.toAbsolutePath()));
    }
  }
}
