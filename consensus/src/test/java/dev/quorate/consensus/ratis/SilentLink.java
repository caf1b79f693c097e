package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A relay of connections that can be cut as a power loss cuts them: nothing passes, nothing is
/// closed, and what was open before never works again.
final class SilentLink implements AutoCloseable {
  private final ServerSocket server;
  private final ConsensusConfig.Endpoint target;
  private final List<Relay> relays = new CopyOnWriteArrayList<>();
  private volatile boolean cut;

  SilentLink(ConsensusConfig.Endpoint target) {
    this.target = target;
    try {
      this.server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::acceptAll);
  }

  private final class Relay {
    private final Socket near;
    private final Socket far;
    private volatile boolean dead;

    Relay(Socket near) throws IOException {
      this.near = near;
      this.far = new Socket(InetAddress.ofLiteral(target.host()), target.port());
      Thread.ofVirtual().start(() -> pump(near, far));
      Thread.ofVirtual().start(() -> pump(far, near));
    }

    private void pump(Socket from, Socket to) {
      byte[] buffer = new byte[8192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!dead && !cut) {
            out.write(buffer, 0, n);
          }
        }
        close();
      } catch (IOException _) {
        close();
      }
    }

    private void close() {
      try {
        near.close();
        far.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void acceptAll() {
    try {
      while (true) {
        relays.add(new Relay(server.accept()));
      }
    } catch (IOException _) {
      // The link was closed, or its target is down.
      return;
    }
  }

  int port() {
    return server.getLocalPort();
  }

  void cut() {
    cut = true;
    relays.forEach(relay -> relay.dead = true);
  }

  void heal() {
    relays.forEach(relay -> relay.dead = true);
    cut = false;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    relays.forEach(Relay::close);
  }
}
