package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.daemon.core.PairStanding.Mode;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.TwoNodes;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a survivor writes down, and when it may decide.
class PairDutyTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final Incarnation LIFE = new Incarnation("boot-n1", 1);

  private final Outbox outbox = new Outbox();
  private final PairDuty duty = new PairDuty(N1, LIFE);
  private ClusterState state = ClusterState.initial("test");
  private long index;

  @BeforeEach
  void twoNodes() {
    apply(
        new ClusterCommand.ChangeConfiguration(
            -1,
            "test",
            List.of(N1, N2).stream()
                .<ConfigurationChange>map(n ->
                    new ConfigurationChange.PutNode(
                        new NodeDefinition(n, "127.0.0.1", true, new TreeMap<>())))
                .toList()));
    apply(new ClusterCommand.JoinNode(N1, LIFE, ClusterState.FEATURE_LEVEL));
    apply(
        new ClusterCommand.JoinNode(N2, new Incarnation("boot-n2", 1), ClusterState.FEATURE_LEVEL));
  }

  private void apply(ClusterCommand command) {
    state = ClusterStateMachine.apply(state, new LogPosition(1, 1, ++index), 0, command).state();
  }

  private boolean stands(Mode mode) {
    Optional<PairStanding.Proof> proof =
        mode == Mode.ALONE
            ? Optional.of(PairStanding.Proof.shown(N2, "power", true))
            : Optional.empty();
    return duty.stands(new PairStanding(mode, "epoch 2", proof), state);
  }

  private List<ClusterCommand> written() {
    return duty.follow(state, outbox).stream()
        .filter(NodeEffect.Propose.class::isInstance)
        .map(e -> ((NodeEffect.Propose) e).command())
        .toList();
  }

  @Test
  void aMajorityDecidesWhereNobodyArbitrates() {
    assertFalse(duty.arbitrated());
    assertTrue(duty.decides(state));
    assertEquals(List.of(N1, N2), duty.voters(List.of(N1, N2)));
    assertEquals(List.of(), written());
  }

  @Test
  void theProofComesFirstAndNothingIsDecidedBefore() {
    assertFalse(stands(Mode.ALONE));
    assertFalse(duty.decides(state));
    assertEquals(List.of(N1), duty.voters(List.of(N1, N2)));
    List<ClusterCommand> commands = written();
    assertEquals(3, commands.size());
    var proof = assertInstanceOf(ClusterCommand.RecordFencing.class, commands.getFirst());
    assertEquals("boot-n2", proof.outcome().bootId());
    assertEquals(List.of(), written(), "once is enough");
    commands.forEach(this::apply);
    assertEquals(NodeStatus.Presence.FENCED, state.node(N2).orElseThrow().presence());
    assertTrue(duty.decides(state));
    assertEquals(List.of(), new PairDuty(N1, LIFE).follow(state, new Outbox()));
  }

  @Test
  void thatThisDaemonCanArbitrateIsSaidForThisRun() {
    stands(Mode.MAJORITY);
    written().forEach(this::apply);
    assertTrue(able(N1));
    assertFalse(able(N2));
    assertEquals(List.of(), written());
    apply(
        new ClusterCommand.JoinNode(N1, new Incarnation("boot-n1", 2), ClusterState.FEATURE_LEVEL));
    assertFalse(able(N1), "the next run may be of another kind");
  }

  private boolean able(NodeId node) {
    return TwoNodes.arbitrates(state.attributes(), node, state.node(node).orElseThrow());
  }

  @Test
  void anOathIsWrittenDownAsOne() {
    duty.stands(
        new PairStanding(
            Mode.ALONE,
            "epoch 3",
            Optional.of(PairStanding.Proof.sworn(N2, "root", "it is burnt"))),
        state);
    written().forEach(this::apply);
    assertEquals(NodeStatus.Presence.FENCED, state.node(N2).orElseThrow().presence());
    var record = state.fencings().getLast();
    assertEquals("operator-oath", record.proof());
    assertEquals("root", record.client());
    assertEquals("it is burnt", record.reason());
  }

  @Test
  void aNewerBootIsNotCondemned() {
    stands(Mode.ALONE);
    apply(
        new ClusterCommand.JoinNode(
            N2, new Incarnation("boot-n2-again", 2), ClusterState.FEATURE_LEVEL));
    assertTrue(written().stream().noneMatch(ClusterCommand.RecordFencing.class::isInstance));
  }

  @Test
  void twoDecideOnceNobodyIsAloneByTheLog() {
    stands(Mode.ALONE);
    written().forEach(this::apply);
    stands(Mode.NOBODY);
    assertFalse(duty.decides(state));
    stands(Mode.BOTH);
    assertFalse(duty.decides(state), "the log still says that n1 is alone");
    written().forEach(this::apply);
    assertTrue(duty.decides(state));
  }

  @Test
  void whoWasLeftBehindStopsOnce() {
    assertTrue(stands(Mode.OTHER));
    assertFalse(stands(Mode.OTHER));
    assertFalse(duty.decides(state));
    assertTrue(duty.arbitrated());
  }
}
