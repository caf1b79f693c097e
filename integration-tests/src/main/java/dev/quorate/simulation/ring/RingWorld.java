package dev.quorate.simulation.ring;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.core.Payload;
import dev.quorate.membership.core.RingEffect;
import dev.quorate.membership.core.RingEvent;
import dev.quorate.membership.core.RingPacket;
import dev.quorate.membership.core.RingProtocol;
import dev.quorate.membership.core.RingState;
import dev.quorate.membership.core.TimerId;
import dev.quorate.membership.core.link.LinkMonitor;
import dev.quorate.membership.core.link.LinkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A few nodes that live, and links that lose: whatever makes one of them suspect another is a
/// false suspicion. Made for speed; the faults of nodes are the matter of the module's own tests.
final class RingWorld {
  private static final long SECOND = 1_000_000_000L;
  private static final int KINDS = TimerId.Kind.values().length;
  private static final int SEEN = 4096;

  private final RandomGenerator random;
  private final RingLoss loss;
  private final Node[] nodes;
  private final Flights flights = new Flights();
  private final TreeMap<NodeId, Integer> places = new TreeMap<>();
  private long now;
  private long datagrams;
  private long events;
  private long deliveries;
  private long said;
  private int[] cut = {};

  /// What became of the nodes' trust in each other.
  ///
  /// @param views how many views were installed
  /// @param tokensLost how often a token was missed
  /// @param suspicions how often a member was given up
  record Tally(
      double hours,
      long events,
      long views,
      long tokensLost,
      long suspicions,
      long said,
      long delivered) {}

  /// How many of a thousand datagrams each link loses.
  record RingLoss(List<Double> share) {}

  private final class Node {
    final NodeId id;
    final int place;
    final RingProtocol protocol;
    final LinkMonitor monitor;
    final long[] deadlines = new long[KINDS];
    final TimerId[] timers = new TimerId[KINDS];
    final long[][] seen;
    long tick;
    long views;
    long tokensLost;
    long suspicions;

    Node(int place, List<NodeId> all, MembershipConfig config) {
      this.place = place;
      this.id = all.get(place);
      this.protocol = new RingProtocol(config, new Member(id, new Incarnation("boot", 1)), all, 0);
      this.monitor = LinkMonitor.of(config.tokenTimeout());
      this.seen = new long[all.size()][SEEN];
      var counts = new TreeMap<NodeId, Integer>();
      all.forEach(peer -> counts.put(peer, loss.share().size()));
      counts.remove(id);
      monitor.reach(Instant.EPOCH, counts);
      java.util.Arrays.fill(deadlines, Long.MAX_VALUE);
      tick = random.nextLong(monitor.interval().toNanos());
    }

    void feed(RingEvent event) {
      List<RingEffect> effects = protocol.handle(instant(), event);
      for (int i = 0; i < effects.size(); i++) {
        perform(effects.get(i));
      }
    }

    @SuppressWarnings("EnumOrdinal") // the index of an array, for speed
    private void perform(RingEffect effect) {
      switch (effect) {
        case RingEffect.Send(var to, var packet, var care) -> {
          for (int i = 0; i < to.size(); i++) {
            send(to.get(i), packet, care);
          }
        }
        case RingEffect.SetTimer(var timer, var deadline) -> {
          var kind = timer.kind().ordinal();
          timers[kind] = timer;
          deadlines[kind] = deadline.getEpochSecond() * SECOND + deadline.getNano();
        }
        case RingEffect.CancelTimer(var kind) -> deadlines[kind.ordinal()] = Long.MAX_VALUE;
        case RingEffect.Deliver _ -> deliveries++;
        case RingEffect.InstallView _ -> views++;
        case RingEffect.Suspected _ -> suspicions++;
        case RingEffect.StateEntered(var state, var reason) -> {
          if (state == RingState.GATHER && reason.equals(RingProtocol.TOKEN_LOST)) {
            tokensLost++;
          }
        }
        case RingEffect.Persist _,
            RingEffect.Paused _,
            RingEffect.Refused _,
            RingEffect.Left _ -> {}
      }
    }

    private void send(NodeId to, RingPacket packet, RingEffect.Care care) {
      var place = places.getOrDefault(to, -1);
      var number = ++datagrams;
      var route = monitor.route(to, care == RingEffect.Care.ONE_LINK);
      for (int link = 0; route != 0; link++, route >>= 1) {
        if ((route & 1) != 0) {
          monitor.sent(to, link);
          carry(this.place, place, link, number, packet);
        }
      }
    }

    void tickLinks() {
      monitor.tick(instant());
      for (var peer : nodes) {
        for (int link = 0; peer != this && link < loss.share().size(); link++) {
          if (monitor.isDue(peer.id)) {
            var report = monitor.report(instant(), peer.id, link);
            monitor.sent(peer.id, link);
            carry(place, peer.place, link, 0, report);
          }
        }
      }
      tick += monitor.interval().toNanos();
    }

    void arrive(int from, int link, long number, Object load) {
      var sender = nodes[from].id;
      switch (load) {
        case LinkReport report -> {
          monitor.heard(instant(), sender, link);
          monitor.reported(instant(), sender, link, report);
        }
        case RingPacket packet -> {
          // As the seal does: only the first copy passes.
          var slot = (int) (number % SEEN);
          if (seen[from][slot] != number) {
            seen[from][slot] = number;
            monitor.heard(instant(), sender, link);
            feed(new RingEvent.PacketArrived(sender, packet));
          } else {
            monitor.copied(sender, link);
          }
        }
        default -> throw new IllegalStateException("nothing else is sent");
      }
    }
  }

  RingWorld(long seed, int size, MembershipConfig config, RingLoss loss) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.loss = loss;
    var all = new ArrayList<NodeId>();
    for (int i = 0; i < size; i++) {
      all.add(new NodeId("n" + (i + 1)));
      places.put(all.get(i), i);
    }
    nodes = new Node[size];
    for (int i = 0; i < size; i++) {
      nodes[i] = new Node(i, all, config);
    }
    for (var node : nodes) {
      node.feed(new RingEvent.Started());
    }
  }

  private Instant instant() {
    return Instant.ofEpochSecond(now / SECOND, now % SECOND);
  }

  /// From now on nothing passes between these nodes and the others; for the control of the count.
  void cutOff(int... apart) {
    cut = apart;
  }

  private boolean isCut(int a, int b) {
    var first = false;
    var second = false;
    for (var node : cut) {
      first |= node == a;
      second |= node == b;
    }
    return first != second;
  }

  private void carry(int from, int to, int link, long number, Object load) {
    var share = loss.share().get(link);
    if ((share > 0 && random.nextDouble() < share) || (cut.length > 0 && isCut(from, to))) {
      return;
    }
    var delay = 100_000 + (random.nextLong() >>> 46);
    flights.add(now + delay, (from << 16) | (to << 8) | link, number, load);
  }

  /// Runs for a while; every node says something now and then.
  void run(Duration time, Duration between) {
    var end = now + time.toNanos();
    var next = now + between.toNanos();
    while (true) {
      var earliest = Math.min(flights.next(), next);
      Node due = null;
      var kind = -1;
      for (var node : nodes) {
        if (node.tick < earliest) {
          earliest = node.tick;
          due = node;
          kind = KINDS;
        }
        for (int i = 0; i < KINDS; i++) {
          if (node.deadlines[i] < earliest) {
            earliest = node.deadlines[i];
            due = node;
            kind = i;
          }
        }
      }
      if (earliest > end) {
        break;
      }
      now = earliest;
      events++;
      if (due == null) {
        if (earliest == next) {
          speak();
          next += between.toNanos();
        } else {
          arrive();
        }
      } else if (kind == KINDS) {
        due.tickLinks();
      } else {
        due.deadlines[kind] = Long.MAX_VALUE;
        due.feed(new RingEvent.TimerFired(due.timers[kind]));
      }
    }
    now = end;
  }

  private void speak() {
    var node = nodes[random.nextInt(nodes.length)];
    said++;
    node.feed(new RingEvent.MulticastRequested(Payload.of(new byte[100])));
  }

  private void arrive() {
    var route = flights.route();
    var number = flights.number();
    var load = flights.load();
    flights.remove();
    nodes[(route >> 8) & 0xff].arrive(route >> 16, route & 0xff, number, load);
  }

  /// What happened so far.
  Tally tally() {
    var views = 0L;
    var tokensLost = 0L;
    var suspicions = 0L;
    for (var node : nodes) {
      views += node.views;
      tokensLost += node.tokensLost;
      suspicions += node.suspicions;
    }
    return new Tally(
        now / 3600.0 / SECOND, events, views, tokensLost, suspicions, said, deliveries);
  }
}
