package dev.quorate.consensus;

import dev.quorate.membership.NodeId;

/// A node that the replicated log is kept on, as the log's own configuration says.
///
/// @param node its name
/// @param incarnation which log of that node's this is, from 1. A node that lost its log comes back
///   under a higher one: what it promised and acknowledged under the old one is not known to it any
///   more
/// @param endpoint where its log listens
/// @param voter whether it votes; if not, it only listens
public record LogMember(
    NodeId node, int incarnation, ConsensusConfig.Endpoint endpoint, boolean voter) {
  /// Checks the values.
  public LogMember {
    if (incarnation < 1) {
      throw new IllegalArgumentException("incarnation must be positive: " + incarnation);
    }
  }
}
