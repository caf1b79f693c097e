package dev.quorate.resource;

import dev.quorate.membership.NodeId;

/// A node of the transition graph: something that must happen once.
///
/// Equal actions are the same action, also across recomputed plans.
public sealed interface Action extends Comparable<Action> {
  /// The text that orders actions and names them to users, as `start vip on n1`.
  String key();

  /// The node that it concerns: where it runs, or the target of fencing.
  NodeId node();

  @Override
  default int compareTo(Action other) {
    return key().compareTo(other.key());
  }

  /// An operation of an agent on a node.
  ///
  /// A [OperationKind#MONITOR] is a probe: it finds out what runs there.
  record OperationAction(OperationKind kind, ResourceId resource, NodeId node) implements Action {
    @Override
    public String key() {
      return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + resource + " on " + node;
    }
  }

  /// Making sure that a node does nothing any more.
  ///
  /// @param bootId the life that must end; a newer boot satisfies it
  /// @param reboot whether the node should come back afterwards
  record FenceAction(NodeId node, String bootId, boolean reboot) implements Action {
    @Override
    public String key() {
      return "fence " + node;
    }
  }
}
