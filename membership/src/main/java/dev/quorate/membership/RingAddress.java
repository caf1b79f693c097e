package dev.quorate.membership;

/// Where a node receives the ring's datagrams on one link.
///
/// @param host an address or a name; a name is resolved when the ring starts, whenever the ring
///   looks for others, and every ten seconds
/// @param port the UDP port, 1 to 65535
public record RingAddress(String host, int port) {
  /// Checks the values.
  public RingAddress {
    if (host.isBlank()) {
      throw new IllegalArgumentException("a ring address needs a host");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port of ring address " + host + " is not legal: " + port);
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
