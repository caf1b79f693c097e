package dev.quorate.membership.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LinkSocketsTest {
  private static final NodeId B = new NodeId("b");
  private static final NodeId C = new NodeId("c");
  private static final int ATTEMPTS = 1_000;

  private final TreeSet<NodeId> refused = new TreeSet<>();

  private static RingAddress closedPort() throws IOException {
    try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return new RingAddress("127.0.0.1", socket.getLocalPort());
    }
  }

  /// Answers a refusal as the ring does when it is told that a port is closed: it writes to all.
  private final class Answering implements LinkSockets.Listener {
    private LinkSockets sockets;

    Answering(EventLoop loop, RingAddress own) {
      sockets = new LinkSockets(loop, 0, own, new HostAddresses(), this);
    }

    @Override
    public void datagram(int link, ByteBuffer datagram, InetSocketAddress from) {}

    @Override
    public void refused(int link, NodeId peer, boolean closed) {
      assertTrue(closed);
      if (refused.add(peer)) {
        say();
      }
    }

    /// Twice to each: the kernel tells of a closed port when the next datagram is sent.
    void say() {
      for (int i = 0; i < 2; i++) {
        sockets.write(B, ByteBuffer.allocate(8));
        sockets.write(C, ByteBuffer.allocate(8));
      }
      sockets.flush();
    }
  }

  @Test
  void twoClosedPortsHeardOfInOneFlushAreBothReported() throws IOException {
    var group = new MultiThreadIoEventLoopGroup(1, LinkSockets.ioHandler());
    try {
      var loop = group.next();
      var node = new Answering(loop, closedPort());
      var targets = new TreeMap<>(Map.of(B, closedPort(), C, closedPort()));
      loop.submit(
              () -> {
                node.sockets.bind();
                node.sockets.reach(targets);
                return true;
              })
          .syncUninterruptibly();
      for (int i = 0; i < ATTEMPTS && refused.size() < 2; i++) {
        loop.submit(node::say).syncUninterruptibly();
      }
      loop.submit(node.sockets::close).syncUninterruptibly();
    } finally {
      group.shutdownGracefully().syncUninterruptibly();
    }
    assertEquals(new TreeSet<>(Map.of(B, 1, C, 1).keySet()), refused);
  }
}
