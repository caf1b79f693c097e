package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.images.builder.ImageFromDockerfile;

/// The image that machines are made of: Debian with systemd, PostgreSQL and fence agents, and the
/// package that this build made, installed as an administrator would.
final class NodeImage {
  private static final String BASE = "QUORATE_NODE_IMAGE";
  private static final Path PACKAGES = Path.of("../daemon/target");

  private NodeImage() {}

  /// Gives up the test where no engine runs containers; `./check` starts one and says so.
  static void assumeEngine() {
    assumeTrue(base().isPresent(), "no engine for containers: " + BASE + " names no image");
  }

  private static Optional<String> base() {
    return Optional.ofNullable(System.getenv(BASE)).filter(name -> !name.isEmpty());
  }

  /// The package that this build made.
  static Path debian() throws IOException {
    try (Stream<Path> files = Files.list(PACKAGES)) {
      return files
          .filter(f -> f.getFileName().toString().matches("quorate_.*_amd64\\.deb"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no package in " + PACKAGES.toAbsolutePath()));
    }
  }

  /// Debian as it is before the package comes.
  static String bare() {
    return base().orElseThrow();
  }

  /// The image with the package; it is made once and found again by what is in it.
  static String installed() throws IOException {
    Path debian = debian();
    assertTrue(Files.size(debian) > 0, () -> debian + " is empty");
    return new ImageFromDockerfile("quorate-node-with-package", false)
        .withFileFromPath("quorate.deb", debian)
        .withDockerfileFromBuilder(image ->
            image
                .from(bare())
                .copy("quorate.deb", "/quorate.deb")
                .run("dpkg -i /quorate.deb && rm /quorate.deb")
                .build())
        .withBuildImageCmdModifier(command -> command.withNetworkMode("none"))
        .get();
  }
}
