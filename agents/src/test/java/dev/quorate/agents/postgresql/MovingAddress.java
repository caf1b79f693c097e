package dev.quorate.agents.postgresql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// An address that is on one server's machine, and then on another's: whoever connects to it is
/// connected to where it is, and cut off when it moves.
final class MovingAddress implements AutoCloseable {
  private final ServerSocket socket;
  private final List<Socket> connected = new CopyOnWriteArrayList<>();
  private volatile String target = "";

  MovingAddress(String address, int port) throws IOException {
    socket = new ServerSocket(port, 50, InetAddress.getByName(address));
    Thread.ofVirtual().start(this::accept);
  }

  /// Moves.
  void to(String address) throws IOException {
    target = address;
    cut();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        connected.add(client);
        Socket server = new Socket(target, socket.getLocalPort());
        connected.add(server);
        Thread.ofVirtual().start(() -> pass(client, server));
        Thread.ofVirtual().start(() -> pass(server, client));
      } catch (IOException e) {
        // Nobody is there, or this is the end: the client tries again.
        quietly(this::cut);
      }
    }
  }

  private static void pass(Socket from, Socket to) {
    quietly(() -> {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      }
    });
  }

  private interface Deed {
    void run() throws IOException;
  }

  private static void quietly(Deed deed) {
    try {
      deed.run();
    } catch (IOException e) {
      // A connection that is cut is what is wanted.
    }
  }

  private void cut() throws IOException {
    for (Socket one : connected) {
      one.close();
    }
    connected.clear();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    cut();
  }
}
