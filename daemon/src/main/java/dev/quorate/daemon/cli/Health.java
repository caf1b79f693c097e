package dev.quorate.daemon.cli;

import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;

/// One word for the whole cluster, and the reasons for it.
final class Health {
  private Health() {}

  static String verdict(ClusterState state, NodeFacts facts) {
    if (!facts.quorum()) {
      return "DOWN - no quorum"
          + (facts.quorumReason().isEmpty() ? "" : ": " + facts.quorumReason());
    }
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
    List<String> risks = new ArrayList<>();
    if ("false".equals(state.configuration().properties().get("stonith-enabled"))) {
      risks.add("fencing is disabled");
    } else if (state.configuration().fenceDevices().isEmpty()) {
      risks.add("no fence device");
    }
    if (!down.isEmpty()) {
      return "DOWN - " + String.join("; ", down);
    }
    if (!risks.isEmpty()) {
      risks.addAll(degraded);
      return "AT RISK - " + String.join("; ", risks);
    }
    return degraded.isEmpty() ? "OK" : "DEGRADED - " + String.join("; ", degraded);
  }
}
