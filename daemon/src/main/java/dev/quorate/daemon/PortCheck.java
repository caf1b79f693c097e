package dev.quorate.daemon;

import dev.quorate.daemon.config.DaemonConfig;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/// Whether this machine could listen at an address on all ports that a node needs.
final class PortCheck {
  private PortCheck() {}

  /// Which port cannot be used, and why; empty if all can.
  static Optional<String> refusal(String address, DaemonConfig.Ports ports) {
    return tcp(address, ports.admin())
        .or(() -> tcp(address, ports.raft()))
        .or(() -> ports.metrics() > 0 ? tcp(address, ports.metrics()) : Optional.empty())
        .or(() -> udp(address, ports.ring()));
  }

  private static Optional<String> tcp(String address, int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), port));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(refused("TCP", address, port, e));
    }
  }

  private static Optional<String> udp(String address, int port) {
    try (DatagramSocket probe = new DatagramSocket(null)) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), port));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(refused("UDP", address, port, e));
    }
  }

  private static String refused(String protocol, String address, int port, IOException e) {
    return "%s port %d of %s cannot be used here (%s)"
        .formatted(protocol, port, address, e.getMessage());
  }
}
