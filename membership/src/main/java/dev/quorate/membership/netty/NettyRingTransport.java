package dev.quorate.membership.netty;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.RingPeer;
import dev.quorate.membership.core.RingEffect.Care;
import dev.quorate.membership.core.TwinWatch;
import dev.quorate.membership.core.codec.LinkCodec;
import dev.quorate.membership.core.link.LinkMonitor;
import dev.quorate.membership.core.link.LinkState;
import dev.quorate.membership.core.link.LinkStatus;
import dev.quorate.membership.netty.RingCounters.Count;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// UDP over one to eight links, everything sealed. A datagram that takes several links is sealed
/// once; whichever copy comes first counts. Confined to one event loop.
///
/// Packets for a peer without a session wait, a few of them, while the two greet each other.
final class NettyRingTransport implements RingTransport {
  private static final Logger LOG = LoggerFactory.getLogger(NettyRingTransport.class);
  private static final int MAX_WAITING = 16;

  /// How many greetings of a peer are looked at in a second.
  private static final double GREETINGS = 200;

  private final EventLoop loop;
  private final InstantSource time;
  private final PacketSeal seal;
  private final RingCounters counters;
  private final LinkMonitor monitor;
  private final TwinWatch watch;
  private final List<LinkSockets> links = new ArrayList<>();
  private final NavigableMap<NodeId, Integer> counts = new TreeMap<>();
  private final Map<NodeId, Deque<Waiting>> waiting = new TreeMap<>();
  private final Map<NodeId, Allowance> fromPeers = new TreeMap<>();
  private final Map<NodeId, Allowance> fromElsewhere = new TreeMap<>();
  private final ByteBuffer report = ByteBuffer.allocate(LinkCodec.MAX_REPORT);
  private volatile List<LinkStatus> status = List.of();
  private volatile List<TwinWatch.Twin> twins = List.of();
  private @Nullable Receiver receiver;
  private boolean speaking = true;

  private record Waiting(ByteBuffer packet, Care care) {}

  NettyRingTransport(
      EventLoop loop,
      InstantSource time,
      List<RingAddress> own,
      HostAddresses hosts,
      PacketSeal seal,
      LinkMonitor monitor,
      TwinWatch watch,
      RingCounters counters) {
    this.watch = watch;
    this.loop = loop;
    this.time = time;
    this.seal = seal;
    this.monitor = monitor;
    this.counters = counters;
    for (int i = 0; i < own.size(); i++) {
      links.add(new LinkSockets(loop, i, own.get(i), hosts, new Arrivals()));
    }
  }

  /// Binds the sockets; called from outside the loop. The first link must work; others are tried
  /// again later.
  void bind() throws IOException {
    var problem = loop.submit(this::bindAll).syncUninterruptibly().getNow();
    if (problem != null && !links.getFirst().isBound()) {
      throw problem;
    }
  }

  private @Nullable IOException bindAll() {
    IOException first = null;
    for (var link : links) {
      try {
        link.bind();
      } catch (IOException e) {
        first = first == null ? e : first;
        notBound(e);
      }
    }
    return first;
  }

  /// Receives at these addresses from now on.
  void receiveAt(List<RingAddress> own) {
    for (int i = 0; i < links.size(); i++) {
      try {
        links.get(i).moveTo(own.get(i));
      } catch (IOException e) {
        notBound(e);
      }
    }
  }

  private static void notBound(IOException e) {
    LOG.atWarn()
        .addKeyValue("reason", e.getMessage())
        .addKeyValue("code", "HA-RING-003")
        .log("link cannot be used yet: does the address belong to this machine?");
  }

  @Override
  public void open(Receiver target) {
    receiver = target;
  }

  @Override
  public void reach(List<RingPeer> peers) {
    counts.clear();
    for (var peer : peers) {
      counts.put(peer.node(), Math.min(links.size(), peer.links().size()));
    }
    for (int i = 0; i < links.size(); i++) {
      var targets = new TreeMap<NodeId, RingAddress>();
      for (var peer : peers) {
        if (i < peer.links().size()) {
          targets.put(peer.node(), peer.links().get(i));
        }
      }
      links.get(i).reach(targets);
    }
    monitor.reach(time.instant(), counts);
    waiting.keySet().retainAll(counts.keySet());
    status = monitor.status();
  }

  /// Asks again where the peers are that are known by name, and tries links that did not work.
  void lookUp() {
    links.forEach(LinkSockets::lookUp);
  }

  /// How all links do. Read from any thread.
  List<LinkStatus> status() {
    return status;
  }

  /// Nodes under whose name another machine speaks. Read from any thread.
  List<TwinWatch.Twin> twins() {
    return twins;
  }

  /// Lets datagrams pass, or none in either direction.
  void speak(boolean on) {
    speaking = on;
    waiting.clear();
  }

  /// From now on these are the keys.
  void rekey(RingKeys keys) {
    seal.rekey(keys);
    counts.keySet().forEach(peer -> greet(peer, true));
    flush();
  }

  /// Looks at the links, and tells the peers.
  void tick() {
    var now = time.instant();
    monitor.tick(now).forEach(NettyRingTransport::tell);
    for (var entry : counts.entrySet()) {
      var peer = entry.getKey();
      if (seal.isBehind(peer)) {
        greet(peer, true);
      }
      for (int link = 0; link < entry.getValue() && monitor.isDue(peer); link++) {
        report.clear();
        LinkCodec.encode(monitor.report(now, peer, link), report);
        var out = ByteBuffer.allocate(report.position() + PacketSeal.OVERHEAD);
        if (!seal.sealReport(peer, report.flip(), out)) {
          break;
        }
        write(peer, link, out.flip());
      }
    }
    flush();
    status = monitor.status();
    twins = watch.twins(now);
  }

  /// A link among several is worth a word; a peer that is gone altogether is the ring's matter.
  private static void tell(LinkMonitor.Change change) {
    if (change.alone()) {
      return;
    }
    var level =
        change.status().state() == LinkState.UP
            ? org.slf4j.event.Level.INFO
            : org.slf4j.event.Level.WARN;
    LOG.atLevel(level)
        .addKeyValue("node", change.status().peer())
        .addKeyValue("link", change.status().link())
        .addKeyValue("state", change.status().state())
        .log("link state changed");
  }

  @Override
  public void send(List<NodeId> to, ByteBuffer packet, Care care) {
    for (var node : to) {
      if (counts.containsKey(node)) {
        sendTo(node, packet.duplicate(), care);
      }
    }
  }

  private void sendTo(NodeId node, ByteBuffer packet, Care care) {
    var out = ByteBuffer.allocate(packet.remaining() + PacketSeal.OVERHEAD);
    if (seal.seal(node, packet, out)) {
      write(node, out.flip(), care);
      return;
    }
    var queue = waiting.computeIfAbsent(node, _ -> new ArrayDeque<>());
    if (queue.size() >= MAX_WAITING) {
      queue.remove();
      counters.add(Count.UNSENT);
    }
    queue.add(new Waiting(copy(packet), care));
    greet(node);
  }

  private static ByteBuffer copy(ByteBuffer packet) {
    return ByteBuffer.allocate(packet.remaining()).put(packet).flip();
  }

  private void greet(NodeId node) {
    greet(node, false);
  }

  private void greet(NodeId node, boolean ask) {
    var out = ByteBuffer.allocate(2 * PacketSeal.OVERHEAD);
    seal.hello(node, ask, out);
    write(node, out.flip(), Care.EVERY_LINK);
  }

  private void write(NodeId node, ByteBuffer datagram, Care care) {
    var route = monitor.route(node, care == Care.ONE_LINK);
    for (int link = 0; route != 0; link++, route >>= 1) {
      if ((route & 1) != 0) {
        write(node, link, datagram.duplicate());
      }
    }
  }

  private void write(NodeId node, int link, ByteBuffer datagram) {
    if (speaking && link < links.size() && links.get(link).write(node, datagram)) {
      monitor.sent(node, link);
      counters.add(Count.DATAGRAMS_SENT);
    }
  }

  @Override
  public void flush() {
    links.forEach(LinkSockets::flush);
  }

  private void received(int link, ByteBuffer datagram, InetSocketAddress from) {
    if (!speaking) {
      return;
    }
    counters.add(Count.DATAGRAMS_RECEIVED);
    switch (seal.open(datagram, link, new Entrance(link, from))) {
      case PacketSeal.Opened.Content(var node, var plain) -> {
        heard(node, link);
        if (receiver != null) {
          receiver.received(node, plain);
        }
      }
      case PacketSeal.Opened.Report(var node, var plain) -> {
        heard(node, link);
        LinkCodec.decode(plain)
            .ifPresentOrElse(
                said -> monitor.reported(time.instant(), node, link, said),
                () -> counters.add(Count.DROPPED_MALFORMED));
      }
      case PacketSeal.Opened.Redundant(var node) -> monitor.copied(node, link);
      case PacketSeal.Opened.Established(var node, var answer) -> {
        monitor.heard(time.instant(), node, link);
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
      case PacketSeal.Opened.Twin(var node) ->
          watch.refused(time.instant(), node, from.getAddress().getHostAddress());
      case PacketSeal.Opened.Unopened() -> unopened(from);
      case PacketSeal.Opened.Nothing() -> {}
    }
  }

  private void heard(NodeId node, int link) {
    monitor.heard(time.instant(), node, link);
    watch
        .heard(time.instant(), node)
        .ifPresent(twin ->
            LOG.atError()
                .addKeyValue("node", node)
                .addKeyValue("target", twin.from())
                .addKeyValue("code", "HA-RING-004")
                .log(
                    "another machine speaks under this node's name and is refused: is it a copy?"));
    release(node);
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
      queue.forEach(held -> sendTo(node, held.packet(), held.care()));
    }
  }

  @Override
  public void close() {
    links.forEach(LinkSockets::close);
  }

  /// Each peer has an allowance for what comes from its address, and one for what only says so.
  private final class Entrance implements PacketSeal.Door {
    private final int link;
    private final InetSocketAddress from;

    Entrance(int link, InetSocketAddress from) {
      this.link = link;
      this.from = from;
    }

    @Override
    public boolean knows(NodeId node) {
      return counts.containsKey(node);
    }

    @Override
    public boolean isSilent(NodeId node) {
      return watch.isSilent(time.instant(), node);
    }

    @Override
    public boolean admits(NodeId node) {
      var pool = links.get(link).isFrom(node, from) ? fromPeers : fromElsewhere;
      return pool.computeIfAbsent(node, _ -> new Allowance(GREETINGS, 2 * GREETINGS))
          .take(time.instant());
    }
  }

  private final class Arrivals implements LinkSockets.Listener {
    @Override
    public void datagram(int link, ByteBuffer datagram, InetSocketAddress from) {
      received(link, datagram, from);
    }

    @Override
    public void refused(int link, NodeId peer, boolean closed) {
      counters.add(Count.SEND_ERRORS);
      if (monitor.refused(time.instant(), peer, link) && closed && receiver != null) {
        receiver.refused(peer);
      }
    }
  }
}
