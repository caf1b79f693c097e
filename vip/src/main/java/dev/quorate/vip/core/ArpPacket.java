package dev.quorate.vip.core;

import dev.quorate.vip.Ipv4Address;
import dev.quorate.vip.MacAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/// An ARP packet for IPv4 over Ethernet, with its Ethernet header.
///
/// @param request whether it asks; otherwise it answers
/// @param senderMac who sends
/// @param senderIp the address that the sender claims; [Ipv4Address#ANY] in a probe
/// @param targetMac for whom an answer is
/// @param targetIp the address asked for
public record ArpPacket(
    boolean request,
    MacAddress senderMac,
    Ipv4Address senderIp,
    MacAddress targetMac,
    Ipv4Address targetIp) {
  /// Bytes of a packet with its Ethernet header.
  public static final int LENGTH = 42;

  private static final int ETHERTYPE_ARP = 0x0806;
  private static final int HARDWARE_ETHERNET = 1;
  private static final int PROTOCOL_IPV4 = 0x0800;
  private static final int LENGTHS = 0x0604;

  /// Asks who has the address, without claiming one (RFC 5227).
  public static ArpPacket probe(MacAddress own, Ipv4Address ip) {
    return new ArpPacket(true, own, Ipv4Address.ANY, MacAddress.NONE, ip);
  }

  /// Tells everybody, in the form of a question, where the address is now.
  public static ArpPacket gratuitousRequest(MacAddress own, Ipv4Address ip) {
    return new ArpPacket(true, own, ip, MacAddress.NONE, ip);
  }

  /// Tells everybody, in the form of an answer: some devices listen only to these.
  public static ArpPacket gratuitousReply(MacAddress own, Ipv4Address ip) {
    return new ArpPacket(false, own, ip, MacAddress.BROADCAST, ip);
  }

  /// The frame, sent to everybody.
  public ByteBuffer encode() {
    var frame = ByteBuffer.allocate(LENGTH);
    putMac(frame, MacAddress.BROADCAST);
    putMac(frame, senderMac);
    frame.putShort((short) ETHERTYPE_ARP);
    frame.putShort((short) HARDWARE_ETHERNET).putShort((short) PROTOCOL_IPV4);
    frame.putShort((short) LENGTHS).putShort((short) (request ? 1 : 2));
    putMac(frame, senderMac);
    frame.putInt(senderIp.bits());
    putMac(frame, targetMac);
    frame.putInt(targetIp.bits());
    return frame.flip();
  }

  /// Reads a frame; empty if it is anything but a whole ARP request or answer for IPv4 over
  /// Ethernet.
  public static Optional<ArpPacket> decode(ByteBuffer source) {
    var frame = source.slice();
    if (frame.remaining() < LENGTH) {
      return Optional.empty();
    }
    frame.position(12);
    boolean ours =
        (frame.getShort() & 0xffff) == ETHERTYPE_ARP
            && frame.getShort() == HARDWARE_ETHERNET
            && frame.getShort() == PROTOCOL_IPV4
            && frame.getShort() == LENGTHS;
    int operation = frame.getShort();
    if (!ours || operation < 1 || operation > 2) {
      return Optional.empty();
    }
    var senderMac = getMac(frame);
    var senderIp = new Ipv4Address(frame.getInt());
    var targetMac = getMac(frame);
    var targetIp = new Ipv4Address(frame.getInt());
    return Optional.of(new ArpPacket(operation == 1, senderMac, senderIp, targetMac, targetIp));
  }

  private static void putMac(ByteBuffer frame, MacAddress mac) {
    frame.putShort((short) (mac.bits() >>> 32)).putInt((int) mac.bits());
  }

  private static MacAddress getMac(ByteBuffer frame) {
    long high = frame.getShort() & 0xffffL;
    return new MacAddress(high << 32 | (frame.getInt() & 0xffff_ffffL));
  }
}
