package dev.quorate.membership.netty;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.RingPeer;
import dev.quorate.membership.core.codec.RingCodec;
import dev.quorate.membership.netty.RingCounters.Count;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// UDP, one socket bound to this node's ring address, everything sealed. Confined to one event
/// loop.
///
/// Packets for a peer without a session wait, a few of them, while the two greet each other.
final class NettyRingTransport implements RingTransport {
  private static final Logger LOG = LoggerFactory.getLogger(NettyRingTransport.class);
  private static final int SOCKET_BUFFER = 4 << 20;
  private static final int MAX_WAITING = 16;

  private final EventLoop loop;
  private final RingAddress address;
  private final PacketSeal seal;
  private final RingCounters counters;
  private final HostAddresses hosts;
  private final Map<NodeId, RingAddress> links = new TreeMap<>();
  private final Map<NodeId, InetSocketAddress> routes = new TreeMap<>();
  private final Map<NodeId, Deque<ByteBuffer>> waiting = new TreeMap<>();
  private @Nullable Channel channel;
  private @Nullable Receiver receiver;
  private boolean speaking = true;

  NettyRingTransport(
      EventLoop loop,
      RingAddress address,
      HostAddresses hosts,
      PacketSeal seal,
      RingCounters counters) {
    this.hosts = hosts;
    this.loop = loop;
    this.address = address;
    this.seal = seal;
    this.counters = counters;
  }

  /// The fastest way to wait for packets that this machine has.
  static IoHandlerFactory ioHandler() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  private static Class<? extends DatagramChannel> channelType() {
    return Epoll.isAvailable() ? EpollDatagramChannel.class : NioDatagramChannel.class;
  }

  /// Binds the socket; called from outside the loop.
  void bind() {
    channel =
        new Bootstrap()
            .group(loop)
            .channel(channelType())
            .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
            .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(RingCodec.MAX_PACKET + PacketSeal.OVERHEAD))
            .handler(new Inbound())
            .bind(new InetSocketAddress(address.host(), address.port()))
            .syncUninterruptibly()
            .channel();
  }

  @Override
  public void open(Receiver target) {
    receiver = target;
  }

  @Override
  public void reach(List<RingPeer> peers) {
    links.clear();
    routes.clear();
    for (var peer : peers) {
      var link = peer.links().getFirst();
      links.put(peer.node(), link);
      hosts.known(link.host()).ifPresent(found -> route(peer.node(), link, found));
    }
    waiting.keySet().retainAll(links.keySet());
    lookUp();
  }

  /// Asks again where the peers are that are known by name. An address that is not found any more
  /// stays what it was.
  void lookUp() {
    links.forEach((node, link) -> {
      var _ =
          hosts
              .refresh(link.host())
              .thenAcceptAsync(
                  found -> found.ifPresent(address -> route(node, link, address)), loop);
    });
  }

  private void route(NodeId node, RingAddress link, InetAddress found) {
    if (link.equals(links.get(node))) {
      routes.put(node, new InetSocketAddress(found, link.port()));
    }
  }

  /// Lets datagrams pass, or none in either direction.
  void speak(boolean on) {
    speaking = on;
    waiting.clear();
  }

  @Override
  public void send(List<NodeId> to, ByteBuffer packet) {
    for (var node : to) {
      if (links.containsKey(node)) {
        sendTo(node, packet.duplicate());
      }
    }
  }

  private void sendTo(NodeId node, ByteBuffer packet) {
    var out = ByteBuffer.allocate(packet.remaining() + PacketSeal.OVERHEAD);
    if (seal.seal(node, packet, out)) {
      write(node, out.flip());
      return;
    }
    var queue = waiting.computeIfAbsent(node, _ -> new ArrayDeque<>());
    if (queue.size() >= MAX_WAITING) {
      queue.remove();
      counters.add(Count.UNSENT);
    }
    queue.add(copy(packet));
    greet(node);
  }

  private static ByteBuffer copy(ByteBuffer packet) {
    return ByteBuffer.allocate(packet.remaining()).put(packet).flip();
  }

  private void greet(NodeId node) {
    var out = ByteBuffer.allocate(2 * PacketSeal.OVERHEAD);
    seal.hello(node, out);
    write(node, out.flip());
  }

  private void write(NodeId node, ByteBuffer datagram) {
    var route = routes.get(node);
    if (channel != null && route != null && speaking) {
      counters.add(Count.DATAGRAMS_SENT);
      var _ =
          channel.write(
              new DatagramPacket(Unpooled.wrappedBuffer(datagram), route), channel.voidPromise());
    }
  }

  @Override
  public void flush() {
    if (channel != null) {
      channel.flush();
    }
  }

  private void received(ByteBuffer datagram, InetSocketAddress from) {
    if (!speaking) {
      return;
    }
    counters.add(Count.DATAGRAMS_RECEIVED);
    switch (seal.open(datagram, links::containsKey)) {
      case PacketSeal.Opened.Content(var node, var plain) -> {
        release(node);
        if (receiver != null) {
          receiver.received(node, plain);
        }
      }
      case PacketSeal.Opened.Established(var node, var answer) -> {
        if (answer) {
          greet(node);
        }
        release(node);
        flush();
      }
      case PacketSeal.Opened.HelloDue(var node) -> {
        greet(node);
        flush();
      }
      case PacketSeal.Opened.Unopened() -> unopened(from);
      case PacketSeal.Opened.Nothing() -> {}
    }
  }

  /// Said at the 1st, the 10th, the 100th …: anybody can send such datagrams.
  private void unopened(InetSocketAddress from) {
    if (Long.toString(counters.get(Count.DROPPED_UNSEALABLE)).matches("10*")) {
      LOG.atWarn()
          .addKeyValue("target", from)
          .addKeyValue("code", "HA-RING-002")
          .log("datagram does not open: compare the ring key and the cluster's name on both nodes");
    }
  }

  private void release(NodeId node) {
    var queue = waiting.remove(node);
    if (queue != null) {
      queue.forEach(packet -> sendTo(node, packet));
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      var _ = channel.close();
    }
  }

  private final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      var content = packet.content();
      var datagram = ByteBuffer.allocate(content.readableBytes());
      content.readBytes(datagram);
      received(datagram.flip(), packet.sender());
    }

    /// A closed port at the other end shows up here as a refused connection, an unplugged cable as
    /// an unreachable network: that is what the ring is for.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof java.io.IOException) {
        counters.add(Count.SEND_ERRORS);
      } else {
        context.fireExceptionCaught(cause);
      }
    }
  }
}
