package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Where a resource is.
final class Placements {
  private Placements() {}

  /// The nodes on which the instance is known to be in the role.
  static List<NodeId> in(ClusterState state, ResourceDefinition resource, Role role) {
    return statuses(state, resource).entrySet().stream()
        .filter(e -> e.getValue().role() == role)
        .filter(e -> e.getValue().certainty() == InstanceStatus.Certainty.KNOWN)
        .map(java.util.Map.Entry::getKey)
        .toList();
  }

  /// The primary, in whatever state: where it is known to be promoted, or else who holds the grant,
  /// unless it is known not to be promoted there.
  static List<NodeId> primary(ClusterState state, ResourceDefinition resource) {
    List<NodeId> promoted = in(state, resource, Role.PROMOTED);
    return promoted.isEmpty()
            && PgCommands.holder(state, resource) instanceof Holder.Held(var node, _)
            && state
                .instance(resource.id(), node)
                .filter(s -> s.certainty() == InstanceStatus.Certainty.KNOWN)
                .isEmpty()
        ? List.of(node)
        : promoted;
  }

  static SortedMap<NodeId, InstanceStatus> statuses(
      ClusterState state, ResourceDefinition resource) {
    return state.instances().getOrDefault(resource.id(), new TreeMap<>());
  }

  /// Whether all of it does what it is there for.
  static boolean settled(ClusterState state, Target target) {
    return target.parts().stream().allMatch(r -> settled(state, r));
  }

  /// Whether nothing of it runs, for certain.
  static boolean stopped(ClusterState state, Target target) {
    return target.parts().stream().allMatch(r -> stopped(state, r));
  }

  /// Whether all of it is known to be in the role on the node.
  static boolean in(ClusterState state, Target target, Role role, NodeId node) {
    return target.parts().stream().allMatch(r -> in(state, r, role).contains(node));
  }

  /// Whether it does what it is there for.
  static boolean settled(ClusterState state, ResourceDefinition resource) {
    if (!wanted(state, resource)) {
      return stopped(state, resource);
    }
    return !in(state, resource, resource.promotable() ? Role.PROMOTED : Role.STARTED).isEmpty();
  }

  private static boolean wanted(ClusterState state, ResourceDefinition resource) {
    return state
        .configuration()
        .resource(resource.id())
        .flatMap(r -> state.configuration().meta(r, "target-role"))
        .map(role -> !role.equalsIgnoreCase("Stopped"))
        .orElse(true);
  }

  /// Whether it runs nowhere, for certain.
  static boolean stopped(ClusterState state, ResourceDefinition resource) {
    return statuses(state, resource).values().stream()
        .allMatch(s -> s.role() == Role.STOPPED && s.certainty() == InstanceStatus.Certainty.KNOWN);
  }

  /// Whether nothing runs on the node.
  static boolean idle(ClusterState state, NodeId node) {
    return state.instances().values().stream()
        .map(byNode -> byNode.get(node))
        .allMatch(s -> s == null || s.role() == Role.STOPPED);
  }
}
