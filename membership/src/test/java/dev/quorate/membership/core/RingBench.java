package dev.quorate.membership.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.membership.core.codec.RingCodec;
import dev.quorate.membership.core.link.LinkMonitor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A small world of rings: nodes that crash, a network that loses, delays, doubles and cuts, and
/// checks of what the ring promises after each effect.
final class RingBench {
  final List<String> script = new ArrayList<>();
  final TreeMap<NodeId, Node> nodes = new TreeMap<>();
  final TreeSet<String> cut = new TreeSet<>();

  /// How many links; a cut is `a>b`, or `a>b/1` on one link.
  int linkCount = 1;

  final double[] linkLoss = new double[8];
  double loss;
  double doubled;
  Duration shortestDelay = Duration.ofNanos(100_000);
  Duration longestDelay = Duration.ofNanos(300_000);
  boolean recording;
  @Nullable Ear ear;
  boolean throughCodec = true;
  Instant now = Instant.EPOCH;
  long packets;
  long timerFires;
  long deliveries;
  long viewCount;

  /// How many packets were lost of those that were to be.
  long lost;

  private boolean losing;

  private final RandomGenerator random;
  private final MembershipConfig config;
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final TreeMap<RingId, View> views = new TreeMap<>();
  private final TreeMap<String, List<Payload>> finished = new TreeMap<>();
  private final TreeMap<RingId, List<List<Payload>>> histories = new TreeMap<>();
  private long datagrams;
  private long order;
  private long said;

  private record Due(Instant at, long order, Runnable action) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /// Hears what the nodes are told.
  interface Ear {
    void installed(Node node, View view);

    void delivered(Node node, NodeId sender, Payload payload);
  }

  /// One node through all its lives.
  final class Node {
    final NodeId id;
    final List<View> installed = new ArrayList<>();
    final List<NodeId> lastLeft = new ArrayList<>();
    final Map<TimerId.Kind, TimerId> timers = new EnumMap<>(TimerId.Kind.class);
    List<Payload> delivered = new ArrayList<>();
    @Nullable RingProtocol protocol;
    Optional<View> current = Optional.empty();
    Instant frozenUntil = Instant.EPOCH;
    long disk;
    long run;
    int refused;
    int pauses;
    boolean gone;
    LinkMonitor monitor = LinkMonitor.of(Duration.ofSeconds(1));
    private final TreeMap<NodeId, TreeSet<Long>> seen = new TreeMap<>();

    /// Of what it sent, how much it had sent before.
    long repeats;

    private final SentBefore before;

    Node(NodeId id) {
      this.id = id;
      this.before = new SentBefore(id);
    }

    Member member() {
      return new Member(id, new Incarnation("boot-" + id, Math.max(1, run)));
    }

    boolean isUp() {
      return protocol != null;
    }

    void start() {
      run++;
      gone = false;
      timers.clear();
      protocol = new RingProtocol(config, member(), List.copyOf(nodes.keySet()), disk);
      if (linkCount > 1) {
        monitor = LinkMonitor.of(Duration.ofSeconds(1));
        var counts = new TreeMap<NodeId, Integer>();
        nodes.keySet().forEach(n -> counts.put(n, linkCount));
        counts.remove(id);
        monitor.reach(now, counts);
        tickLinks(this, run);
      }
      feed(new RingEvent.Started());
    }

    /// A datagram comes in on a link; the seal lets only its first copy pass.
    void hear(NodeId from, int link, long number, RingPacket packet) {
      if (isUp()) {
        var known = seen.computeIfAbsent(from, _ -> new TreeSet<>());
        if (!known.add(number)) {
          monitor.copied(from, link);
        } else {
          monitor.heard(now, from, link);
          if (known.size() > 4096) {
            known.pollFirst();
          }
          feed(new RingEvent.PacketArrived(from, packet));
        }
      }
    }

    void crash() {
      protocol = null;
      timers.clear();
      end();
      current = Optional.empty();
    }

    private void end() {
      current.ifPresent(
          view -> histories.computeIfAbsent(view.id(), _ -> new ArrayList<>()).add(delivered));
      delivered = new ArrayList<>();
    }

    void say(Payload payload) {
      feed(new RingEvent.MulticastRequested(payload));
    }

    void say() {
      say(0);
    }

    /// Says something that has this many bytes at least.
    void say(int size) {
      said++;
      feed(
          new RingEvent.MulticastRequested(
              Payload.of(
                  String.format("%-" + Math.max(1, size) + "s", id + "#" + said)
                      .getBytes(StandardCharsets.US_ASCII))));
    }

    void feed(RingEvent event) {
      if (protocol == null) {
        return;
      }
      if (now.isBefore(frozenUntil)) {
        at(frozenUntil, () -> feed(event));
        return;
      }
      for (var effect : protocol.handle(now, event)) {
        perform(this, effect);
      }
    }

    boolean isOperational() {
      return protocol != null && protocol.state() == RingState.OPERATIONAL;
    }
  }

  RingBench(RandomGenerator random, MembershipConfig config, String... names) {
    this.random = random;
    this.config = config;
    for (var name : names) {
      var id = new NodeId(name);
      nodes.put(id, new Node(id));
    }
  }

  Node node(String name) {
    return java.util.Objects.requireNonNull(nodes.get(new NodeId(name)));
  }

  void startAll() {
    nodes.values().forEach(Node::start);
  }

  void at(Instant when, Runnable action) {
    queue.add(new Due(when, order++, action));
  }

  void runFor(Duration time) {
    var end = now.plus(time);
    while (isNextBy(end)) {
      step();
    }
    now = end;
  }

  /// Runs until the condition holds; the time it took.
  Duration runUntil(Duration limit, BooleanSupplier condition) {
    var start = now;
    var end = now.plus(limit);
    while (!condition.getAsBoolean()) {
      assertTrue(isNextBy(end), () -> "not within " + limit);
      step();
    }
    return Duration.between(start, now);
  }

  private boolean isNextBy(Instant end) {
    var next = queue.peek();
    return next != null && !next.at().isAfter(end);
  }

  private void step() {
    var due = queue.remove();
    now = due.at();
    due.action().run();
  }

  /// Whether all running nodes are operational in one view of exactly these nodes.
  boolean agree() {
    var up = nodes.values().stream().filter(Node::isUp).toList();
    var members = up.stream().map(Node::member).toList();
    return up.stream()
        .allMatch(n ->
            n.isOperational()
                && n.current.map(v -> v.members().equals(members)).orElse(false)
                && n.current.equals(up.getFirst().current));
  }

  void partition(List<List<String>> sides) {
    cut.clear();
    for (var from : sides) {
      for (var to : sides) {
        if (!from.equals(to)) {
          from.forEach(a -> to.forEach(b -> cut.add(a + ">" + b)));
        }
      }
    }
  }

  private void perform(Node node, RingEffect effect) {
    if (recording) {
      script.add(RingScript.line(now, node.id, effect));
    }
    switch (effect) {
      case RingEffect.Send(var to, var packet, var care) -> {
        node.repeats += node.before.repeats(packet) ? 1 : 0;
        var wired = throughCodec ? wired(packet) : packet;
        to.forEach(receiver -> send(node, receiver, wired, care));
      }
      case RingEffect.SetTimer(var timer, var deadline) -> {
        node.timers.put(timer.kind(), timer);
        at(
            deadline,
            () -> {
              if (timer.equals(node.timers.get(timer.kind())) && node.isUp()) {
                timerFires++;
                node.feed(new RingEvent.TimerFired(timer));
              }
            });
      }
      case RingEffect.CancelTimer(var kind) -> node.timers.remove(kind);
      case RingEffect.Persist(var sequence) -> {
        assertTrue(sequence > node.disk, "persisted sequences grow");
        node.disk = sequence;
      }
      case RingEffect.Deliver(var ring, var sender, var payload) ->
          deliver(node, ring, sender, payload);
      case RingEffect.InstallView(var view, var left) -> install(node, view, left);
      case RingEffect.Paused _ -> node.pauses++;
      case RingEffect.Refused _ -> node.refused++;
      case RingEffect.Suspected _, RingEffect.StateEntered _ -> {}
      case RingEffect.Left() -> {
        node.gone = true;
        node.crash();
      }
    }
  }

  private static RingPacket wired(RingPacket packet) {
    var buffer = ByteBuffer.allocate(RingCodec.MAX_PACKET);
    RingCodec.encode(packet, buffer);
    buffer.flip();
    return switch (RingCodec.decode(buffer)) {
      case RingCodec.Decoded.Packet(var decoded) -> decoded;
      case RingCodec.Decoded.Malformed(var reason) -> throw new AssertionError(reason);
    };
  }

  private void send(Node from, NodeId to, RingPacket packet, RingEffect.Care care) {
    var receiver = nodes.get(to);
    if (receiver == null) {
      return;
    }
    if (linkCount == 1) {
      carry(from.id, to, 0, () -> receiver.feed(new RingEvent.PacketArrived(from.id, packet)));
      return;
    }
    var number = datagrams++;
    var route = from.monitor.route(to, care == RingEffect.Care.ONE_LINK);
    for (int i = 0; i < linkCount; i++) {
      var link = i;
      if ((route & 1 << link) != 0) {
        from.monitor.sent(to, link);
        carry(from.id, to, link, () -> receiver.hear(from.id, link, number, packet));
      }
    }
  }

  /// Carries something on a link; it may get lost, late, or come twice.
  private void carry(NodeId from, NodeId to, int link, Runnable arrival) {
    var copies = random.nextDouble() < doubled ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (cut.contains(from + ">" + to)
          || cut.contains(from + ">" + to + "/" + link)
          || loses()
          || random.nextDouble() < loss
          || random.nextDouble() < linkLoss[link]) {
        continue;
      }
      var spread = longestDelay.minus(shortestDelay).toNanos();
      var delay = shortestDelay.plusNanos(spread == 0 ? 0 : random.nextLong(spread));
      at(
          now.plus(delay),
          () -> {
            packets++;
            arrival.run();
          });
    }
  }

  /// The next packet, whoever sends it, gets lost.
  void loseNext() {
    losing = true;
  }

  private boolean loses() {
    if (losing) {
      losing = false;
      lost++;
      return true;
    }
    return false;
  }

  private void tickLinks(Node node, long life) {
    if (node.run != life || !node.isUp()) {
      return;
    }
    if (!now.isBefore(node.frozenUntil)) {
      node.monitor.tick(now);
      for (var peer : nodes.values()) {
        for (int i = 0; i < linkCount && peer != node; i++) {
          var link = i;
          var report = node.monitor.report(now, peer.id, link);
          node.monitor.sent(peer.id, link);
          carry(
              node.id,
              peer.id,
              link,
              () -> {
                peer.monitor.heard(now, node.id, link);
                peer.monitor.reported(now, node.id, link, report);
              });
        }
      }
    }
    at(now.plus(node.monitor.interval()), () -> tickLinks(node, life));
  }

  private void deliver(Node node, RingId ring, NodeId sender, Payload payload) {
    deliveries++;
    assertEquals(
        Optional.of(ring), node.current.map(View::id), "delivered in the view that is installed");
    assertTrue(node.current.orElseThrow().contains(sender), "delivered from a member of the view");
    node.delivered.add(payload);
    if (ear != null) {
      ear.delivered(node, sender, payload);
    }
  }

  private void install(Node node, View view, List<NodeId> left) {
    viewCount++;
    var first = views.putIfAbsent(view.id(), view);
    assertTrue(first == null || first.equals(view), () -> "views of " + view.id() + " differ");
    assertTrue(view.contains(node.id), "a node is in its own view");
    if (!node.installed.isEmpty()) {
      assertTrue(view.id().sequence() > node.installed.getLast().id().sequence(), "sequences grow");
    }
    node.current.ifPresent(previous -> {
      var key = previous.id() + " to " + view.id();
      var mine = List.copyOf(node.delivered);
      var theirs = finished.putIfAbsent(key, mine);
      assertTrue(
          theirs == null || theirs.equals(mine),
          () -> "view synchrony from " + key + ": " + theirs + " but " + mine);
    });
    node.end();
    node.current = Optional.of(view);
    node.installed.add(view);
    node.lastLeft.clear();
    node.lastLeft.addAll(left);
    if (ear != null) {
      ear.installed(node, view);
    }
  }

  /// Checks that all who delivered messages of a ring delivered them in one order, each once.
  void checkOrder() {
    nodes.values().forEach(Node::end);
    for (var entry : histories.entrySet()) {
      for (var one : entry.getValue()) {
        var places = new java.util.HashMap<Payload, Integer>();
        one.forEach(p -> places.put(p, places.size()));
        assertEquals(one.size(), places.size(), "a message was delivered twice");
        for (var other : entry.getValue()) {
          var last = -1;
          for (var payload : other) {
            var place = places.get(payload);
            if (place != null) {
              assertTrue(place > last, () -> "orders differ in " + entry.getKey());
              last = place;
            }
          }
        }
      }
    }
  }
}
