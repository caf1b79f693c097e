package dev.quorate.daemon.core;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Election;
import dev.quorate.resource.Primacy;

/// Finds the winner of an election. Pure; supplied by the agent whose data it is.
public interface ElectionPolicy {
  /// What follows from the votes.
  ///
  /// @param patient whether missing votes may still be waited for
  Verdict decide(ClusterState state, Primacy primacy, Election.Open election, boolean patient);

  /// The outcome of a round.
  sealed interface Verdict {
    /// This candidate keeps the promise.
    record Winner(NodeId node, String detail) implements Verdict {}

    /// None does.
    ///
    /// @param detail names what would help
    record Nobody(String detail) implements Verdict {}

    /// Votes are missing that would matter, and there is still time.
    record Undecided() implements Verdict {}
  }
}
