package dev.quorate.daemon;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiConsumer;

/// Tells what happened and when. What the log says of the time before this run took part is read
/// all in a moment, and is told with the time that each entry bears, which is that of its
/// proposer's clock.
final class ChangeTeller {
  private final NodeId self;
  private final Incarnation run;
  private final InstantSource clock;
  private final BiConsumer<Instant, String> listener;

  ChangeTeller(
      NodeId self, Incarnation run, InstantSource clock, BiConsumer<Instant, String> listener) {
    this.self = self;
    this.run = run;
    this.clock = clock;
    this.listener = listener;
  }

  /// An entry of the log has had its effect.
  ///
  /// @param state what it led to
  void applied(ClusterState state, List<ClusterChange> changes) {
    boolean seen = state.node(self).filter(s -> s.incarnation().equals(run)).isPresent();
    Instant at = seen ? clock.instant() : Instant.ofEpochMilli(state.wallMillis());
    changes.forEach(change -> ChangeText.of(change).ifPresent(text -> listener.accept(at, text)));
  }
}
