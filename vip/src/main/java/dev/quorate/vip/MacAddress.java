package dev.quorate.vip;

import java.util.Locale;

/// An Ethernet address.
///
/// @param bits its 48 bits, the first octet highest
public record MacAddress(long bits) {
  /// All zero: nobody.
  public static final MacAddress NONE = new MacAddress(0);

  /// All ones: everybody.
  public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

  /// Checks the range.
  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("more than 48 bits: " + bits);
    }
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    for (int shift = 40; shift >= 0; shift -= 8) {
      text.append(String.format(Locale.ROOT, "%02x", bits >>> shift & 255));
      text.append(shift > 0 ? ":" : "");
    }
    return text.toString();
  }
}
