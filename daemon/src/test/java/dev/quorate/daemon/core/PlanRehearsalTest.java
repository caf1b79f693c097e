package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanRehearsalTest {
  private static final ClusterState EMPTY = ClusterState.initial("test");

  private static final ResourceId ADDRESS = new ResourceId("address");

  private final PlanRehearsal rehearsal = new PlanRehearsal();

  private static ClusterState withResource() {
    ResourceDefinition resource =
        new ResourceDefinition(
            ADDRESS,
            AgentType.parse("ocf:heartbeat:IPaddr2"),
            new TreeMap<>(),
            new TreeMap<>(),
            List.of(),
            new ResourceDefinition.Form.Primitive());
    return States.after(
        EMPTY,
        new ClusterCommand.ChangeConfiguration(
            -1, "test", List.of(new ConfigurationChange.CreateResource(resource))));
  }

  /// In which it is being looked at the resource.
  private static ClusterState whileActing(ClusterState state) {
    NodeId node = new NodeId("n1");
    Incarnation life = new Incarnation("boot", 1);
    Action action = new Action.OperationAction(OperationKind.MONITOR, ADDRESS, node);
    return States.after(
        States.joined(state, node, life),
        new ClusterCommand.BeginAction("i", 1, 1, action, node, life, Duration.ofSeconds(20)));
  }

  private static List<NodeEffect> in(Duration delay) {
    NodeTimer timer = new NodeTimer(NodeTimer.Purpose.REHEARSAL, "");
    return List.of(new NodeEffect.SetTimer(timer, delay));
  }

  @Test
  void aFollowerPlansInCalmMomentsUntilItIsUsedToIt() {
    ClusterState state = withResource();
    assertEquals(in(PlanRehearsal.CALM), rehearsal.stateApplied(false));
    for (int made = 1; made < PlanRehearsal.REHEARSALS; made++) {
      assertEquals(in(PlanRehearsal.PAUSE), rehearsal.calm(state, false));
      assertEquals(in(PlanRehearsal.CALM), rehearsal.stateApplied(false), "something happens");
    }
    assertEquals(List.of(), rehearsal.calm(state, false));
    assertEquals(List.of(), rehearsal.stateApplied(false));
  }

  @Test
  void whileSomethingIsDoneItWaits() {
    ClusterState acting = whileActing(withResource());
    for (int calm = 0; calm < 2 * PlanRehearsal.REHEARSALS; calm++) {
      assertEquals(in(PlanRehearsal.CALM), rehearsal.calm(acting, false));
    }
    assertEquals(in(PlanRehearsal.PAUSE), rehearsal.calm(withResource(), false));
  }

  @Test
  void whoLeadsOrHasNothingToPlanWaits() {
    for (int calm = 0; calm < 2 * PlanRehearsal.REHEARSALS; calm++) {
      assertEquals(List.of(), rehearsal.stateApplied(true));
      assertEquals(List.of(), rehearsal.calm(withResource(), true));
      assertEquals(List.of(), rehearsal.calm(EMPTY, false));
    }
    assertEquals(in(PlanRehearsal.CALM), rehearsal.stateApplied(false));
  }
}
