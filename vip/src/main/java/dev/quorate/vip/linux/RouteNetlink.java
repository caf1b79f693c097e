package dev.quorate.vip.linux;

import dev.quorate.vip.AssignedAddress;
import dev.quorate.vip.Ipv4Address;
import dev.quorate.vip.Link;
import dev.quorate.vip.MacAddress;
import dev.quorate.vip.VirtualIp;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The kernel's interfaces and addresses, through one [Netlink].
final class RouteNetlink implements AutoCloseable {
  private static final int RTM_GETLINK = 18;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_GETADDR = 22;

  private static final int REPLACE_OR_CREATE = 0x100 | 0x400;

  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_LABEL = 3;
  private static final int IFA_BROADCAST = 4;
  private static final int IFA_CACHEINFO = 6;
  private static final int IFA_FLAGS = 8;
  private static final int NO_PREFIX_ROUTE = 0x200;

  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_CARRIER = 33;
  private static final int IFF_UP = 1;
  private static final int IFF_NOARP = 0x80;
  private static final int ARPHRD_ETHER = 1;

  private static final int EADDRNOTAVAIL = 99;
  private static final byte AF_INET = 2;

  private final Netlink netlink = new Netlink(Netlink.ROUTE);

  /// All interfaces.
  List<Link> links() {
    var body = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
    var links = new ArrayList<Link>();
    for (var message :
        netlink.exchange("reading interfaces", RTM_GETLINK, Netlink.REQUEST | Netlink.DUMP, body)) {
      int type = message.getShort(2) & 0xffff;
      int index = message.getInt(4);
      int flags = message.getInt(8);
      var attributes = attributes(message, 16);
      links.add(
          new Link(
              index,
              text(attributes.get(IFLA_IFNAME)),
              mac(attributes.get(IFLA_ADDRESS)),
              (flags & IFF_UP) != 0,
              isSet(attributes.get(IFLA_CARRIER)),
              type == ARPHRD_ETHER && (flags & IFF_NOARP) == 0));
    }
    return links;
  }

  /// All IPv4 addresses.
  List<AssignedAddress> addresses() {
    var body = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).put(0, AF_INET);
    var addresses = new ArrayList<AssignedAddress>();
    for (var message :
        netlink.exchange("reading addresses", RTM_GETADDR, Netlink.REQUEST | Netlink.DUMP, body)) {
      var attributes = attributes(message, 8);
      var local = attributes.get(IFA_LOCAL);
      if (message.get(0) == AF_INET && local != null) {
        var cache = attributes.get(IFA_CACHEINFO);
        addresses.add(
            new AssignedAddress(
                message.getInt(4),
                new Ipv4Address(local.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(0)),
                message.get(1) & 0xff,
                text(attributes.get(IFA_LABEL)),
                cache == null ? AssignedAddress.FOREVER : cache.getInt(4) & 0xffff_ffffL));
      }
    }
    return addresses;
  }

  /// Adds the address or renews its life-time.
  ///
  /// @param validSeconds after this time the kernel removes it by itself
  void put(VirtualIp address, long validSeconds, boolean prefixRoute, boolean deprecated) {
    var body = body(address);
    if (address.broadcast().bits() != 0) {
      attribute(body, IFA_BROADCAST, octets(address.broadcast()));
    }
    byte[] label = address.label().getBytes(StandardCharsets.US_ASCII);
    attribute(body, IFA_LABEL, Arrays.copyOf(label, label.length + 1));
    var cache = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
    cache.putInt(deprecated ? 0 : (int) validSeconds).putInt((int) validSeconds);
    attribute(body, IFA_CACHEINFO, cache.array());
    if (!prefixRoute) {
      var flags = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(NO_PREFIX_ROUTE);
      attribute(body, IFA_FLAGS, flags.array());
    }
    netlink.exchange(
        "adding the address",
        RTM_NEWADDR,
        Netlink.REQUEST | Netlink.ACK | REPLACE_OR_CREATE,
        body.flip());
  }

  /// Removes the address; an absent one is no error.
  ///
  /// @return whether it was there
  boolean delete(VirtualIp address) {
    try {
      netlink.exchange(
          "removing the address", RTM_DELADDR, Netlink.REQUEST | Netlink.ACK, body(address).flip());
      return true;
    } catch (SystemCallException e) {
      if (e.errno() == EADDRNOTAVAIL) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    netlink.close();
  }

  private static ByteBuffer body(VirtualIp address) {
    var body = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());
    body.put(AF_INET).put((byte) address.prefix()).put((byte) 0).put((byte) 0);
    body.putInt(address.link().index());
    attribute(body, IFA_LOCAL, octets(address.ip()));
    attribute(body, IFA_ADDRESS, octets(address.ip()));
    return body;
  }

  private static SortedMap<Integer, ByteBuffer> attributes(ByteBuffer message, int from) {
    var found = new TreeMap<Integer, ByteBuffer>();
    int at = from;
    while (at + 4 <= message.limit()) {
      int length = message.getShort(at) & 0xffff;
      if (length < 4 || at + length > message.limit()) {
        break;
      }
      found.put(
          message.getShort(at + 2) & 0x3fff,
          message.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
      at += Netlink.aligned(length);
    }
    return found;
  }

  private static void attribute(ByteBuffer body, int type, byte[] value) {
    body.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    body.position(Netlink.aligned(body.position()));
  }

  private static byte[] octets(Ipv4Address ip) {
    return ByteBuffer.allocate(4).putInt(ip.bits()).array();
  }

  private static boolean isSet(@Nullable ByteBuffer value) {
    return value != null && value.get(0) != 0;
  }

  private static String text(@Nullable ByteBuffer value) {
    if (value == null) {
      return "";
    }
    String text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private static MacAddress mac(@Nullable ByteBuffer value) {
    if (value == null || value.limit() != 6) {
      return MacAddress.NONE;
    }
    var bytes = value.duplicate().order(ByteOrder.BIG_ENDIAN);
    return new MacAddress((bytes.getShort(0) & 0xffffL) << 32 | (bytes.getInt(2) & 0xffff_ffffL));
  }
}
