package dev.quorate.simulation;

import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Holder;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.Primacy;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// What a [Weakness] does to the agreed state.
final class Twist {
  private Twist() {}

  static UnaryOperator<ClusterState> of(Weakness weakness) {
    return weakness == Weakness.RELEASE_WITHOUT_PROOF
        ? Twist::forgetTheLost
        : UnaryOperator.identity();
  }

  /// Takes a lost node for one that has left.
  private static ClusterState forgetTheLost(ClusterState state) {
    if (state.nodes().values().stream().noneMatch(NodeStatus::unclean)) {
      return state;
    }
    var nodes = new TreeMap<>(state.nodes());
    nodes.replaceAll((_, status) ->
        status.unclean()
            ? new NodeStatus(
                NodeStatus.Presence.LEFT, status.incarnation(), status.since(), "forgotten")
            : status);
    var primacies = new TreeMap<>(state.primacies());
    primacies.replaceAll((_, primacy) ->
        primacy.holder() instanceof Holder.Held(var node, var boot)
                && state.node(node).filter(NodeStatus::unclean).isPresent()
            ? new Primacy(
                primacy.resource(),
                primacy.epoch(),
                new Holder.Released(node, boot, Holder.Proof.CLEAN_STOP, 0, 0),
                primacy.promise(),
                primacy.election(),
                primacy.switchoverTo())
            : primacy);
    return state.edit().nodes(nodes).primacies(primacies).build();
  }
}
