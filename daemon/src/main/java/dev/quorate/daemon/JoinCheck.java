package dev.quorate.daemon;

import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.ConfigException;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.secrets.OwnerOnly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether this machine could take on an identity, found out before anything is asked for that can
/// be had only once.
final class JoinCheck {
  private static final String AGAIN = "; the token is still good";

  private JoinCheck() {}

  static void require(DaemonConfig config, Identity identity) {
    Path file = config.file();
    String text;
    try {
      text = ConfigFile.withIdentity(Files.exists(file) ? Files.readString(file) : "", identity);
      ConfigFile.parse(file, text);
    } catch (ConfigException e) {
      throw HactlError.usage(
          String.valueOf(e.getMessage()), "put it right, and join again" + AGAIN);
    } catch (IOException e) {
      throw unwritable(config, e);
    }
    try {
      OwnerOnly.prepare(file, text.getBytes(StandardCharsets.UTF_8), "rw-r--r--").discard();
      OwnerOnly.prepare(config.stateDirectory().resolve("cluster"), new byte[1], "rw-------")
          .discard();
    } catch (IOException e) {
      throw unwritable(config, e);
    }
    PortCheck.refusal(identity.address(), config.ports())
        .ifPresent(reason -> {
          throw HactlError.failed(
              reason,
              "does %s belong to this machine, and does nothing else listen there? Then join again"
                      .formatted(identity.address())
                  + AGAIN);
        });
  }

  private static HactlError unwritable(DaemonConfig config, IOException e) {
    return HactlError.failed(
        "cannot write " + e.getMessage(),
        "make " + config.file() + " and " + config.stateDirectory() + " writable" + AGAIN);
  }
}
