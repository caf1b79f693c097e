package dev.quorate.agents.postgresql;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A relay of connections that can keep what clients send, and deliver it when they have long given
/// up, as a kernel does that repeats its packets until a network is whole again.
final class LateLink implements AutoCloseable {
  private final ServerSocket server;
  private final String target;
  private final List<Relay> relays = new CopyOnWriteArrayList<>();

  /// Listens on another address of this machine, and the same port.
  LateLink(String address, String target, int port) {
    this.target = target;
    try {
      this.server = new ServerSocket(port, 50, InetAddress.ofLiteral(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::acceptAll);
  }

  private final class Relay {
    private final Socket near;
    private final Socket far;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    Relay(Socket near) throws IOException {
      this.near = near;
      this.far = new Socket(InetAddress.ofLiteral(target), server.getLocalPort());
      Thread.ofVirtual().start(() -> pump(near, far, true));
      Thread.ofVirtual().start(() -> pump(far, near, false));
    }

    /// The end of one direction is none of the other's.
    private void pump(Socket from, Socket to, boolean held) {
      byte[] buffer = new byte[8192];
      try (InputStream in = from.getInputStream()) {
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (held) {
            pass();
          }
          out.write(buffer, 0, n);
        }
      } catch (IOException e) {
        relays.remove(this);
      }
    }

    private void pass() throws IOException {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }
  }

  private void acceptAll() {
    try {
      while (true) {
        relays.add(new Relay(server.accept()));
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Keeps what is sent from now on over connections that are there.
  ///
  /// @return delivers it
  Runnable hold() {
    CountDownLatch closed = new CountDownLatch(1);
    relays.forEach(relay -> relay.gate = closed);
    return closed::countDown;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Relay relay : relays) {
      relay.near.close();
      relay.far.close();
    }
  }
}
