package dev.quorate.resource;

import dev.quorate.membership.NodeId;

/// What a command changed, as an operator would tell it: for logs, metrics, history and timelines.
/// Nothing may depend on having seen one.
public sealed interface ClusterChange {
  /// The configuration has a new version.
  record ConfigurationChanged(long version, String client) implements ClusterChange {}

  /// A node's presence, life or reason.
  record NodeChanged(NodeId node, NodeStatus.Presence before, NodeStatus after)
      implements ClusterChange {}

  /// What is known of an instance.
  record InstanceChanged(ResourceId resource, NodeId node, Role before, InstanceStatus after)
      implements ClusterChange {}

  /// A failure was counted.
  record FailureCounted(ResourceId resource, NodeId node, FailCount count)
      implements ClusterChange {}

  /// An action was decided.
  record IntentBegun(Intent intent) implements ClusterChange {}

  /// The outcome of an action is known.
  record IntentFinished(Intent intent, OperationResult result) implements ClusterChange {}

  /// An action will never report: its executor's life is over.
  record IntentDropped(Intent intent, String reason) implements ClusterChange {}

  /// The grant, the promise or the wish for a switchover.
  record PrimacyChanged(Primacy before, Primacy after) implements ClusterChange {}

  /// A round began.
  record ElectionOpened(ResourceId resource, Election.Open round) implements ClusterChange {}

  /// An instance voted.
  record VoteCast(ResourceId resource, long round, Vote vote) implements ClusterChange {}

  /// A round ended: won, blocked, or no longer needed.
  record ElectionClosed(ResourceId resource, Election result) implements ClusterChange {}

  /// Whose certificates count.
  record TrustChanged(String text, String client) implements ClusterChange {}

  /// An attempt at fencing ended.
  record FencingRecorded(FencingRecord outcome) implements ClusterChange {}
}
