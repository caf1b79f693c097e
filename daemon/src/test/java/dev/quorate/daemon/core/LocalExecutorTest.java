package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand.ChangeConfiguration;
import dev.quorate.resource.ClusterCommand.RecordResult;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What was decided in a term that is over is not begun, be it an operation or a fencing.
class LocalExecutorTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final Incarnation LIFE = new Incarnation("boot-n1", 1);
  private static final ResourceId VIP = new ResourceId("vip");
  private static final Action START = new Action.OperationAction(OperationKind.START, VIP, N1);
  private static final Action FENCE = new Action.FenceAction(new NodeId("n2"), "boot-n2", true);

  private final LocalExecutor executor = new LocalExecutor(N1, LIFE);
  private final Outbox outbox = new Outbox();

  private static Intent intent(long term, long index, Action action) {
    return new Intent(
        term + "-" + index,
        term,
        1,
        action,
        N1,
        LIFE,
        Duration.ofSeconds(5),
        new LogPosition(1, term, index));
  }

  private List<NodeEffect> apply(Intent... intents) {
    TreeMap<String, Intent> all = new TreeMap<>();
    for (Intent intent : intents) {
      all.put(intent.id(), intent);
    }
    return apply(ClusterState.initial("test").configuration(), new TreeMap<>(), all);
  }

  private List<NodeEffect> apply(
      ClusterConfiguration configuration,
      SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances,
      SortedMap<String, Intent> intents) {
    ClusterState state =
        ClusterState.initial("test")
            .edit()
            .configuration(configuration)
            .instances(instances)
            .intents(intents)
            .build();
    return executor.stateApplied(state, false, outbox);
  }

  /// A cluster of this node with an address.
  private static ClusterConfiguration withAddress(String address) {
    NodeDefinition node = new NodeDefinition(N1, "10.0.0.1", true, new TreeMap<>());
    ResourceDefinition vip =
        new ResourceDefinition(
            VIP,
            new AgentType("ocf", "heartbeat", "IPaddr2"),
            new TreeMap<>(Map.of("ip", address)),
            new TreeMap<>(),
            List.of(),
            new ResourceDefinition.Form.Primitive());
    return ClusterStateMachine.apply(
            ClusterState.initial("test"),
            new LogPosition(1, 1, 1),
            0,
            new ChangeConfiguration(
                0,
                "setup",
                List.of(
                    new ConfigurationChange.PutNode(node),
                    new ConfigurationChange.CreateResource(vip))))
        .state()
        .configuration();
  }

  /// A new instance knows nothing of what runs, and nobody else watches it meanwhile.
  @Test
  void whatIsOpenedIsLookedAtAtOnce() {
    InstanceStatus started =
        new InstanceStatus(
            Role.STARTED, InstanceStatus.Certainty.KNOWN, 0, "", new LogPosition(1, 1, 1));
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> runs =
        new TreeMap<>(Map.of(VIP, new TreeMap<>(Map.of(N1, started))));

    List<NodeEffect> first = apply(withAddress("10.0.0.8"), runs, new TreeMap<>());
    assertInstanceOf(NodeEffect.OpenInstance.class, first.getFirst());
    var look = assertInstanceOf(NodeEffect.RunMonitor.class, first.getLast());
    OperationResult seen = OperationResult.succeeded(Role.STARTED);
    executor.monitorFinished(
        new NodeEvent.MonitorFinished(VIP, look.seen(), seen), ClusterState.initial(""), outbox);

    List<NodeEffect> anew = apply(withAddress("10.0.0.9"), runs, new TreeMap<>());
    assertInstanceOf(NodeEffect.CloseInstance.class, anew.get(0));
    assertInstanceOf(NodeEffect.OpenInstance.class, anew.get(1));
    assertInstanceOf(NodeEffect.RunMonitor.class, anew.getLast());
  }

  private static SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> address(
      Role role, InstanceStatus.Certainty certainty) {
    var status = new InstanceStatus(role, certainty, 0, "", new LogPosition(1, 1, 1));
    return new TreeMap<>(Map.of(VIP, new TreeMap<>(Map.of(N1, status))));
  }

  private static boolean looks(List<NodeEffect> effects) {
    return effects.stream().anyMatch(NodeEffect.RunMonitor.class::isInstance);
  }

  /// A daemon that was restarted soon after its machine booted reads of that first.
  @Test
  void whatWasUnknownInAnOldStateIsLookedAtOnceItIsKnown() {
    var unknown = address(Role.STOPPED, InstanceStatus.Certainty.UNKNOWN);
    var known = address(Role.STARTED, InstanceStatus.Certainty.KNOWN);
    assertFalse(looks(apply(withAddress("10.0.0.8"), unknown, new TreeMap<>())));
    assertTrue(looks(apply(withAddress("10.0.0.8"), known, new TreeMap<>())));
  }

  private static void refused(List<NodeEffect> effects) {
    assertEquals(1, effects.size(), effects.toString());
    var proposal = assertInstanceOf(NodeEffect.Propose.class, effects.getFirst());
    var result = assertInstanceOf(RecordResult.class, proposal.command()).result();
    assertEquals(OperationResult.Status.UNKNOWN, result.status());
  }

  @Test
  void anOperationOfAnOlderTermIsNotBegun() {
    assertInstanceOf(NodeEffect.RunOperation.class, apply(intent(10, 7, START)).getFirst());
    refused(apply(intent(10, 7, START), intent(9, 8, START)));
  }

  @Test
  void aFencingOfAnOlderTermIsNotBegun() {
    assertInstanceOf(NodeEffect.RunOperation.class, apply(intent(10, 7, START)).getFirst());
    refused(apply(intent(10, 7, START), intent(9, 8, FENCE)));
    assertInstanceOf(
        NodeEffect.Fence.class, apply(intent(10, 7, START), intent(10, 9, FENCE)).getFirst());
  }

  /// Ids are texts: that of term 10 comes before that of term 9.
  @Test
  void whatIsHeardOfAtOnceIsBegunInTheOrderOfTheLog() {
    List<NodeEffect> effects = apply(intent(9, 5, START), intent(10, 7, FENCE));
    assertInstanceOf(NodeEffect.RunOperation.class, effects.get(0));
    assertInstanceOf(NodeEffect.Fence.class, effects.get(1));
  }
}
