package dev.quorate.membership.netty;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.core.codec.RingCodec;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sockets of one link: one that hears, and one to each peer. Those to peers are connected, so
/// that the kernel says whose port is closed. Confined to one event loop.
final class LinkSockets {
  private static final Logger LOG = LoggerFactory.getLogger(LinkSockets.class);
  private static final int SOCKET_BUFFER = 4 << 20;

  private final EventLoop loop;
  private final int link;
  private RingAddress own;
  private final HostAddresses hosts;
  private final Listener listener;
  private final Map<NodeId, RingAddress> targets = new TreeMap<>();
  private final Map<NodeId, Way> ways = new TreeMap<>();
  private final Set<Channel> written = new LinkedHashSet<>();
  private Optional<InetAddress> here;
  private @Nullable Channel ear;

  private record Way(InetSocketAddress to, Channel channel) {}

  /// Takes what the sockets have to say.
  interface Listener {
    /// A datagram came in.
    void datagram(int link, ByteBuffer datagram, InetSocketAddress from);

    /// The kernel refused what was sent to a peer.
    ///
    /// @param closed whether the peer's kernel says that nobody listens there
    void refused(int link, NodeId peer, boolean closed);
  }

  LinkSockets(EventLoop loop, int link, RingAddress own, HostAddresses hosts, Listener listener) {
    this.loop = loop;
    this.link = link;
    this.own = own;
    this.hosts = hosts;
    this.listener = listener;
    this.here = resolved(own.host());
  }

  /// May wait for a name server, as nothing on the loop may.
  private static Optional<InetAddress> resolved(String host) {
    try {
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException _) {
      return Optional.empty();
    }
  }

  /// The fastest way to wait for packets that this machine has.
  static IoHandlerFactory ioHandler() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  private DatagramChannel open() {
    DatagramChannel channel =
        Epoll.isAvailable() ? new EpollDatagramChannel() : new NioDatagramChannel();
    channel.config().setOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER);
    channel
        .config()
        .setOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(RingCodec.MAX_PACKET + PacketSeal.OVERHEAD));
    return channel;
  }

  /// Binds the socket that hears; called from the loop.
  void bind() throws IOException {
    if (here.isEmpty()) {
      throw new IOException(own + ": no address is known for this name");
    }
    var channel = open();
    channel.config().setOption(ChannelOption.SO_RCVBUF, SOCKET_BUFFER);
    channel.pipeline().addLast(new Inbound());
    var _ = loop.register(channel);
    var bound = channel.bind(new InetSocketAddress(here.get(), own.port()));
    if (!bound.isSuccess()) {
      close(channel);
      throw new IOException(own + ": " + reason(bound.cause()), bound.cause());
    }
    ear = channel;
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null ? "not bound" : String.valueOf(cause.getMessage());
  }

  /// Hears at another address from now on. If that cannot be used yet, it is tried again later.
  void moveTo(RingAddress next) throws IOException {
    if (next.equals(own)) {
      return;
    }
    close();
    ear = null;
    ways.clear();
    own = next;
    here = hosts.known(next.host());
    try {
      bind();
      LOG.atInfo().addKeyValue("target", own).log("link has moved");
    } finally {
      reach(Map.copyOf(targets));
    }
  }

  boolean isBound() {
    return ear != null;
  }

  /// The peers on this link from now on.
  void reach(Map<NodeId, RingAddress> peers) {
    targets.clear();
    targets.putAll(peers);
    ways.entrySet()
        .removeIf(way -> {
          var gone = !targets.containsKey(way.getKey());
          if (gone) {
            close(way.getValue().channel());
          }
          return gone;
        });
    targets.forEach((peer, target) ->
        hosts.known(target.host()).ifPresent(found -> connect(peer, target, found)));
    lookUp();
  }

  /// Asks again where the peers are that are known by name, and tries again what did not work. An
  /// address that is not found any more stays what it was.
  void lookUp() {
    if (ear == null) {
      var _ = hosts.refresh(own.host()).thenAcceptAsync(this::bindAgain, loop);
      return;
    }
    targets.forEach((peer, target) -> {
      var _ =
          hosts
              .refresh(target.host())
              .thenAcceptAsync(
                  found -> found.ifPresent(address -> connect(peer, target, address)), loop);
    });
  }

  private void bindAgain(Optional<InetAddress> found) {
    if (ear != null) {
      return;
    }
    here = found.isPresent() ? found : here;
    try {
      bind();
      LOG.atInfo().addKeyValue("target", own).log("link is bound");
      lookUp();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("target", own).addKeyValue("reason", e).log("link not bound");
    }
  }

  private void connect(NodeId peer, RingAddress target, InetAddress found) {
    var to = new InetSocketAddress(found, target.port());
    var before = ways.get(peer);
    if (ear == null || here.isEmpty()) {
      return;
    }
    if (!target.equals(targets.get(peer)) || (before != null && before.to().equals(to))) {
      return;
    }
    var channel = open();
    channel.pipeline().addLast(new Outbound(peer));
    var _ = loop.register(channel);
    var connected = channel.connect(to, new InetSocketAddress(here.get(), 0));
    if (!connected.isSuccess()) {
      close(channel);
      listener.refused(link, peer, false);
      return;
    }
    if (before != null) {
      close(before.channel());
    }
    ways.put(peer, new Way(to, channel));
  }

  /// Whether a datagram comes from where the peer is known to be.
  boolean isFrom(NodeId peer, InetSocketAddress from) {
    var way = ways.get(peer);
    return way != null && way.to().getAddress().equals(from.getAddress());
  }

  /// Writes a datagram to a peer; false if no way to it is known.
  boolean write(NodeId peer, ByteBuffer datagram) {
    var way = ways.get(peer);
    if (way == null) {
      return false;
    }
    var _ = way.channel().write(Unpooled.wrappedBuffer(datagram), way.channel().voidPromise());
    written.add(way.channel());
    return true;
  }

  void flush() {
    if (!written.isEmpty()) {
      // A port that is closed is heard of within the flush, and may lead to another write and
      // flush.
      List<Channel> now = List.copyOf(written);
      written.clear();
      now.forEach(Channel::flush);
    }
  }

  private static void close(Channel channel) {
    var _ = channel.close();
  }

  void close() {
    if (ear != null) {
      close(ear);
    }
    ways.values().forEach(way -> close(way.channel()));
  }

  private final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      var content = packet.content();
      var datagram = ByteBuffer.allocate(content.readableBytes());
      content.readBytes(datagram);
      listener.datagram(link, datagram.flip(), packet.sender());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!(cause instanceof IOException)) {
        context.fireExceptionCaught(cause);
      }
    }
  }

  /// A closed port at the other end shows up here as a refused connection, an unplugged cable as an
  /// unreachable network: that is what the ring is for.
  private final class Outbound extends ChannelInboundHandlerAdapter {
    private final NodeId peer;

    Outbound(NodeId peer) {
      this.peer = peer;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      io.netty.util.ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof IOException) {
        var closed = cause instanceof PortUnreachableException || reason(cause).contains("refused");
        listener.refused(link, peer, closed);
      } else {
        context.fireExceptionCaught(cause);
      }
    }
  }
}
