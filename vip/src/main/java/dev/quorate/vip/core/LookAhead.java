package dev.quorate.vip.core;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.Intent;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// When to look for other holders of an address before its start is ordered.
///
/// An address mostly comes up where something was promoted. The look takes about as long as the
/// promotion, and what it finds is the same: whoever had the address is known to have given it up
/// before anything is promoted. So it goes on beside that, and clients wait for one of both.
public final class LookAhead {
  private LookAhead() {}

  /// The promotion on this node beside which to look; empty without one, or while some node may
  /// have the address.
  public static Optional<String> beside(ClusterState state, ResourceId address, NodeId self) {
    SortedMap<NodeId, InstanceStatus> places =
        state.instances().getOrDefault(address, new TreeMap<>());
    return isStopped(places.values())
        ? state.intents().values().stream()
            .filter(intent -> intent.executor().equals(self) && promotes(intent))
            .map(Intent::id)
            .findFirst()
        : Optional.empty();
  }

  private static boolean isStopped(Collection<InstanceStatus> places) {
    return places.stream()
        .allMatch(p -> p.role() == Role.STOPPED && p.certainty() == InstanceStatus.Certainty.KNOWN);
  }

  private static boolean promotes(Intent intent) {
    return intent.action() instanceof Action.OperationAction(var kind, _, _)
        && kind == OperationKind.PROMOTE;
  }
}
