package dev.quorate.vip.linux;

import dev.quorate.vip.Link;
import dev.quorate.vip.core.ArpPacket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// Sends and hears ARP on one interface. Not thread-safe.
final class PacketSocket implements AutoCloseable {
  private static final int ETHERTYPE_ARP = 0x0806;
  private static final int FRAME_LIMIT = 128;

  private final int socket;
  private final ByteBuffer address;

  PacketSocket(Link link) {
    socket = LibC.socket(LibC.AF_PACKET, Short.reverseBytes((short) ETHERTYPE_ARP) & 0xffff);
    address = linkAddress(link.index());
    LibC.bind(socket, address);
  }

  /// Sends a packet to everybody on the link.
  void send(ArpPacket packet) {
    LibC.sendTo(socket, packet.encode(), address);
  }

  /// The next ARP packet within the time; empty if there is none or if what came is none.
  Optional<ArpPacket> receive(long millis) {
    if (millis < 0 || !LibC.readable(socket, millis)) {
      return Optional.empty();
    }
    return ArpPacket.decode(LibC.receive(socket, FRAME_LIMIT).order(ByteOrder.BIG_ENDIAN));
  }

  @Override
  public void close() {
    LibC.close(socket);
  }

  /// `struct sockaddr_ll` for everybody on the link. Numbers are the host's, the protocol is not.
  private static ByteBuffer linkAddress(int index) {
    var address = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
    address.putShort((short) LibC.AF_PACKET);
    address.order(ByteOrder.BIG_ENDIAN).putShort((short) ETHERTYPE_ARP);
    address.order(ByteOrder.nativeOrder()).putInt(index).putShort((short) 0);
    address.put((byte) 0).put((byte) 6).putLong(-1L);
    return address.flip();
  }
}
