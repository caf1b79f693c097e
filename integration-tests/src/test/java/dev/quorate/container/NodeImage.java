package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.packaging.DebianPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.testcontainers.images.builder.ImageFromDockerfile;

/// The images that machines are made of: Debian with systemd and fence agents, which has
/// PostgreSQL's packages and has not installed them; and one with PostgreSQL, but no database, and
/// the package that this build made.
final class NodeImage {
  private static final String BASE = "QUORATE_NODE_IMAGE";

  /// Nothing is to start while an image is made, and Debian is to make no database.
  private static final String POSTGRESQL =
      "mkdir -p /etc/postgresql-common/createcluster.d"
          + " && echo 'create_main_cluster = false'"
          + " > /etc/postgresql-common/createcluster.d/no-main.conf"
          + " && printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d"
          + " && chmod 755 /usr/sbin/policy-rc.d"
          + " && DEBIAN_FRONTEND=noninteractive apt-get -qq --yes --no-install-recommends"
          + " install postgresql-15"
          + " && rm /usr/sbin/policy-rc.d";

  private static @Nullable String withPackage;

  private NodeImage() {}

  /// Gives up the test where no engine runs containers; `./check` starts one and says so.
  static void assumeEngine() {
    assumeTrue(base().isPresent(), "no engine for containers: " + BASE + " names no image");
  }

  private static Optional<String> base() {
    return Optional.ofNullable(System.getenv(BASE)).filter(name -> !name.isEmpty());
  }

  /// Debian as it is before anything comes.
  static String bare() {
    return base().orElseThrow();
  }

  /// Debian with the packages of the stack that Quorate is compared with.
  static String peer() {
    return Optional.ofNullable(System.getenv("QUORATE_PEER_IMAGE")).orElseThrow();
  }

  /// The image with the package; it is made once and found again by what is in it.
  static synchronized String installed() throws IOException {
    if (withPackage == null) {
      withPackage = made();
    }
    return withPackage;
  }

  private static String made() throws IOException {
    Path debian = DebianPackage.built();
    assertTrue(Files.size(debian) > 0, () -> debian + " is empty");
    return new ImageFromDockerfile("quorate-node-with-package", false)
        .withFileFromPath("quorate.deb", debian)
        .withDockerfileFromBuilder(image ->
            image
                .from(bare())
                .run(POSTGRESQL)
                .copy("quorate.deb", "/quorate.deb")
                .run("dpkg -i /quorate.deb && rm /quorate.deb")
                .build())
        .withBuildImageCmdModifier(command -> command.withNetworkMode("none"))
        .get();
  }
}
