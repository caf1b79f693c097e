package dev.quorate.vip.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Questions and orders to the kernel of the network namespace of the thread that opened it, as RFC
/// 3549 has them. Not thread-safe; opening one costs some 20 µs.
final class Netlink implements AutoCloseable {
  static final int ROUTE = 0;
  static final int SOCK_DIAG = 4;

  static final int REQUEST = 1;
  static final int ACK = 4;
  static final int DUMP = 0x300;

  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;

  private static final int HEADER = 16;
  private static final int BUFFER = 64 * 1024;
  private static final int PATIENCE_SECONDS = 2;

  private final int socket;
  private int sequence;

  /// Opens one.
  ///
  /// @param protocol [#ROUTE] or [#SOCK_DIAG]
  Netlink(int protocol) {
    socket = LibC.socket(LibC.AF_NETLINK, protocol);
    LibC.receiveTimeout(socket, PATIENCE_SECONDS);
  }

  /// Sends a request and collects the bodies of the answers, until the kernel says that it is done.
  ///
  /// @param what the request, in words
  /// @throws SystemCallException if the kernel refuses it, or does not answer within two seconds
  List<ByteBuffer> exchange(String what, int type, int flags, ByteBuffer body) {
    var message =
        ByteBuffer.allocate(HEADER + body.remaining())
            .order(ByteOrder.nativeOrder())
            .putInt(HEADER + body.remaining())
            .putShort((short) type)
            .putShort((short) flags)
            .putInt(++sequence)
            .putInt(0)
            .put(body)
            .flip();
    var kernel = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
    kernel.putShort(0, (short) LibC.AF_NETLINK);
    LibC.sendTo(socket, message, kernel);
    var answers = new ArrayList<ByteBuffer>();
    while (!collect(LibC.receive(socket, BUFFER), answers, what)) {
      // A dump comes in several datagrams.
    }
    return answers;
  }

  /// Takes the answers out of one datagram; true when it holds the end.
  private boolean collect(ByteBuffer datagram, List<ByteBuffer> answers, String what) {
    while (datagram.remaining() >= HEADER) {
      int start = datagram.position();
      int length = datagram.getInt(start);
      int type = datagram.getShort(start + 4) & 0xffff;
      boolean ours = datagram.getInt(start + 8) == sequence;
      if (length < HEADER || length > datagram.remaining()) {
        throw new IllegalStateException("netlink answer of impossible length " + length);
      }
      if (ours && type == NLMSG_DONE) {
        return true;
      }
      if (ours && type == NLMSG_ERROR) {
        int error = -datagram.getInt(start + HEADER);
        if (error != 0) {
          throw new SystemCallException(what, error);
        }
        return true;
      }
      if (ours) {
        answers.add(datagram.slice(start + HEADER, length - HEADER).order(ByteOrder.nativeOrder()));
      }
      datagram.position(Math.min(start + aligned(length), datagram.limit()));
    }
    return false;
  }

  static int aligned(int length) {
    return (length + 3) & ~3;
  }

  @Override
  public void close() {
    LibC.close(socket);
  }
}
