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
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.Election;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Rule;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two standbys of which one is slow: its instance is well, and nothing that the state shows
/// changes when it has caught up.
class LeaderDutyTest {
  private static final List<NodeId> NODES = List.of(new NodeId("n1"), new NodeId("n2"));
  private static final ResourceId PG = new ResourceId("pgsql");

  private final NodeSettings settings = NodeSettings.defaults(NODES);
  private final LeaderDuty duty = deciding(new ElectionPolicy.Verdict.Nobody("n2 has not voted"));
  private Instant now = Instant.EPOCH;
  private ClusterState state = ClusterState.initial("test");
  private long index;

  /// One that is patient first, and then comes to this.
  private LeaderDuty deciding(ElectionPolicy.Verdict verdict) {
    return new LeaderDuty(
        NODES.getFirst(),
        settings,
        (_, _, _, patient) -> patient ? new ElectionPolicy.Verdict.Undecided() : verdict);
  }

  @BeforeEach
  void twoStandbys() {
    List<ConfigurationChange> changes = new ArrayList<>();
    for (NodeId node : NODES) {
      changes.add(
          new ConfigurationChange.PutNode(
              new NodeDefinition(node, "127.0.0.1", true, new TreeMap<>())));
    }
    TreeMap<String, String> meta = new TreeMap<>();
    meta.put(Primacy.HOLDS_DATA, "true");
    changes.add(
        new ConfigurationChange.CreateResource(
            new ResourceDefinition(
                PG,
                AgentType.parse("ocf:heartbeat:pgsqlms"),
                new TreeMap<>(),
                meta,
                List.of(),
                new ResourceDefinition.Form.Promotable(
                    new ResourceId("pgsql-clone"), 0, 1, new TreeMap<>()))));
    apply(new ClusterCommand.ChangeConfiguration(-1, "test", changes));
    for (NodeId node : NODES) {
      Incarnation life = new Incarnation("boot", 1);
      apply(new ClusterCommand.JoinNode(node, life, ClusterState.FEATURE_LEVEL));
      run(node, life, OperationKind.MONITOR, Role.STOPPED);
      run(node, life, OperationKind.START, Role.UNPROMOTED);
    }
    duty.lead(1);
  }

  @Test
  void aBlockedRoundIsRepeatedThoughNothingChanges() {
    assertEquals(1, opened());
    assertEquals(List.of(), decide(), "votes are waited for");
    block();
    for (long round = 2; round < 8; round++) {
      Duration pause = Duration.ofSeconds(Math.min(1L << (round - 1), 32));
      assertEquals(List.of(), decide(), "round " + round);
      now = now.plus(pause).minusMillis(1);
      assertEquals(List.of(), decide(), "round " + round);
      now = now.plusMillis(1);
      assertEquals(round, opened());
      block();
    }
  }

  @Test
  void whoHasEnoughVotesIsNotKeptWaitingForTheRest() {
    LeaderDuty content = deciding(new ElectionPolicy.Verdict.Winner(NODES.getFirst(), "enough"));
    content.lead(1);
    assertEquals(1, opened());
    assertEquals(List.of(), elections(content));
    content.votesOverdue(PG, state);
    assertInstanceOf(ClusterCommand.CloseElection.class, elections(content).getFirst());
  }

  @Test
  void aNewLeaderMeasuresThePauseAnew() {
    assertEquals(1, opened());
    block();
    assertEquals(List.of(), decide());
    now = now.plusSeconds(1);
    duty.resign();
    duty.lead(2);
    assertEquals(List.of(), decide());
    now = now.plusMillis(1_999);
    assertEquals(List.of(), decide());
    now = now.plusMillis(1);
    assertEquals(2, opened());
  }

  @Test
  void whatDependsOnTheTimeIsPlannedAgainThen() {
    apply(
        new ClusterCommand.ChangeConfiguration(
            -1,
            "test",
            List.of(
                batch(),
                new ConfigurationChange.PutConstraint(notAfter(state.wallMillis() + 60_000)))));
    List<NodeEffect> effects = decide(duty, state, new Outbox());
    assertTrue(
        proposed(effects).contains(new ClusterCommand.PassTime(0)),
        "the state's time may be that of long ago");
    NodeEffect.SetTimer timer =
        effects.stream()
            .filter(NodeEffect.SetTimer.class::isInstance)
            .map(NodeEffect.SetTimer.class::cast)
            .filter(t -> t.timer().purpose() == NodeTimer.Purpose.TIME)
            .findFirst()
            .orElseThrow();
    assertTrue(timer.delay().toMillis() > 59_000, timer.toString());
    assertTrue(timer.delay().toMillis() <= 61_000, timer.toString());
    ClusterCommand.PassTime passed =
        (ClusterCommand.PassTime) proposed(duty.timeHasCome(state, new Outbox())).getFirst();
    apply(passed);
    assertEquals(passed.millis(), state.wallMillis());
    List<NodeEffect> after = decide(duty, state, new Outbox());
    assertFalse(
        proposed(after).stream().anyMatch(ClusterCommand.PassTime.class::isInstance), "only once");
    duty.resign();
    assertEquals(List.of(), duty.timeHasCome(state, new Outbox()));
  }

  @Test
  void anElectionIsOpenedBeforeTheLeaderPlans() {
    apply(new ClusterCommand.ChangeConfiguration(-1, "test", List.of(batch())));
    Outbox outbox = new Outbox();
    List<NodeEffect> effects = new ArrayList<>();
    duty.decide(now, state, outbox, effects);
    assertInstanceOf(ClusterCommand.OpenElection.class, proposed(effects).getFirst());
    assertTrue(planIsDue(effects), effects::toString);
    assertFalse(begins(effects), "the voters do not wait for the plan");
    duty.planNow();
    List<NodeEffect> planned = new ArrayList<>();
    duty.decide(now, state, outbox, planned);
    assertTrue(begins(planned), planned::toString);
    assertFalse(planIsDue(planned), planned::toString);
  }

  private static boolean begins(List<NodeEffect> effects) {
    return proposed(effects).stream().anyMatch(ClusterCommand.BeginAction.class::isInstance);
  }

  private static ConfigurationChange batch() {
    return new ConfigurationChange.CreateResource(
        new ResourceDefinition(
            new ResourceId("batch"),
            AgentType.parse("ocf:heartbeat:Dummy"),
            new TreeMap<>(),
            new TreeMap<>(),
            List.of(),
            new ResourceDefinition.Form.Primitive()));
  }

  private static Constraint notAfter(long millis) {
    return new Constraint.Written(
        new ConstraintElement.Location(
            "l",
            "batch",
            "",
            List.of(),
            "",
            Optional.empty(),
            Optional.empty(),
            "",
            List.of(
                new Rule(
                    "l-rule",
                    true,
                    Optional.of(-1_000_000),
                    "",
                    Optional.empty(),
                    List.of(
                        new Rule.DateComparison(
                            "l-date",
                            Rule.DateOperation.GT,
                            Optional.of(Instant.ofEpochMilli(millis)),
                            Optional.empty(),
                            Map.of(),
                            Map.of()))))));
  }

  private static List<ClusterCommand> proposed(List<NodeEffect> effects) {
    return effects.stream()
        .filter(NodeEffect.Propose.class::isInstance)
        .map(e -> ((NodeEffect.Propose) e).command())
        .toList();
  }

  /// Opens the round that is due.
  private long opened() {
    ClusterCommand.OpenElection open =
        assertInstanceOf(ClusterCommand.OpenElection.class, decide().getFirst());
    apply(open);
    return open.round();
  }

  /// The time for voting is over, and one vote is missing.
  private void block() {
    for (int deadline = 1; deadline < 5; deadline++) {
      duty.votesOverdue(PG, state);
      assertEquals(List.of(), decide(), "a vote that can still come is waited for");
    }
    duty.votesOverdue(PG, state);
    apply(assertInstanceOf(ClusterCommand.CloseElection.class, decide().getFirst()));
    assertInstanceOf(Election.Blocked.class, primacy().election());
  }

  private Primacy primacy() {
    return state.primacies().values().iterator().next();
  }

  /// What is decided at once, and in the turn for planning that follows.
  private List<NodeEffect> decide(LeaderDuty leader, ClusterState given, Outbox outbox) {
    List<NodeEffect> effects = new ArrayList<>();
    leader.decide(now, given, outbox, effects);
    if (planIsDue(effects)) {
      leader.planNow();
      leader.decide(now, given, outbox, effects);
    }
    return effects;
  }

  private static boolean planIsDue(List<NodeEffect> effects) {
    return effects.contains(
        new NodeEffect.SetTimer(new NodeTimer(NodeTimer.Purpose.PLAN, ""), Duration.ZERO));
  }

  /// What the leader would do about elections.
  private List<ClusterCommand> decide() {
    return elections(duty);
  }

  private List<ClusterCommand> elections(LeaderDuty leader) {
    return proposed(decide(leader, state, new Outbox())).stream()
        .filter(c ->
            c instanceof ClusterCommand.OpenElection || c instanceof ClusterCommand.CloseElection)
        .toList();
  }

  private void run(NodeId node, Incarnation life, OperationKind kind, Role observed) {
    String id = kind + "@" + node;
    apply(
        new ClusterCommand.BeginAction(
            id,
            1,
            1,
            new Action.OperationAction(kind, PG, node),
            node,
            life,
            Duration.ofSeconds(20)));
    apply(new ClusterCommand.RecordResult(id, node, OperationResult.succeeded(observed)));
  }

  private void apply(ClusterCommand command) {
    index++;
    var applied = ClusterStateMachine.apply(state, new LogPosition(1, 1, index), index, command);
    assertInstanceOf(CommandAnswer.Accepted.class, applied.answer(), applied.answer()::toString);
    state = applied.state();
  }
}
