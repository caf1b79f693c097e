package dev.quorate.daemon;

import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A leader that is about to end lets another lead first: that takes some hundredths of a second,
/// and missing it takes an election. It is a courtesy, so it is bounded and never an error.
final class HandOver {
  private final ReplicatedLog replicated;
  private final NodeId self;

  HandOver(ReplicatedLog replicated, NodeId self) {
    this.replicated = replicated;
    this.self = self;
  }

  /// Hands leadership to a voter that has caught up and, as far as the ring says, is there.
  ///
  /// @return who leads now in this node's place; empty if this node did not lead, or still does
  Optional<NodeId> perform(Optional<View> view, Duration atMost) {
    return perform(view, replicated.members().voters(), atMost);
  }

  /// The same to one of these voters.
  ///
  /// @return who leads now in this node's place; empty if this node did not lead, or still does
  Optional<NodeId> perform(Optional<View> view, List<NodeId> voters, Duration atMost) {
    if (!(replicated.leadership() instanceof Leadership.Leader)) {
      return Optional.empty();
    }
    long end = System.nanoTime() + atMost.toNanos();
    for (NodeId voter : voters) {
      boolean there = view.filter(v -> v.contains(voter)).isPresent();
      if (!voter.equals(self) && there && replicated.caughtUp(voter) && took(voter, end)) {
        return Optional.of(voter);
      }
    }
    return Optional.empty();
  }

  private boolean took(NodeId voter, long end) {
    try {
      return replicated
          .transferLeadership(voter)
          .get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
