package dev.quorate.vip.linux;

import dev.quorate.vip.Ipv4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/// The TCP connections of this machine. Whoever is connected to an address that is taken away hears
/// nothing any more, not even that the server has ended: a client that waits for an answer may wait
/// for hours. So they are told by a reset as long as it can be sent (`SOCK_DESTROY`, Linux 4.5).
final class Connections {
  private static final int SOCK_DIAG_BY_FAMILY = 20;
  private static final int SOCK_DESTROY = 21;
  private static final byte AF_INET = 2;
  private static final byte AF_INET6 = 10;
  private static final byte TCP = 6;

  /// Established, and the states of those that are closing but for the time they wait in the end.
  private static final int CONNECTED = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11;

  private static final int REQUEST = 56;
  private static final int ID = 48;
  private static final int REQUEST_ID = 8;
  private static final int ANSWER_ID = 4;
  private static final int SOURCE = 4;
  private static final int MAPPED = 0xffff;

  private static final int ENOENT = 2;

  private Connections() {}

  /// Resets those of an address, also where a server of both families accepted them. Ends early
  /// when that takes too long.
  ///
  /// @param atMost after which no further one is reset
  /// @return how many were
  /// @throws SystemCallException if the kernel cannot, or the daemon may not
  static int cut(Ipv4Address address, Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    int cut = 0;
    try (var netlink = new Netlink(Netlink.SOCK_DIAG)) {
      for (byte family : new byte[] {AF_INET, AF_INET6}) {
        var answers =
            netlink.exchange(
                "reading connections",
                SOCK_DIAG_BY_FAMILY,
                Netlink.REQUEST | Netlink.DUMP,
                request(family));
        for (var answer : answers) {
          if (is(address, family, answer) && System.nanoTime() - end < 0) {
            cut += cut(netlink, family, answer) ? 1 : 0;
          }
        }
      }
    }
    return cut;
  }

  private static ByteBuffer request(byte family) {
    return ByteBuffer.allocate(REQUEST)
        .order(ByteOrder.nativeOrder())
        .put(0, family)
        .put(1, TCP)
        .putInt(4, CONNECTED);
  }

  private static boolean is(Ipv4Address address, byte family, ByteBuffer answer) {
    var source = answer.duplicate().order(ByteOrder.BIG_ENDIAN);
    int at = ANSWER_ID + SOURCE;
    if (family == AF_INET) {
      return source.getInt(at) == address.bits();
    }
    return source.getLong(at) == 0
        && source.getInt(at + 8) == MAPPED
        && source.getInt(at + 12) == address.bits();
  }

  private static boolean cut(Netlink netlink, byte family, ByteBuffer answer) {
    var order = request(family).put(REQUEST_ID, answer, ANSWER_ID, ID);
    try {
      netlink.exchange(
          "resetting a connection", SOCK_DESTROY, Netlink.REQUEST | Netlink.ACK, order);
      return true;
    } catch (SystemCallException e) {
      if (e.errno() == ENOENT) {
        return false;
      }
      throw e;
    }
  }
}
