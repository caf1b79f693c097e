package dev.quorate.daemon.core;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.LeftAlone;
import dev.quorate.resource.NoQuorumPolicy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.List;

/// What of a node a policy takes when the quorum is lost. It only ever takes: nothing is begun by
/// it, so that no policy can make a second primary.
final class LossOfQuorum {
  private LossOfQuorum() {}

  /// What is to be stopped on this node now.
  static List<ResourceId> stops(
      NoQuorumPolicy policy, ClusterState state, NodeId self, LocalExecutor executor) {
    return switch (policy) {
      case STOP, FENCE -> executor.openResources();
      case FREEZE, IGNORE -> List.of();
      case DEMOTE ->
          executor.openResources().stream()
              .filter(r ->
                  executor.unsettled(state, r)
                      || isLeftAlone(state, self, r)
                      || !stays(state, self, r))
              .toList();
    };
  }

  /// Whether somebody may do with it as they like: what the state shows is what was seen last, and
  /// its agent looks itself.
  private static boolean isLeftAlone(ClusterState state, NodeId self, ResourceId resource) {
    return state
        .configuration()
        .resource(resource)
        .flatMap(r -> LeftAlone.of(state.configuration(), r, self))
        .isPresent();
  }

  /// Only what certainly is a standby may stay: an instance in doubt may take writes.
  private static boolean stays(ClusterState state, NodeId self, ResourceId resource) {
    boolean promotable =
        state.configuration().resource(resource).filter(ResourceDefinition::promotable).isPresent();
    return promotable
        && state
            .instance(resource, self)
            .filter(i -> i.certainty() == InstanceStatus.Certainty.KNOWN)
            .filter(i -> i.role() != Role.PROMOTED)
            .isPresent();
  }
}
