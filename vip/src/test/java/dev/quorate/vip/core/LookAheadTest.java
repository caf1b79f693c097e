package dev.quorate.vip.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.Intent;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LookAheadTest {
  private static final NodeId HERE = new NodeId("n1");
  private static final NodeId THERE = new NodeId("n2");
  private static final ResourceId ADDRESS = new ResourceId("vip");
  private static final Optional<String> BESIDE = Optional.of("7.1");

  private static ClusterState state(OperationKind kind, NodeId node, InstanceStatus there) {
    Intent intent =
        new Intent(
            "7.1",
            7,
            1,
            new Action.OperationAction(kind, new ResourceId("db"), node),
            node,
            new Incarnation("boot", 1),
            Duration.ofSeconds(20),
            LogPosition.NONE);
    return ClusterState.initial("test")
        .edit()
        .intents(new TreeMap<>(Map.of("7.1", intent)))
        .instances(new TreeMap<>(Map.of(ADDRESS, new TreeMap<>(Map.of(THERE, there)))))
        .build();
  }

  private static InstanceStatus status(Role role, Certainty certainty) {
    return new InstanceStatus(role, certainty, 0, "", LogPosition.NONE);
  }

  private static Optional<String> beside(OperationKind kind, NodeId node, InstanceStatus there) {
    return LookAhead.beside(state(kind, node, there), ADDRESS, HERE);
  }

  @Test
  void aPromotionHereIsUsed() {
    InstanceStatus stopped = status(Role.STOPPED, Certainty.KNOWN);
    assertEquals(BESIDE, beside(OperationKind.PROMOTE, HERE, stopped));
    assertEquals(Optional.empty(), beside(OperationKind.DEMOTE, HERE, stopped));
    assertEquals(Optional.empty(), beside(OperationKind.PROMOTE, THERE, stopped));
  }

  @Test
  void whoMayHaveTheAddressYetIsNotMistakenForAStranger() {
    for (InstanceStatus there :
        new InstanceStatus[] {
          status(Role.STARTED, Certainty.KNOWN), status(Role.STOPPED, Certainty.UNKNOWN)
        }) {
      assertEquals(Optional.empty(), beside(OperationKind.PROMOTE, HERE, there));
    }
  }
}
