package dev.quorate.daemon.cli;

import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One word for the whole cluster, and the reasons for it.
///
/// @param outage why nothing can be decided
/// @param down what does not run and should
/// @param risks what would make the next failure worse
/// @param degraded what is lost while everything runs
/// @param pending what is not known yet, or has not begun yet, on nodes that are to do it
record Health(
    Optional<String> outage,
    List<String> down,
    List<String> risks,
    List<String> degraded,
    List<String> pending) {
  Health {
    down = List.copyOf(down);
    risks = List.copyOf(risks);
    degraded = List.copyOf(degraded);
    pending = List.copyOf(pending);
  }

  static Health of(ClusterState state, NodeFacts facts) {
    List<String> down = new ArrayList<>();
    List<String> degraded = new ArrayList<>();
    for (ResourceDefinition resource : state.configuration().resources()) {
      if (!Placements.settled(state, resource)) {
        down.add(resource.publicId() + " is not running");
      }
      Placements.statuses(state, resource)
          .forEach((node, status) -> {
            if (status.certainty() == InstanceStatus.Certainty.FAILED
                || status.certainty() == InstanceStatus.Certainty.BLOCKED) {
              degraded.add(resource.id() + " failed on " + node);
            }
          });
    }
    state
        .nodes()
        .forEach((node, status) -> {
          if (status.presence() != NodeStatus.Presence.ONLINE) {
            degraded.add(node + " is away");
          }
        });
    return new Health(
        facts.quorum() ? Optional.empty() : Optional.of(facts.quorumReason()),
        down,
        risks(state),
        degraded,
        pending(state, facts));
  }

  /// The agreed state may be that of before an outage, until nodes that boot have said so.
  private static List<String> pending(ClusterState state, NodeFacts facts) {
    List<String> pending = new ArrayList<>();
    state
        .nodes()
        .forEach((node, status) -> {
          boolean heard =
              facts
                  .view()
                  .flatMap(v -> v.member(node))
                  .filter(m -> m.incarnation().sameBoot(status.incarnation()))
                  .isPresent();
          if (status.online() && !heard) {
            pending.add(node + " is not heard");
          }
        });
    for (ResourceDefinition resource : state.configuration().resources()) {
      Placements.statuses(state, resource)
          .forEach((node, status) -> {
            if (state.online(node) && status.certainty() == InstanceStatus.Certainty.UNKNOWN) {
              pending.add("it is not known yet what " + resource.id() + " does on " + node);
            }
          });
    }
    pending.addAll(MissingMembers.stopped(state));
    return pending;
  }

  private static List<String> risks(ClusterState state) {
    if (StatusText.unfenced(state.configuration())) {
      return List.of("fencing is disabled");
    }
    return state.configuration().fenceDevices().isEmpty() ? List.of("no fence device") : List.of();
  }

  /// Why not everything that should run does, on nodes that are all there; empty if it does.
  Optional<String> lacking() {
    return outage.isPresent() || !down.isEmpty() || !degraded.isEmpty()
        ? Optional.of(verdict())
        : pending.stream().findFirst();
  }

  /// The word, and the reasons after a dash.
  String verdict() {
    if (outage.isPresent()) {
      return "DOWN - no quorum" + outage.filter(why -> !why.isEmpty()).map(": "::concat).orElse("");
    }
    if (!down.isEmpty()) {
      return "DOWN - " + String.join("; ", down);
    }
    if (!risks.isEmpty()) {
      List<String> all = new ArrayList<>(risks);
      all.addAll(degraded);
      return "AT RISK - " + String.join("; ", all);
    }
    return degraded.isEmpty() ? "OK" : "DEGRADED - " + String.join("; ", degraded);
  }
}
