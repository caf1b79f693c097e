package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.quorate.consensus.LogPosition;
import dev.quorate.daemon.core.ElectionPolicy.Verdict;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.SyncPromise;
import dev.quorate.resource.Vote;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// An operator moves the primary away from n1, which stopped cleanly at 100 and was up again as a
/// standby before anybody else had voted. Even the constraints speak for it.
class PostgresElectionsTest {
  private static final ResourceId PG = new ResourceId("pgsql");
  private static final ResourceId CLONE = new ResourceId("pgsql-clone");
  private static final List<NodeId> NODES =
      List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
  private static final NodeId N1 = NODES.get(0);
  private static final NodeId N2 = NODES.get(1);
  private static final NodeId N3 = NODES.get(2);

  private final PostgresElections elections = new PostgresElections();
  private final ClusterState state = threeNodes();

  @Test
  void whoeverIsMovedAwayFromIsNotPromotedWhileOthersMayVote() {
    assertInstanceOf(
        Verdict.Undecided.class, decide(Primacy.BEST, true, vote(N1, 100)), "n1 alone");
    assertInstanceOf(
        Verdict.Undecided.class,
        decide(Primacy.BEST, true, vote(N1, 100), ineligible(N2)),
        "n3 may still vote");
  }

  @Test
  void anybodyElseWhoHasAsMuchIsPreferred() {
    assertWinner(N2, decide(Primacy.BEST, true, vote(N1, 100), vote(N2, 100)));
    assertWinner(N3, decide(Primacy.BEST, false, vote(N1, 100), ineligible(N2), vote(N3, 100)));
    assertWinner(N3, decide("n2", false, vote(N1, 100), ineligible(N2), vote(N3, 100)));
  }

  @Test
  void itIsPromotedAgainWhenNobodyElseCanBe() {
    assertWinner(N1, decide(Primacy.BEST, false, vote(N1, 100)));
    assertWinner(N1, decide(Primacy.BEST, false, vote(N1, 100), ineligible(N2), vote(N3, 99)));
    assertWinner(N1, decide("n2", false, vote(N1, 100), ineligible(N2)));
  }

  @Test
  void withoutAnOrderToMoveItIsAsGoodAsAny() {
    assertWinner(N1, decide("", true, vote(N1, 100)));
    assertWinner(N1, decide("", false, vote(N1, 100), vote(N2, 100), vote(N3, 100)));
  }

  private Verdict decide(String switchoverTo, boolean patient, Vote... votes) {
    TreeMap<NodeId, Vote> cast = new TreeMap<>();
    List.of(votes).forEach(v -> cast.put(v.node(), v));
    String preferred = switchoverTo.equals(Primacy.BEST) ? "" : switchoverTo;
    Election.Open round = new Election.Open(2, "test", preferred, state.position(), NODES, cast);
    Primacy primacy =
        new Primacy(
            PG,
            1,
            new Holder.Released(N1, "boot", Holder.Proof.CLEAN_STOP, 1, 100),
            new SyncPromise(1, List.of(N2, N3), 1),
            round,
            switchoverTo);
    return elections.decide(state, primacy, round, patient);
  }

  private static void assertWinner(NodeId expected, Verdict verdict) {
    Verdict.Winner winner = assertInstanceOf(Verdict.Winner.class, verdict, verdict::toString);
    assertEquals(expected, winner.node(), winner::detail);
  }

  private static Vote vote(NodeId node, long end) {
    return new Vote(node, "boot", true, "42", 1, end, List.of(), false, 0, "");
  }

  private static Vote ineligible(NodeId node) {
    return new Vote(node, "boot", false, "", 0, 0, List.of(), false, 0, "it is being copied");
  }

  private static ClusterState threeNodes() {
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
                new ResourceDefinition.Form.Promotable(CLONE, 0, 1, new TreeMap<>()))));
    changes.add(
        new ConfigurationChange.PutConstraint(
            new Constraint.Location("likes-n1", CLONE, Role.PROMOTED, N1, Score.MUST)));
    List<ClusterCommand> commands = new ArrayList<>();
    commands.add(new ClusterCommand.ChangeConfiguration(-1, "test", changes));
    for (NodeId node : NODES) {
      commands.add(
          new ClusterCommand.JoinNode(
              node, new Incarnation("boot", 1), ClusterState.FEATURE_LEVEL));
    }
    ClusterState state = ClusterState.initial("test");
    for (int i = 0; i < commands.size(); i++) {
      state =
          ClusterStateMachine.apply(state, new LogPosition(1, 1, i + 1), i, commands.get(i))
              .state();
    }
    return state;
  }
}
