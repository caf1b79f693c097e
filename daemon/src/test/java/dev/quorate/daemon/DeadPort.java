package dev.quorate.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;

/// A port at which it looks as if the machine were off: there is no room for one more connection,
/// and the kernel drops what asks for one.
final class DeadPort implements AutoCloseable {
  private static final int MOST = 20;

  private final ServerSocket server;
  private final Deque<Socket> queue = new ArrayDeque<>();

  /// @param port 0 for any
  DeadPort(String address, int port) throws IOException {
    server = new ServerSocket(port, 1, InetAddress.ofLiteral(address));
    try {
      while (true) {
        if (queue.size() == MOST) {
          throw new IllegalStateException("the kernel takes every connection");
        }
        Socket one = new Socket();
        queue.add(one);
        one.connect(server.getLocalSocketAddress(), 500);
      }
    } catch (SocketTimeoutException full) {
      queue.removeLast().close();
    }
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket one : queue) {
      one.close();
    }
    server.close();
  }
}
