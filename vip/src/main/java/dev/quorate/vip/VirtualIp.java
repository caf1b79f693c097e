package dev.quorate.vip;

/// A virtual address on a certain interface of this machine.
///
/// @param ip the address
/// @param prefix its prefix length
/// @param broadcast the broadcast address; [Ipv4Address#ANY] for none
/// @param label its label, at most 15 characters
/// @param link the interface
public record VirtualIp(
    Ipv4Address ip, int prefix, Ipv4Address broadcast, String label, Link link) {
  /// As `192.168.1.10/24 on eth0`.
  @Override
  public String toString() {
    return ip + "/" + prefix + " on " + link.name();
  }
}
