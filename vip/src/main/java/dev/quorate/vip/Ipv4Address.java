package dev.quorate.vip;

import java.util.Locale;
import java.util.regex.Pattern;

/// An IPv4 address.
///
/// @param bits its 32 bits, the first octet highest
public record Ipv4Address(int bits) {
  /// `0.0.0.0`
  public static final Ipv4Address ANY = new Ipv4Address(0);

  private static final Pattern DOTTED =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  /// Reads four decimal numbers with dots between.
  ///
  /// @throws IllegalArgumentException if the text is anything else; the message quotes it
  public static Ipv4Address parse(String text) {
    var match = DOTTED.matcher(text);
    int bits = 0;
    boolean legal = match.matches();
    for (int i = 1; legal && i <= 4; i++) {
      int octet = Integer.parseInt(match.group(i));
      legal = octet <= 255;
      bits = bits << 8 | octet;
    }
    if (!legal) {
      throw new IllegalArgumentException("'" + text + "' is not an IPv4 address, as 192.168.1.10");
    }
    return new Ipv4Address(bits);
  }

  /// Whether both are in the same network of this prefix length.
  public boolean sameNetwork(Ipv4Address other, int prefix) {
    return ((bits ^ other.bits) & mask(prefix)) == 0;
  }

  /// The last address of the network.
  public Ipv4Address broadcast(int prefix) {
    return new Ipv4Address(bits | ~mask(prefix));
  }

  /// The prefix length that a dotted netmask stands for.
  ///
  /// @throws IllegalArgumentException if the ones are not all in front
  public int prefixLength() {
    int prefix = Integer.bitCount(bits);
    if (mask(prefix) != bits) {
      throw new IllegalArgumentException("'" + this + "' is not a netmask, as 255.255.255.0");
    }
    return prefix;
  }

  private static int mask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%d.%d.%d.%d", bits >>> 24, bits >>> 16 & 255, bits >>> 8 & 255, bits & 255);
  }
}
