package dev.quorate.vip.core;

import dev.quorate.vip.Ipv4Address;
import dev.quorate.vip.MacAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How somebody else with the same address is looked for.
///
/// Two probes, since one packet may be lost; the kernel of a holder answers within a millisecond on
/// a LAN. The whole look takes less than 200 ms, for it stands between a failure and its clients.
public final class AddressConflictPolicy {
  /// When probes are sent, counted from the start of the look.
  public static final List<Duration> PROBES = List.of(Duration.ZERO, Duration.ofMillis(60));

  /// When the look ends.
  public static final Duration END = Duration.ofMillis(120);

  /// How long ago a look may have begun whose answer still counts: nobody who brings the address up
  /// meanwhile would have been seen by a later one for sure.
  public static final Duration FRESH = Duration.ofSeconds(2);

  private AddressConflictPolicy() {}

  /// Who else has the address, if this packet shows it: anybody who claims it as a sender, in an
  /// answer or in an announcement of his own.
  public static Optional<MacAddress> otherHolder(
      ArpPacket packet, Ipv4Address ip, MacAddress ownMac) {
    return packet.senderIp().equals(ip) && !packet.senderMac().equals(ownMac)
        ? Optional.of(packet.senderMac())
        : Optional.empty();
  }
}
