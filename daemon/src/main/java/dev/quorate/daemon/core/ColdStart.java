package dev.quorate.daemon.core;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.WaitForAll;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Keeps a leader from deciding while the cluster waits for all its voters, and remembers for this
/// boot that it need not wait any more. A cluster in which the wait is switched on later is
/// established already.
final class ColdStart {
  private final NodeId self;
  private final Incarnation incarnation;
  private boolean established;
  private boolean waited;

  ColdStart(NodeId self, Incarnation incarnation) {
    this.self = self;
    this.incarnation = incarnation;
  }

  /// Follows state and view of a node that takes part.
  List<NodeEffect> follow(ClusterState state, Optional<View> view, Outbox outbox) {
    boolean member = state.onlineAs(self, incarnation);
    if (!member || view.isEmpty()) {
      return List.of();
    }
    if (WaitForAll.waits(state, view.get())) {
      waited = true;
      return List.of();
    }
    String how = WaitForAll.established(state, view.get()).orElse("every voter took part");
    List<NodeEffect> effects = new ArrayList<>();
    if (waited && !established) {
      TreeMap<String, String> keys = new TreeMap<>();
      keys.put("reason", how);
      effects.add(
          new NodeEffect.Notice(
              NodeEffect.Notice.Level.INFO, "", "the wait for all voters is over", keys));
    }
    established = true;
    if (!WaitForAll.wanted(state.configuration()) || WaitForAll.how(state, self).isPresent()) {
      return effects;
    }
    effects.addAll(
        outbox.propose(
            "established",
            new ClusterCommand.SetAttribute(self, incarnation, WaitForAll.ESTABLISHED, how),
            true));
    return effects;
  }

  /// Whether anything may be decided.
  boolean over() {
    return established;
  }
}
