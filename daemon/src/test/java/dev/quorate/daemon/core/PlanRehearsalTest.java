package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.consensus.LogPosition;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanRehearsalTest {
  private static final ClusterState EMPTY = ClusterState.initial("test");

  private final PlanRehearsal rehearsal = new PlanRehearsal();

  private static ClusterState withResource() {
    ResourceDefinition resource =
        new ResourceDefinition(
            new ResourceId("address"),
            AgentType.parse("ocf:heartbeat:IPaddr2"),
            new TreeMap<>(),
            new TreeMap<>(),
            List.of(),
            new ResourceDefinition.Form.Primitive());
    ClusterCommand command =
        new ClusterCommand.ChangeConfiguration(
            -1, "test", List.of(new ConfigurationChange.CreateResource(resource)));
    return ClusterStateMachine.apply(EMPTY, new LogPosition(1, 1, 1), 0, command).state();
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
  void whoLeadsOrHasNothingToPlanWaits() {
    for (int calm = 0; calm < 2 * PlanRehearsal.REHEARSALS; calm++) {
      assertEquals(List.of(), rehearsal.stateApplied(true));
      assertEquals(List.of(), rehearsal.calm(withResource(), true));
      assertEquals(List.of(), rehearsal.calm(EMPTY, false));
    }
    assertEquals(in(PlanRehearsal.CALM), rehearsal.stateApplied(false));
  }
}
