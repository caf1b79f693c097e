package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.util.List;
import java.util.TreeMap;

/// States of a cluster as its log makes them, of commands that must not be refused.
final class States {
  private States() {}

  static ClusterState after(ClusterState state, ClusterCommand command) {
    LogPosition position = new LogPosition(1, 1, state.position().index() + 1);
    var applied = ClusterStateMachine.apply(state, position, 0, command);
    assertInstanceOf(CommandAnswer.Accepted.class, applied.answer(), applied.answer()::toString);
    return applied.state();
  }

  /// The node is one of the cluster, and takes part.
  static ClusterState joined(ClusterState state, NodeId node, Incarnation life) {
    NodeDefinition definition = new NodeDefinition(node, "127.0.0.1", true, new TreeMap<>());
    ClusterState known =
        after(
            state,
            new ClusterCommand.ChangeConfiguration(
                -1, "test", List.of(new ConfigurationChange.PutNode(definition))));
    return after(known, new ClusterCommand.JoinNode(node, life, ClusterState.FEATURE_LEVEL));
  }
}
