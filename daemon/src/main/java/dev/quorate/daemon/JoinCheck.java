package dev.quorate.daemon;

import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.ConfigException;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.secrets.OwnerOnly;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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
    tcp(identity.address(), config.ports().admin());
    tcp(identity.address(), config.ports().raft());
    if (config.ports().metrics() > 0) {
      tcp(identity.address(), config.ports().metrics());
    }
    udp(identity.address(), config.ports().ring());
  }

  private static HactlError unwritable(DaemonConfig config, IOException e) {
    return HactlError.failed(
        "cannot write " + e.getMessage(),
        "make " + config.file() + " and " + config.stateDirectory() + " writable" + AGAIN);
  }

  private static void tcp(String address, int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), port));
    } catch (IOException e) {
      throw taken("TCP", address, port, e);
    }
  }

  private static void udp(String address, int port) {
    try (DatagramSocket probe = new DatagramSocket(null)) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), port));
    } catch (IOException e) {
      throw taken("UDP", address, port, e);
    }
  }

  private static HactlError taken(String protocol, String address, int port, IOException e) {
    return HactlError.failed(
        "%s port %d of %s cannot be used here (%s)"
            .formatted(protocol, port, address, e.getMessage()),
        "does %s belong to this machine, and does nothing else listen there? Then join again"
                .formatted(address)
            + AGAIN);
  }
}
