package dev.quorate.daemon.cli;

import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import java.util.List;
import java.util.Optional;

/// What one daemon knows of itself, beyond what the cluster has agreed on.
///
/// @param self this node's name; empty before it belongs to a cluster
/// @param quorum whether a leader with a majority is known
/// @param quorumReason why there is none; empty if there is
/// @param view the ring's present view
/// @param warnings what this daemon has found out about itself that an operator must know
public record NodeFacts(
    String version,
    String cluster,
    Optional<NodeId> self,
    Phase phase,
    Leadership leadership,
    boolean quorum,
    String quorumReason,
    Optional<View> view,
    LogPosition applied,
    List<String> warnings) {
  /// Copies the list.
  public NodeFacts {
    warnings = List.copyOf(warnings);
  }

  /// How far the daemon is.
  public enum Phase {
    /// It belongs to no cluster.
    UNJOINED,
    /// It takes part.
    RUNNING,
    /// Its log is damaged, so that it takes no part until that is rebuilt.
    DAMAGED,
    /// It has left for now: `cluster start` brings it back.
    STOPPED
  }

  /// The node that leads, if one is known.
  public Optional<NodeId> leader() {
    return switch (leadership) {
      case Leadership.Leader(_) -> self;
      case Leadership.Follower(_, var leader) -> Optional.of(leader);
      case Leadership.Leaderless(_) -> Optional.empty();
    };
  }
}
