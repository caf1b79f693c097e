package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.resource.Absence;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One node of three, driven by hand; the log is a state machine in the test.
class NodeCoreTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final Incarnation LIFE = new Incarnation("boot-n1", 1);
  private static final ResourceId VIP = new ResourceId("vip");
  private static final ElectionPolicy NO_ELECTIONS =
      (_, _, _, _) -> new ElectionPolicy.Verdict.Nobody("no elections in this test");

  private final List<NodeEffect> effects = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private ClusterState state = ClusterState.initial("test");
  private long index;
  private NodeCore core =
      new NodeCore(now, N1, LIFE, NodeSettings.defaults(List.of(N1, N2, N3)), NO_ELECTIONS, state);

  @BeforeEach
  void threeNodesAndAnAddress() {
    List<ConfigurationChange> changes = new ArrayList<>();
    for (NodeId node : List.of(N1, N2, N3)) {
      changes.add(
          new ConfigurationChange.PutNode(
              new NodeDefinition(node, "127.0.0.1", true, new TreeMap<>())));
    }
    changes.add(
        new ConfigurationChange.CreateResource(
            new ResourceDefinition(
                VIP,
                AgentType.parse("ocf:heartbeat:IPaddr2"),
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(),
                new ResourceDefinition.Form.Primitive())));
    apply(new ClusterCommand.ChangeConfiguration(-1, "test", changes));
    handle(new NodeEvent.Started(state, false));
    handle(new NodeEvent.ViewInstalled(view(1, N1, N2, N3), List.of()));
  }

  @Test
  void aNodeJoinsOnceTheLogAndTheRingHaveAMajority() {
    assertTrue(proposed(ClusterCommand.JoinNode.class).isEmpty());

    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));

    assertEquals(
        List.of(new ClusterCommand.JoinNode(N1, LIFE, ClusterState.FEATURE_LEVEL)),
        proposed(ClusterCommand.JoinNode.class));
  }

  @Test
  void anIntentIsExecutedOnceHoweverOftenItIsSeen() {
    joined();
    intend("1.1@n2", new Action.OperationAction(OperationKind.MONITOR, VIP, N1), LIFE);
    handle(new NodeEvent.StateApplied(state));
    handle(new NodeEvent.StateApplied(state));

    assertEquals(1, effectsOf(NodeEffect.RunOperation.class).size());
    handle(new NodeEvent.OperationFinished("1.1@n2", OperationResult.succeeded(Role.STOPPED)));
    assertEquals(1, proposed(ClusterCommand.RecordResult.class).size());
  }

  @Test
  void anIntentOfAnotherRunIsNotExecuted() {
    joined();
    core =
        new NodeCore(
            now,
            N1,
            new Incarnation("boot-n1", 2),
            NodeSettings.defaults(List.of(N1, N2, N3)),
            NO_ELECTIONS,
            state);
    intend("1.1@n2", new Action.OperationAction(OperationKind.MONITOR, VIP, N1), LIFE);
    handle(new NodeEvent.StateApplied(state));

    assertTrue(effectsOf(NodeEffect.RunOperation.class).isEmpty());
  }

  @Test
  void aRefusedConnectionIsReportedAsALivingNode() {
    joined();
    apply(new ClusterCommand.JoinNode(N2, new Incarnation("boot-n2", 1), 1));
    handle(new NodeEvent.StateApplied(state));
    RingId second = new RingId(2, N1);
    handle(new NodeEvent.ViewInstalled(view(2, N1, N3), List.of()));
    assertEquals(
        List.of(new NodeEffect.ProbePeer(N2, second)), effectsOf(NodeEffect.ProbePeer.class));
    assertTrue(
        proposed(ClusterCommand.ReportView.class).stream()
            .noneMatch(r -> r.report().ring().equals(second)),
        "nothing is stated before the kernel was asked");

    handle(new NodeEvent.PeerProbed(N2, second, Absence.DAEMON_GONE));

    ClusterCommand.ReportView last = proposed(ClusterCommand.ReportView.class).getLast();
    assertEquals(Absence.DAEMON_GONE, last.report().absent().get(N2));
  }

  @Test
  void aDaemonThatIsStartingIsNotTakenForADeadNode() {
    joined();
    apply(new ClusterCommand.JoinNode(N2, new Incarnation("boot-n2", 1), 1));
    handle(new NodeEvent.StateApplied(state));
    RingId second = new RingId(2, N1);
    handle(new NodeEvent.ViewInstalled(view(2, N1, N3), List.of()));
    handle(new NodeEvent.PeerProbed(N2, second, Absence.DAEMON_GONE));

    RingId third = new RingId(3, N1);
    handle(new NodeEvent.ViewInstalled(view(3, N1, N3), List.of()));
    List<Absence> stated = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      handle(new NodeEvent.PeerProbed(N2, third, Absence.SILENT));
      stated.add(proposed(ClusterCommand.ReportView.class).getLast().report().absent().get(N2));
      handle(new NodeEvent.TimerFired(new NodeTimer(NodeTimer.Purpose.PROBE, N2.name())));
    }

    assertEquals(List.of(Absence.DAEMON_GONE, Absence.DAEMON_GONE, Absence.SILENT), stated);
  }

  @Test
  void aCutOffNodeStopsEverythingAndJoinsAnewOnlyWhenNothingIsLeft() {
    joined();
    handle(new NodeEvent.LogReported(new LogEvent.QuorumLost("no leader")));
    assertTrue(effectsOf(NodeEffect.EmergencyStop.class).isEmpty(), "the ring has its majority");
    handle(new NodeEvent.ViewInstalled(view(2, N1), List.of(N2, N3)));
    assertEquals(1, effectsOf(NodeEffect.EmergencyStop.class).size());

    effects.clear();
    handle(new NodeEvent.ViewInstalled(view(3, N1, N2, N3), List.of()));
    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));
    intend("1.2@n2", new Action.OperationAction(OperationKind.MONITOR, VIP, N1), LIFE);
    handle(new NodeEvent.StateApplied(state));
    assertTrue(proposed(ClusterCommand.JoinNode.class).isEmpty(), "the stop is latched");
    assertTrue(effectsOf(NodeEffect.RunOperation.class).isEmpty(), "nothing begins meanwhile");

    handle(new NodeEvent.EmergencyStopFinished(VIP, OperationResult.succeeded(Role.STOPPED)));
    assertEquals(1, proposed(ClusterCommand.JoinNode.class).size());
  }

  @Test
  void aNodeWhoseLogAloneIsSilentLeavesTheRingUntilItIsHeard() {
    joined();
    handle(new NodeEvent.LogReported(new LogEvent.QuorumLost("TCP is blocked")));
    now = now.plusSeconds(6);
    handle(new NodeEvent.TimerFired(new NodeTimer(NodeTimer.Purpose.QUORUM_BOUND, "")));
    assertEquals(1, effectsOf(NodeEffect.EmergencyStop.class).size());
    assertEquals(
        List.of(new NodeEffect.SpeakInRing(false)), effectsOf(NodeEffect.SpeakInRing.class));

    effects.clear();
    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));
    assertEquals(List.of(), effectsOf(NodeEffect.SpeakInRing.class), "the stop is latched");
    handle(new NodeEvent.EmergencyStopFinished(VIP, OperationResult.succeeded(Role.STOPPED)));
    assertEquals(
        List.of(new NodeEffect.SpeakInRing(true)), effectsOf(NodeEffect.SpeakInRing.class));
  }

  @Test
  void aDaemonThatIsKilledInMidStopGoesOnWithIt() {
    joined();
    handle(new NodeEvent.LogReported(new LogEvent.QuorumLost("no leader")));
    handle(new NodeEvent.ViewInstalled(view(2, N1), List.of(N2, N3)));
    assertEquals(
        List.of(new NodeEffect.RememberStop(true)), effectsOf(NodeEffect.RememberStop.class));

    core =
        new NodeCore(
            now,
            N1,
            new Incarnation("boot-n1", 2),
            NodeSettings.defaults(List.of(N1, N2, N3)),
            NO_ELECTIONS,
            state);
    effects.clear();
    handle(new NodeEvent.Started(state, true));
    assertEquals(1, effectsOf(NodeEffect.EmergencyStop.class).size());
    assertTrue(core.stoppedItself());
    handle(new NodeEvent.ViewInstalled(view(3, N1, N2, N3), List.of()));
    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));
    assertTrue(proposed(ClusterCommand.JoinNode.class).isEmpty(), "the stop is latched");
    handle(new NodeEvent.EmergencyStopFinished(VIP, OperationResult.succeeded(Role.STOPPED)));
    assertEquals(
        new NodeEffect.RememberStop(false), effectsOf(NodeEffect.RememberStop.class).getLast());
    assertEquals(1, proposed(ClusterCommand.JoinNode.class).size());
  }

  @Test
  void whatTheLogSaidOfAnEarlierRunStopsNothingWhileItIsRead() {
    joined();
    apply(new ClusterCommand.JoinNode(N2, new Incarnation("boot-n2", 1), 1));
    apply(new ClusterCommand.RequestFencing(N1, true, "replayed"));
    assertFalse(state.online(N1));
    core =
        new NodeCore(
            now,
            N1,
            new Incarnation("boot-n1", 2),
            NodeSettings.defaults(List.of(N1, N2, N3)),
            NO_ELECTIONS,
            ClusterState.initial("test"));
    effects.clear();
    handle(new NodeEvent.Started(ClusterState.initial("test"), false));
    handle(new NodeEvent.ViewInstalled(view(2, N1, N2, N3), List.of()));
    handle(new NodeEvent.StateApplied(state));
    assertEquals(List.of(), effectsOf(NodeEffect.EmergencyStop.class), "it may be old");

    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));
    long ticket =
        effectsOf(NodeEffect.Propose.class).stream()
            .filter(p -> p.command() instanceof ClusterCommand.JoinNode)
            .findFirst()
            .orElseThrow()
            .ticket();
    handle(
        new NodeEvent.ProposalCommitted(
            ticket,
            state.position(),
            new dev.quorate.resource.CommandAnswer.Refused("HA-NODE-005", "to be fenced", "")));
    assertEquals(1, effectsOf(NodeEffect.EmergencyStop.class).size(), "it is so");
  }

  @Test
  void aStopThatFailsIsTriedAgain() {
    joined();
    handle(new NodeEvent.LogReported(new LogEvent.QuorumLost("no leader")));
    handle(new NodeEvent.ViewInstalled(view(2, N1), List.of(N2, N3)));
    effects.clear();

    handle(new NodeEvent.EmergencyStopFinished(VIP, OperationResult.unknown("it hangs")));
    assertEquals(List.of(), effectsOf(NodeEffect.EmergencyStop.class), "not without a pause");
    assertEquals(1, effectsOf(NodeEffect.Notice.class).size());
    effects.clear();
    handle(new NodeEvent.TimerFired(new NodeTimer(NodeTimer.Purpose.STOP_AGAIN, VIP.name())));

    assertEquals(1, effectsOf(NodeEffect.EmergencyStop.class).size());
    assertTrue(core.stoppedItself());
  }

  @Test
  void onlyALeaderInARingWithAMajorityDecides() {
    joined();
    handle(new NodeEvent.LogReported(new LogEvent.LeadershipChanged(new Leadership.Leader(7))));
    assertFalse(proposed(ClusterCommand.BeginAction.class).isEmpty(), "the address is probed");

    effects.clear();
    handle(
        new NodeEvent.LogReported(new LogEvent.LeadershipChanged(new Leadership.Follower(8, N2))));
    handle(new NodeEvent.StateApplied(state));
    assertTrue(proposed(ClusterCommand.BeginAction.class).isEmpty());
  }

  @Test
  void whoIsAskedToLeaveBeforeItJoinedJoinsFirst() {
    handle(new NodeEvent.LeaveRequested());
    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));

    assertEquals(1, proposed(ClusterCommand.JoinNode.class).size());
    assertEquals(
        List.of(),
        proposed(ClusterCommand.SetAttribute.class),
        "it would be refused for a node that has not joined, and not be proposed again");

    joinIsCommitted();

    assertEquals(
        List.of(new ClusterCommand.SetAttribute(N1, LIFE, "shutdown", "on")),
        proposed(ClusterCommand.SetAttribute.class));
  }

  @Test
  void whoHasLeftAndIsAskedToLeaveDoesNotJoinAgain() {
    apply(new ClusterCommand.JoinNode(N1, LIFE, ClusterState.FEATURE_LEVEL));
    apply(new ClusterCommand.LeaveNode(N1, LIFE));
    handle(new NodeEvent.StateApplied(state));
    handle(new NodeEvent.LeaveRequested());
    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));

    assertEquals(List.of(), proposed(ClusterCommand.JoinNode.class));
    assertEquals(1, effectsOf(NodeEffect.LeaveCluster.class).size());
  }

  @Test
  void aLeavingNodeWaitsForTheOthersOnce() {
    joined();
    apply(new ClusterCommand.JoinNode(N2, new Incarnation("boot-n2", 1), 1));
    apply(new ClusterCommand.SetAttribute(N2, new Incarnation("boot-n2", 1), "shutdown", "on"));
    apply(new ClusterCommand.LeaveNode(N1, LIFE));
    handle(new NodeEvent.LeaveRequested());
    handle(new NodeEvent.StateApplied(state));
    handle(new NodeEvent.StateApplied(state));
    assertEquals(
        1,
        effectsOf(NodeEffect.SetTimer.class).stream()
            .filter(t -> t.timer().purpose() == NodeTimer.Purpose.LEAVE)
            .count());
  }

  @Test
  void aBrokenLogDoesWhatTheLossOfQuorumDemands() {
    joined();
    effects.clear();
    handle(new NodeEvent.LogReported(new LogEvent.LogFailed("no space left")));
    assertEquals(
        List.of(new NodeEffect.SpeakInRing(false)), effectsOf(NodeEffect.SpeakInRing.class));
    assertTrue(core.stoppedItself());
    assertTrue(
        effectsOf(NodeEffect.Notice.class).stream()
            .anyMatch(n -> n.code().equals("HA-NODE-024") && n.message().contains("rebuild")));
    assertEquals(List.of(), effectsOf(NodeEffect.FailStop.class));
  }

  private void joined() {
    handle(new NodeEvent.LogReported(new LogEvent.QuorumRegained()));
    joinIsCommitted();
    effects.clear();
  }

  private void joinIsCommitted() {
    apply(new ClusterCommand.JoinNode(N1, LIFE, ClusterState.FEATURE_LEVEL));
    handle(new NodeEvent.StateApplied(state));
    for (NodeEffect.Propose p : effectsOf(NodeEffect.Propose.class)) {
      if (p.command() instanceof ClusterCommand.JoinNode) {
        handle(
            new NodeEvent.ProposalCommitted(
                p.ticket(), state.position(), new dev.quorate.resource.CommandAnswer.Accepted("")));
      }
    }
  }

  private void intend(String id, Action action, Incarnation executor) {
    apply(
        new ClusterCommand.BeginAction(
            id, 1, 1, action, action.node(), executor, Duration.ofSeconds(20)));
  }

  private void apply(ClusterCommand command) {
    index++;
    state = ClusterStateMachine.apply(state, new LogPosition(1, 1, index), index, command).state();
  }

  private void handle(NodeEvent event) {
    now = now.plusMillis(10);
    effects.addAll(core.handle(now, event));
  }

  private <T extends NodeEffect> List<T> effectsOf(Class<T> kind) {
    return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private <T extends ClusterCommand> List<T> proposed(Class<T> kind) {
    return effectsOf(NodeEffect.Propose.class).stream()
        .map(NodeEffect.Propose::command)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  private static View view(long sequence, NodeId... members) {
    return new View(
        new RingId(sequence, members[0]),
        Stream.of(members).map(n -> new Member(n, new Incarnation("boot-" + n, 1))).toList());
  }
}
