package dev.quorate.consensus;

import dev.quorate.membership.NodeId;

/// Who leads, as this node knows it now.
public sealed interface Leadership {
  /// The newest term that was seen.
  long term();

  /// This node leads in the term and has applied everything committed before it.
  record Leader(long term) implements Leadership {}

  /// Another node leads, and was heard of lately.
  record Follower(long term, NodeId leader) implements Leadership {}

  /// Nobody is known to lead: an election is going on, or there is no quorum.
  record Leaderless(long term) implements Leadership {}
}
