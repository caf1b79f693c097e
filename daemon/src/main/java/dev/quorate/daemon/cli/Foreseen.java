package dev.quorate.daemon.cli;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.preview.Preview;
import dev.quorate.resource.core.preview.PreviewText;
import dev.quorate.resource.core.scheduling.Foresight;
import dev.quorate.resource.core.state.Applied;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What would be done, step by step, if something was ordered. Nothing is.
final class Foreseen {
  private static final List<String> SHOWN =
      List.of("start", "stop", "promote", "demote", "fence", "migrate_to", "migrate_from");

  private Foreseen() {}

  /// The steps of a switchover.
  static List<String> switchover(
      ClusterState state, boolean quorate, ResourceDefinition resource, NodeId target) {
    SortedMap<ResourceId, NodeId> winners = new TreeMap<>();
    winners.put(resource.id(), target);
    return numbered(steps(Foresight.of(state, quorate, winners)));
  }

  /// The steps that follow from a change of the configuration and would not be taken without it. Of
  /// what is new it is supposed that nothing of it runs yet, which would be looked at first.
  static List<String> change(
      ClusterState state, boolean quorate, ClusterCommand.ChangeConfiguration change) {
    LogPosition at = state.position();
    Applied applied =
        ClusterStateMachine.apply(
            state,
            new LogPosition(at.epoch(), at.term(), at.index() + 1),
            state.wallMillis(),
            change);
    if (!applied.accepted()) {
      return List.of();
    }
    List<String> steps = new ArrayList<>(after(applied.state(), quorate));
    steps.removeAll(after(state, quorate));
    return numbered(steps);
  }

  private static List<String> after(ClusterState state, boolean quorate) {
    return steps(Foresight.of(looked(state), quorate, new TreeMap<>()));
  }

  /// The state after everybody has looked.
  private static ClusterState looked(ClusterState s) {
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances = new TreeMap<>();
    for (ResourceDefinition resource : s.configuration().resources()) {
      SortedMap<NodeId, InstanceStatus> byNode =
          new TreeMap<>(s.instances().getOrDefault(resource.id(), new TreeMap<>()));
      for (NodeId node : s.configuration().hosts()) {
        byNode.compute(
            node,
            (_, status) ->
                status == null || status.certainty() == InstanceStatus.Certainty.UNKNOWN
                    ? new InstanceStatus(
                        Role.STOPPED, InstanceStatus.Certainty.KNOWN, 7, "", s.position())
                    : status);
      }
      instances.put(resource.id(), byNode);
    }
    return s.edit().instances(instances).build();
  }

  private static List<String> steps(Decision decision) {
    List<String> steps = new ArrayList<>();
    for (int index : Preview.of(decision).order()) {
      Decision.Step step = decision.steps().get(index);
      if (SHOWN.contains(step.kind())) {
        steps.add(PreviewText.text(step));
      }
    }
    return steps;
  }

  private static List<String> numbered(List<String> steps) {
    List<String> lines = new ArrayList<>();
    steps.forEach(step -> lines.add("%d. %s".formatted(lines.size() + 1, step)));
    return lines;
  }
}
