package dev.quorate.daemon.cli;

import dev.quorate.daemon.core.survivor.LastSeen;
import dev.quorate.fencing.ProofLevel;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.TwoNodes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Whether a node goes on alone by an oath that is so fresh that the other of the two, were it
/// switched on while this one is off, would rely on its fence device and go on with what it had.
final class FreshOath {
  private FreshOath() {}

  /// What to say before such a node is stopped.
  ///
  /// @param targets who is to be stopped
  static Optional<String> warning(ClusterState state, List<NodeId> targets, Instant now) {
    for (NodeId node : targets) {
      Optional<FencingRecord> oath =
          state.fencings().reversed().stream()
              .filter(f -> f.executor().equals(node) && oath(f) && !state.online(f.target()))
              .findFirst();
      Duration left =
          oath.map(f -> Duration.between(now, Instant.ofEpochMilli(f.wallMillis())))
              .orElse(Duration.ZERO)
              .plus(LastSeen.SHORT);
      if (oath.isPresent()
          && left.isPositive()
          && TwoNodes.how(state.attributes(), node).isPresent()) {
        return Optional.of(
            "%s goes on alone since %s was sworn to be off: if %2$s is switched on while %1$s is off, it may go on with what it had, and what was committed on %1$s since is lost; let %1$s run for another %d s, or keep %2$s off until %1$s runs again"
                .formatted(node, oath.get().target(), left.toSeconds() + 1));
      }
    }
    return Optional.empty();
  }

  private static boolean oath(FencingRecord fencing) {
    return fencing.confirmed() && fencing.proof().equals(ProofLevel.OPERATOR_OATH.word());
  }
}
