package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.Topology;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Members that a database should have and has not: how much less can be lost, and what to do.
final class MissingMembers {
  private MissingMembers() {}

  /// A line for each.
  static List<String> lines(ClusterState state) {
    List<String> lines = new ArrayList<>();
    for (ResourceDefinition resource : state.configuration().resources()) {
      boolean formed = PgCommands.epoch(state, resource) > 0;
      if (formed && Placements.settled(state, resource)) {
        for (NodeDefinition node : state.configuration().nodes().values()) {
          if (!node.witness()) {
            why(state, resource, node).ifPresent(why -> lines.add(line(resource, node.id(), why)));
          }
        }
      }
    }
    return lines;
  }

  /// Members that should run on a node that is there.
  static List<String> stopped(ClusterState state) {
    List<String> lines = new ArrayList<>();
    List<ResourceDefinition> databases =
        state.configuration().resources().stream()
            .filter(r -> !Placements.in(state, r, Role.PROMOTED).isEmpty())
            .toList();
    for (ResourceDefinition resource : databases) {
      state.configuration().nodes().values().stream()
          .filter(node -> !node.witness() && !node.standby() && state.online(node.id()))
          .forEach(node ->
              why(state, resource, node)
                  .ifPresent(
                      why -> lines.add(resource.publicId() + " is not running on " + node.id())));
    }
    return lines;
  }

  /// Why a node has no instance, and what brings it back.
  private record Why(String reason, String remedy) {}

  private static Optional<Why> why(
      ClusterState state, ResourceDefinition resource, NodeDefinition node) {
    String name = node.id().name();
    NodeStatus status = state.node(node.id()).orElse(null);
    if (node.standby()) {
      return Optional.of(new Why("the node is on standby", "hactl node unstandby " + name));
    }
    if (status == null || !status.online()) {
      return Optional.of(
          status != null && status.presence() == NodeStatus.Presence.LEFT
              ? new Why("the node has left", "hactl cluster start " + name)
              : new Why(
                  "the node is away",
                  "bring it back, or, if it is gone for good, put another one in its place: hactl"
                      + " node remove %s, hactl node add".formatted(name)));
    }
    InstanceStatus instance = Placements.statuses(state, resource).get(node.id());
    boolean stopped =
        instance != null
            && instance.role() == Role.STOPPED
            && instance.certainty() == InstanceStatus.Certainty.KNOWN;
    return stopped && everywhere(state, resource)
        ? Optional.of(
            new Why(
                "it does not run there",
                "see why: hactl explain %s on %s; if its data is the reason: hactl pg rebuild %s"
                    .formatted(resource.publicId(), name, name)))
        : Optional.empty();
  }

  /// Whether every node shall have an instance.
  private static boolean everywhere(ClusterState state, ResourceDefinition resource) {
    int most =
        resource.form() instanceof ResourceDefinition.Form.Promotable(_, var cloneMax, _, _)
            ? cloneMax
            : 0;
    return most == 0 || most >= state.configuration().hosts().size();
  }

  private static String line(ResourceDefinition resource, NodeId node, Why why) {
    List<String> orphans =
        Topology.of(resource.parameters()).upstreams().entrySet().stream()
            .filter(e -> e.getValue().equals(node))
            .map(e -> e.getKey().name())
            .toList();
    String instead =
        orphans.isEmpty()
            ? ""
            : "; until then %s streams from the primary, or from another one: hactl resource update %s upstream=…"
                .formatted(String.join(", ", orphans), resource.id());
    return "REDUNDANCY_DEGRADED: %s lacks its member on %s: %s (%s)%s"
        .formatted(resource.publicId(), node, why.reason(), why.remedy(), instead);
  }
}
