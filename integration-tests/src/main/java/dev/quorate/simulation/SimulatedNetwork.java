package dev.quorate.simulation;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// The one network that ring, log, PostgreSQL and probes share: messages take time, links are cut
/// one way or both, datagrams get lost or come twice.
final class SimulatedNetwork {
  private final Agenda agenda;
  private final RandomGenerator random;
  private final EnumMap<Traffic, Map<NodeId, Map<NodeId, Integer>>> cuts =
      new EnumMap<>(Traffic.class);
  private double loss;
  private double duplication;
  private long extraDelay;

  SimulatedNetwork(Agenda agenda, RandomGenerator random) {
    this.agenda = agenda;
    this.random = random;
  }

  /// What a firewall can tell apart.
  enum Traffic {
    /// The ring's datagrams.
    RING,
    /// Log, PostgreSQL and probes.
    CONNECTIONS
  }

  /// Stops all traffic of a kind that one node sends to another, until it is mended as often.
  void cut(Traffic traffic, NodeId from, NodeId to) {
    cutsOf(traffic).computeIfAbsent(from, _ -> new TreeMap<>()).merge(to, 1, Integer::sum);
  }

  void mend(Traffic traffic, NodeId from, NodeId to) {
    cutsOf(traffic)
        .computeIfAbsent(from, _ -> new TreeMap<>())
        .computeIfPresent(to, (_, count) -> count == 1 ? null : count - 1);
  }

  private Map<NodeId, Map<NodeId, Integer>> cutsOf(Traffic traffic) {
    return cuts.computeIfAbsent(traffic, _ -> new TreeMap<>());
  }

  void mendAll() {
    cuts.clear();
    loss = 0;
    duplication = 0;
    extraDelay = 0;
  }

  void lose(double share) {
    loss = share;
  }

  void duplicate(double share) {
    duplication = share;
  }

  void delay(Duration most) {
    extraDelay = most.toNanos();
  }

  private boolean passes(Traffic traffic, NodeId from, NodeId to) {
    Map<NodeId, Integer> cut = cutsOf(traffic).get(from);
    return cut == null || !cut.containsKey(to);
  }

  /// Whether connections carry what one node sends to another.
  boolean reaches(NodeId from, NodeId to) {
    return passes(Traffic.CONNECTIONS, from, to);
  }

  boolean bothWays(NodeId a, NodeId b) {
    return reaches(a, b) && reaches(b, a);
  }

  /// How long a message takes now.
  long hop() {
    return 100_000 + random.nextLong(300_000) + (extraDelay == 0 ? 0 : random.nextLong(extraDelay));
  }

  /// Sends a datagram.
  void send(NodeId from, NodeId to, Runnable arrival) {
    int copies = duplication > 0 && random.nextDouble() < duplication ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (passes(Traffic.RING, from, to) && (loss == 0 || random.nextDouble() >= loss)) {
        agenda.at(agenda.nanos() + hop(), Agenda.Kind.RING_PACKET, arrival);
      }
    }
  }

  /// How long a message takes over a connection: what is lost is sent again.
  long connectedHop() {
    long hop = hop();
    while (loss > 0 && random.nextDouble() < loss) {
      hop += 200_000_000;
    }
    return hop;
  }
}
