package dev.quorate.vip.linux;

import dev.quorate.vip.Ipv4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The TCP connections of this machine. Whoever is connected to an address that is taken away hears
/// nothing any more, not even that the server has ended: a client that waits for an answer may wait
/// for hours. So they are told by a reset as long as it can be sent (`SOCK_DESTROY`, Linux 4.5).
final class Connections {
  private static final int SOCK_DIAG_BY_FAMILY = 20;
  private static final int SOCK_DESTROY = 21;
  private static final byte AF_INET = 2;
  private static final byte AF_INET6 = 10;
  private static final byte TCP = 6;

  private static final int ESTABLISHED = 1 << 1;
  private static final int CLOSE_WAIT = 1 << 8;

  /// Those that a server has not closed. Most of the others' clients have been told; and before
  /// Linux 6.11 a connection without a server that is reset may stay for ever.
  private static final int OPEN = ESTABLISHED | CLOSE_WAIT;

  private static final int REQUEST = 56;
  private static final int ID = 48;
  private static final int REQUEST_ID = 8;
  private static final int ANSWER_ID = 4;
  private static final int SOURCE = 4;
  private static final int MAPPED = 0xffff;

  private static final int ENOENT = 2;
  private static final int EOPNOTSUPP = 95;

  private record Connection(byte family, ByteBuffer answer) {}

  /// What became of them.
  ///
  /// @param reset how many were reset, or ended meanwhile
  /// @param left how many were seen in the end and not reset: the kernel cannot, or it was too late
  record Cut(int reset, int left) {}

  private Connections() {}

  /// Has the kernel load what [#cut] needs, which may take long the first time.
  ///
  /// @throws SystemCallException if the kernel cannot
  static void prepare() {
    try (var netlink = new Netlink(Netlink.SOCK_DIAG)) {
      read(netlink, request(AF_INET, 0));
    }
  }

  /// Resets those of an address, also where a server of both families accepted them, and those of
  /// who connects again at once.
  ///
  /// @param end of [System#nanoTime], after which no further one is reset
  /// @throws SystemCallException if the daemon may not
  static Cut cut(Ipv4Address address, long end) {
    try (var netlink = new Netlink(Netlink.SOCK_DIAG)) {
      return rounds(
          () -> of(address, netlink),
          connection -> cut(netlink, connection),
          () -> System.nanoTime() - end < 0);
    }
  }

  /// Resets what there is until there is nothing more, nothing of it can be reset, or it is too
  /// late.
  static <C> Cut rounds(Supplier<List<C>> look, Predicate<C> reset, BooleanSupplier inTime) {
    int all = 0;
    int now;
    int left;
    do {
      now = 0;
      left = 0;
      for (C connection : look.get()) {
        if (inTime.getAsBoolean() && reset.test(connection)) {
          now++;
        } else {
          left++;
        }
      }
      all += now;
    } while (now > 0 && inTime.getAsBoolean());
    return new Cut(all, left);
  }

  private static List<Connection> of(Ipv4Address address, Netlink netlink) {
    var found = new ArrayList<Connection>();
    for (byte family : new byte[] {AF_INET, AF_INET6}) {
      for (var answer : read(netlink, request(family, OPEN))) {
        if (is(address, family, answer)) {
          found.add(new Connection(family, answer));
        }
      }
    }
    return found;
  }

  private static List<ByteBuffer> read(Netlink netlink, ByteBuffer request) {
    return netlink.exchange(
        "reading connections", SOCK_DIAG_BY_FAMILY, Netlink.REQUEST | Netlink.DUMP, request);
  }

  private static ByteBuffer request(byte family, int states) {
    return ByteBuffer.allocate(REQUEST)
        .order(ByteOrder.nativeOrder())
        .put(0, family)
        .put(1, TCP)
        .putInt(4, states);
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

  /// The client of one that has ended meanwhile may be back: that counts as reset. One that waits
  /// for its handshake or its last packets cannot be.
  private static boolean cut(Netlink netlink, Connection connection) {
    var order =
        request(connection.family(), OPEN).put(REQUEST_ID, connection.answer(), ANSWER_ID, ID);
    try {
      netlink.exchange(
          "resetting a connection", SOCK_DESTROY, Netlink.REQUEST | Netlink.ACK, order);
      return true;
    } catch (SystemCallException e) {
      return switch (e.errno()) {
        case ENOENT -> true;
        case EOPNOTSUPP -> false;
        default -> throw e;
      };
    }
  }
}
