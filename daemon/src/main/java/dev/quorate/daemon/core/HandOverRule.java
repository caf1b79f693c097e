package dev.quorate.daemon.core;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// When a leader makes room for another, and for whom. One that the ring does not see together with
/// a majority cannot judge who is gone, and one that must be fenced cannot fence itself.
///
/// While leadership is handed over nothing is decided: to one that does not answer that takes
/// seconds. So a leader does not go for a moment's sake, as when the ring forms anew without one
/// that fails meanwhile; and those that take part come first, each time the next one, also of the
/// next leadership: two that see few would pass it to each other for ever.
final class HandOverRule {
  private static final NodeTimer REVIEW = new NodeTimer(NodeTimer.Purpose.REVIEW, "");

  private final Duration interval;
  private boolean blind;
  private int tried;
  private int made;

  /// A node that does not lead.
  ///
  /// @param interval from one review to the next
  HandOverRule(Duration interval) {
    this.interval = interval;
  }

  /// It has become the leader.
  NodeEffect lead() {
    blind = false;
    tried = 0;
    return new NodeEffect.SetTimer(REVIEW, interval);
  }

  /// A leader looks how it stands.
  ///
  /// @param seesFew whether the ring shows it no majority; it goes if that is still so after half
  ///   an interval
  /// @param mustYield whether it must go at once
  /// @param others the other voters
  List<NodeEffect> review(
      boolean seesFew, boolean mustYield, List<NodeId> others, ClusterState state) {
    boolean news = seesFew && !blind;
    boolean goes = seesFew && blind;
    blind = seesFew;
    List<NodeEffect> effects = new ArrayList<>();
    effects.add(new NodeEffect.SetTimer(REVIEW, news ? interval.dividedBy(2) : interval));
    List<NodeId> next = new ArrayList<>(others.stream().filter(state::online).toList());
    if (goes && tried >= next.size()) {
      others.stream().filter(other -> !state.online(other)).forEach(next::add);
    }
    tried = goes ? tried + 1 : 0;
    if ((goes || mustYield) && !next.isEmpty()) {
      effects.add(new NodeEffect.TransferLeadership(next.get(made++ % next.size())));
    }
    return effects;
  }
}
