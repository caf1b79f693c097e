package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A node of three with an address and an unpromoted instance, which is then cut off.
class NoQuorumPolicyTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final Incarnation LIFE = new Incarnation("boot-n1", 1);
  private static final ResourceId VIP = new ResourceId("vip");
  private static final ResourceId PG = new ResourceId("pg");

  private final List<NodeEffect> effects = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private ClusterState state = ClusterState.initial("test");
  private long index;
  private final NodeCore core =
      new NodeCore(
          now,
          N1,
          LIFE,
          NodeSettings.defaults(List.of(N1, N2, N3)),
          (_, _, _, _) -> new ElectionPolicy.Verdict.Nobody("none in this test"),
          state);

  @Test
  void stopTakesEverything() {
    cutOffUnder("stop");
    assertEquals(List.of(PG, VIP), stopped());
  }

  private void begin(String id, OperationKind kind) {
    Action action = new Action.OperationAction(kind, PG, N1);
    apply(new ClusterCommand.BeginAction(id, 1, 1, action, N1, LIFE, Duration.ofSeconds(20)));
    handle(new NodeEvent.StateApplied(state));
  }

  @ParameterizedTest
  @ValueSource(strings = {"freeze", "ignore"})
  void freezeAndIgnoreTakeNothingAndBeginNothing(String policy) {
    cutOffUnder(policy);
    assertEquals(List.of(), stopped());
    assertEquals(List.of(new NodeEffect.SpeakInRing(false)), of(NodeEffect.SpeakInRing.class));

    effects.clear();
    begin("9.1@n2", OperationKind.STOP);
    assertEquals(List.of(), of(NodeEffect.RunOperation.class), "nothing begins without quorum");
  }

  @Test
  void demoteLeavesWhatIsCertainlyAStandby() {
    cutOffUnder("demote");
    assertEquals(List.of(VIP), stopped());
  }

  /// What the state shows of it is what was seen last: somebody may have promoted it since.
  @Test
  void demoteTakesWhatIsLeftAlone() {
    build("demote");
    apply(
        new ClusterCommand.ChangeConfiguration(
            -1,
            "test",
            List.of(new ConfigurationChange.SetNodeAttribute(N1, "maintenance", "on"))));
    handle(new NodeEvent.StateApplied(state));
    cutOff();
    assertEquals(List.of(PG, VIP), stopped());
  }

  @Test
  void demoteTakesAnInstanceInDoubt() {
    build("demote");
    begin("8.1@n2", OperationKind.DEMOTE);
    cutOff();
    assertEquals(List.of(PG, VIP), stopped());
  }

  /// It may just have been promoted: the state learns of that when there is a quorum.
  @Test
  void demoteTakesWhatTheStateDoesNotShowYet() {
    build("demote");
    begin("8.1@n2", OperationKind.DEMOTE);
    handle(new NodeEvent.OperationFinished("8.1@n2", OperationResult.succeeded(Role.PROMOTED)));
    cutOff();
    assertEquals(List.of(PG, VIP), stopped());
  }

  /// Nothing has to be committed for it, and nothing is begun: not as a standby either.
  @Test
  void demoteEndsAPrimaryAndBeginsNothing() {
    build("demote");
    shows("8.1@n2", PG, Role.PROMOTED);
    handle(new NodeEvent.StateApplied(state));
    cutOff();
    assertEquals(List.of(PG, VIP), stopped());
    effects.clear();
    handle(new NodeEvent.EmergencyStopFinished(PG, OperationResult.succeeded(Role.STOPPED)));
    begin("9.1@n2", OperationKind.STOP);
    assertEquals(List.of(), of(NodeEffect.RunOperation.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"suicide", "fence"})
  void suicideEndsTheMachineAndStopsEverythingMeanwhile(String policy) {
    cutOffUnder(policy);
    assertEquals(List.of(PG, VIP), stopped());
    assertEquals(1, of(NodeEffect.EndSelf.class).size());
  }

  @Test
  void aDaemonThatNeverHadAQuorumDoesNotEndItsMachine() {
    configure("suicide");
    handle(new NodeEvent.Started(state, false));
    now = now.plusSeconds(60);
    handle(new NodeEvent.TimerFired(new NodeTimer(NodeTimer.Purpose.QUORUM_BOUND, "")));
    assertEquals(List.of(PG, VIP), stopped());
    assertEquals(List.of(), of(NodeEffect.EndSelf.class), "else it would after every boot");
  }

  @Test
  void aNodeThatWasDeclaredLostStopsEverythingWhateverThePolicy() {
    build("freeze");
    apply(new ClusterCommand.RequestFencing(N1, true, "operator"));
    handle(new NodeEvent.StateApplied(state));
    assertEquals(List.of(PG, VIP), stopped());
  }

  @Test
  void whatWentOnIsLookedAtAgainOnceTheQuorumIsBack() {
    build("freeze");
    OperationResult seen = OperationResult.succeeded(Role.STARTED);
    handle(new NodeEvent.MonitorFinished(VIP, state.position(), seen));
    cutOff();
    NodeTimer monitor = new NodeTimer(NodeTimer.Purpose.MONITOR, VIP.name());
    handle(new NodeEvent.TimerFired(monitor));
    effects.clear();
    handle(new NodeEvent.ViewInstalled(view(3, N1, N2, N3), List.of()));
    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));
    rejoin();
    handle(new NodeEvent.StateApplied(state));
    assertTrue(
        of(NodeEffect.SetTimer.class).stream().anyMatch(t -> t.timer().equals(monitor)),
        "the monitor is armed again");
  }

  private void cutOffUnder(String policy) {
    build(policy);
    cutOff();
  }

  private void cutOff() {
    effects.clear();
    handle(new NodeEvent.LogReported(new LogEvent.QuorumLost("no leader")));
    handle(new NodeEvent.ViewInstalled(view(2, N1), List.of(N2, N3)));
  }

  private void build(String policy) {
    configure(policy);
    handle(new NodeEvent.Started(state, false));
    handle(new NodeEvent.ViewInstalled(view(1, N1, N2, N3), List.of()));
    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));
    apply(new ClusterCommand.JoinNode(N2, new Incarnation("boot-n2", 1), 1));
    rejoin();
    shows("1.1@n2", VIP, Role.STARTED);
    shows("1.2@n2", PG, Role.UNPROMOTED);
    handle(new NodeEvent.StateApplied(state));
    effects.clear();
  }

  private void rejoin() {
    apply(new ClusterCommand.JoinNode(N1, LIFE, ClusterState.FEATURE_LEVEL));
    handle(new NodeEvent.StateApplied(state));
    for (NodeEffect.Propose p : of(NodeEffect.Propose.class)) {
      if (p.command() instanceof ClusterCommand.JoinNode) {
        handle(
            new NodeEvent.ProposalCommitted(
                p.ticket(), state.position(), new CommandAnswer.Accepted("")));
      }
    }
  }

  private void shows(String intent, ResourceId resource, Role role) {
    Action look = new Action.OperationAction(OperationKind.MONITOR, resource, N1);
    apply(new ClusterCommand.BeginAction(intent, 1, 1, look, N1, LIFE, Duration.ofSeconds(20)));
    apply(new ClusterCommand.RecordResult(intent, N1, OperationResult.succeeded(role)));
  }

  private void configure(String policy) {
    List<ConfigurationChange> changes = new ArrayList<>();
    for (NodeId node : List.of(N1, N2, N3)) {
      changes.add(
          new ConfigurationChange.PutNode(
              new NodeDefinition(node, "127.0.0.1", true, new TreeMap<>())));
    }
    changes.add(new ConfigurationChange.SetProperty("no-quorum-policy", policy));
    changes.add(
        new ConfigurationChange.CreateResource(
            new ResourceDefinition(
                VIP,
                AgentType.parse("ocf:heartbeat:IPaddr2"),
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(
                    new OperationDefinition(
                        OperationKind.MONITOR,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        Role.STARTED,
                        dev.quorate.resource.OnFail.RESTART)),
                new ResourceDefinition.Form.Primitive())));
    changes.add(
        new ConfigurationChange.CreateResource(
            new ResourceDefinition(
                PG,
                AgentType.parse("ocf:heartbeat:pgsqlms"),
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(),
                new ResourceDefinition.Form.Promotable(
                    new ResourceId("pg-clone"), 0, 1, new TreeMap<>()))));
    apply(new ClusterCommand.ChangeConfiguration(-1, "test", changes));
  }

  private void apply(ClusterCommand command) {
    index++;
    var applied = ClusterStateMachine.apply(state, new LogPosition(1, 1, index), index, command);
    assertTrue(
        applied.answer() instanceof CommandAnswer.Accepted,
        () -> command + ": " + applied.answer());
    state = applied.state();
  }

  private void handle(NodeEvent event) {
    now = now.plusMillis(10);
    effects.addAll(core.handle(now, event));
  }

  private List<ResourceId> stopped() {
    return of(NodeEffect.EmergencyStop.class).stream()
        .map(NodeEffect.EmergencyStop::resource)
        .toList();
  }

  private <T extends NodeEffect> List<T> of(Class<T> kind) {
    return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static View view(long sequence, NodeId... members) {
    return new View(
        new RingId(sequence, members[0]),
        Stream.of(members).map(n -> new Member(n, new Incarnation("boot-" + n, 1))).toList());
  }
}
