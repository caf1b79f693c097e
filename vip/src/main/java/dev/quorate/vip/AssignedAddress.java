package dev.quorate.vip;

/// An address that an interface has.
///
/// @param linkIndex the interface
/// @param ip the address
/// @param prefix its prefix length
/// @param label its label, as `eth0:vip`
/// @param validSeconds how long the kernel will keep it; [#FOREVER] if it was not told
public record AssignedAddress(
    int linkIndex, Ipv4Address ip, int prefix, String label, long validSeconds) {
  /// The life-time of an address that never expires.
  public static final long FOREVER = 0xffff_ffffL;

  /// Whether the kernel keeps it until told otherwise.
  public boolean permanent() {
    return validSeconds == FOREVER;
  }
}
