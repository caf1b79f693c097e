package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;

/// Calls the nodes that are not in the view, so that rings which can hear each other merge. Only
/// the representative calls.
final class Outsiders {
  private final Member self;
  private final Duration interval;
  private final Timers timers;

  Outsiders(Member self, Duration interval, Timers timers) {
    this.self = self;
    this.interval = interval;
    this.timers = timers;
  }

  /// The peers of a node, sorted, itself excluded.
  static List<NodeId> peersOf(Member self, List<NodeId> nodes, MembershipConfig config) {
    var others = new TreeSet<>(nodes);
    others.remove(self.node());
    if (others.size() >= config.maxMembers()) {
      throw new IllegalArgumentException(
          "a ring has at most " + config.maxMembers() + " members, not " + (others.size() + 1));
    }
    return List.copyOf(others);
  }

  /// Begins to call at intervals, or stops, as the view demands.
  void watch(Instant now, View view, List<NodeId> peers, List<RingEffect> out) {
    if (of(view, peers).isEmpty() || !view.members().getFirst().equals(self)) {
      timers.cancel(TimerId.Kind.MERGE, out);
    } else {
      timers.set(TimerId.Kind.MERGE, now.plus(interval), out);
    }
  }

  void call(Instant now, View view, List<NodeId> peers, List<RingEffect> out) {
    var outsiders = of(view, peers);
    if (!outsiders.isEmpty()) {
      out.add(new RingEffect.Send(outsiders, new RingPacket.MergeDetect(self, view.id())));
    }
    watch(now, view, peers, out);
  }

  private static List<NodeId> of(View view, List<NodeId> peers) {
    return peers.stream().filter(node -> !view.contains(node)).toList();
  }
}
