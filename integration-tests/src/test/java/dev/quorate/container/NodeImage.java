package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.packaging.DebianPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.testcontainers.images.builder.ImageFromDockerfile;

/// The image that machines are made of: Debian with systemd, PostgreSQL and fence agents, and the
/// package that this build made, installed as an administrator would.
final class NodeImage {
  private static final String BASE = "QUORATE_NODE_IMAGE";

  private NodeImage() {}

  /// Gives up the test where no engine runs containers; `./check` starts one and says so.
  static void assumeEngine() {
    assumeTrue(base().isPresent(), "no engine for containers: " + BASE + " names no image");
  }

  private static Optional<String> base() {
    return Optional.ofNullable(System.getenv(BASE)).filter(name -> !name.isEmpty());
  }

  /// Debian as it is before the package comes.
  static String bare() {
    return base().orElseThrow();
  }

  /// Debian with the packages of the stack that Quorate is compared with.
  static String peer() {
    return Optional.ofNullable(System.getenv("QUORATE_PEER_IMAGE")).orElseThrow();
  }

  /// The image with the package; it is made once and found again by what is in it.
  static String installed() throws IOException {
    Path debian = DebianPackage.built();
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
