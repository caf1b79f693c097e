package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.PromotionPolicy.Ballot;
import dev.quorate.agents.core.postgresql.PromotionPolicy.Verdict;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Holder;
import dev.quorate.resource.SyncPromise;
import dev.quorate.resource.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PromotionPolicyTest {
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");
  private static final NodeId C = new NodeId("c");
  private static final NodeId D = new NodeId("d");
  private static final SyncPromise ONE_OF_TWO = new SyncPromise(3, List.of(B, C), 1);
  private static final Holder HELD_BY_A = new Holder.Held(A, "boot");

  @Test
  void theFurthestOfEnoughVotersWins() {
    assertWinner(C, ballot(HELD_BY_A, ONE_OF_TWO, vote(B, 1, 90), vote(C, 1, 100)));
  }

  @Test
  void tooFewVotersBlockAndTheMissingAreNamed() {
    Verdict verdict = PromotionPolicy.decide(ballot(HELD_BY_A, ONE_OF_TWO, vote(B, 1, 90)));
    Verdict.Blocked blocked = assertInstanceOf(Verdict.Blocked.class, verdict);
    assertEquals(List.of(A, C), blocked.unblockers());
    assertTrue(blocked.reason().contains("1 voted, 2 must"), blocked::reason);
  }

  @Test
  void missingVotesAreWaitedForWhileThereIsTime() {
    Ballot patient =
        new Ballot(
            HELD_BY_A,
            ONE_OF_TWO,
            LossRule.NOTHING,
            Optional.empty(),
            List.of(vote(B, 1, 90)),
            new TreeSet<>(List.of(C)),
            true,
            "",
            scores());
    assertEquals(new Verdict.Undecided(List.of(C)), PromotionPolicy.decide(patient));
  }

  @Test
  void theOldPrimaryItselfProvesEverything() {
    assertWinner(A, ballot(HELD_BY_A, ONE_OF_TWO, vote(A, 1, 120), vote(B, 1, 90)));
    assertWinner(A, ballot(HELD_BY_A, SyncPromise.NONE, vote(A, 1, 120), vote(B, 1, 90)));
    assertWinner(
        B, ballot(HELD_BY_A, SyncPromise.NONE, vote(B, 1, 120), ineligible(vote(A, 1, 120))));
    assertBlocked(
        ballot(HELD_BY_A, SyncPromise.NONE, vote(B, 1, 100), ineligible(vote(A, 1, 120))));
  }

  @Test
  void aCleanStopProvesWhoeverHasIt() {
    Holder released = new Holder.Released(A, "boot", Holder.Proof.CLEAN_STOP, 1, 100);
    assertWinner(B, ballot(released, SyncPromise.NONE, vote(B, 1, 100)));
    assertBlocked(ballot(released, SyncPromise.NONE, vote(B, 1, 99)));
    assertWinner(D, ballot(released, ONE_OF_TWO, vote(B, 1, 99), vote(D, 1, 100)));
  }

  @Test
  void aHigherTimelineThatForkedIsNoCandidate() {
    // d was promoted by mistake at 50 and writes its own line; b and c went on.
    Vote forked = vote(D, 2, 500, new Vote.TimelineSwitch(1, 50));
    assertWinner(C, ballot(HELD_BY_A, ONE_OF_TWO, vote(B, 1, 90), vote(C, 1, 100), forked));
  }

  @Test
  void theLineWinsOverThePosition() {
    Vote child = vote(B, 2, 110, new Vote.TimelineSwitch(1, 100));
    assertWinner(B, ballot(new Holder.Held(B, "boot"), ONE_OF_TWO, child, vote(C, 1, 95)));
    // c, a stranger to the promise, is on the abandoned line and beyond the switch.
    assertWinner(
        B,
        ballot(new Holder.Held(B, "x"), new SyncPromise(1, List.of(B), 1), child, vote(C, 1, 400)));
  }

  @Test
  void aStandbyThatIsBehindThePromiseNeverWins() {
    assertWinner(C, ballot(HELD_BY_A, ONE_OF_TWO, vote(B, 1, 90), vote(C, 1, 100), vote(D, 1, 20)));
    assertBlocked(
        ballot(HELD_BY_A, ONE_OF_TWO, vote(B, 1, 90), ineligible(vote(C, 1, 100)), vote(D, 1, 95)));
  }

  @Test
  void theFirstPrimaryIsTheFurthestOnceAllHaveVoted() {
    assertWinner(B, ballot(new Holder.Nobody(), SyncPromise.NONE, vote(A, 1, 90), vote(B, 1, 95)));
    Ballot other =
        ballot(
            new Holder.Nobody(),
            SyncPromise.NONE,
            vote(A, 1, 90),
            new Vote(B, "x", true, "4711", 1, 95, List.of(), false, 0, ""));
    Verdict.Blocked blocked =
        assertInstanceOf(Verdict.Blocked.class, PromotionPolicy.decide(other));
    assertTrue(blocked.reason().contains("different databases"), blocked::reason);
  }

  @Test
  void theSwitchoverTargetWinsAmongEquals() {
    Holder released = new Holder.Released(A, "boot", Holder.Proof.CLEAN_STOP, 1, 100);
    Ballot ballot =
        new Ballot(
            released,
            ONE_OF_TWO,
            LossRule.NOTHING,
            Optional.empty(),
            List.of(vote(A, 1, 100), vote(B, 1, 100), vote(C, 1, 100)),
            new TreeSet<>(),
            false,
            "c",
            scores());
    assertWinner(C, ballot);
  }

  @Test
  void noElectionLosesAWriteThatThePromiseCovers() {
    // Every way in which one write at 100 was acknowledged by 1 of up to 3 members.
    List<NodeId> standbys = List.of(B, C, D);
    int winners = 0;
    for (int members = 1; members < 8; members++) {
      SyncPromise promise = new SyncPromise(1, subset(standbys, members), 1);
      for (NodeId only : promise.members()) {
        for (int voting = 1; voting < 8; voting++) {
          List<Vote> votes = new ArrayList<>();
          subset(standbys, voting).forEach(n -> votes.add(vote(n, 1, n.equals(only) ? 100 : 90)));
          Verdict verdict =
              PromotionPolicy.decide(ballot(HELD_BY_A, promise, votes.toArray(Vote[]::new)));
          if (verdict instanceof Verdict.Winner(var vote, _)) {
            winners++;
            assertEquals(only, vote.voter(), promise + " " + votes);
          }
        }
      }
    }
    assertTrue(winners > 10, "the elections proved nothing");
  }

  private static List<NodeId> subset(List<NodeId> all, int bits) {
    return all.stream().filter(n -> (bits >> all.indexOf(n) & 1) == 1).toList();
  }

  private static void assertWinner(NodeId expected, Ballot ballot) {
    Verdict verdict = PromotionPolicy.decide(ballot);
    Verdict.Winner winner = assertInstanceOf(Verdict.Winner.class, verdict, verdict::toString);
    assertEquals(expected, winner.vote().voter());
  }

  @Test
  void ofTwoFormerPrimariesThatDifferAnOperatorMustChoose() {
    Verdict verdict =
        PromotionPolicy.decide(
            ballot(
                new Holder.Nobody(),
                SyncPromise.NONE,
                formerPrimary(A, 90),
                formerPrimary(B, 95),
                vote(C, 1, 95)));
    Verdict.Blocked blocked = assertInstanceOf(Verdict.Blocked.class, verdict);
    assertTrue(
        blocked.reason().startsWith("a and b were both shut down as primaries"), blocked::reason);
    assertWinner(
        A,
        ballot(new Holder.Nobody(), SyncPromise.NONE, formerPrimary(A, 95), formerPrimary(B, 95)));
    assertWinner(
        B, ballot(HELD_BY_A, SyncPromise.NONE, formerPrimary(A, 90), formerPrimary(B, 95)));
  }

  private static void assertBlocked(Ballot ballot) {
    Verdict verdict = PromotionPolicy.decide(ballot);
    assertInstanceOf(Verdict.Blocked.class, verdict, verdict::toString);
  }

  private static Ballot ballot(Holder holder, SyncPromise promise, Vote... votes) {
    return new Ballot(
        holder,
        promise,
        LossRule.NOTHING,
        Optional.empty(),
        List.of(votes),
        new TreeSet<>(),
        false,
        "",
        scores());
  }

  private static SortedMap<NodeId, Integer> scores() {
    SortedMap<NodeId, Integer> scores = new TreeMap<>();
    List.of(A, B, C, D).forEach(n -> scores.put(n, 0));
    return scores;
  }

  private static Vote vote(NodeId node, long line, long end, Vote.TimelineSwitch... switches) {
    return new Vote(node, "boot", true, "42", line, end, List.of(switches), false, 0, "");
  }

  private static Vote formerPrimary(NodeId node, long end) {
    return new Vote(node, "boot", true, "42", 1, end, List.of(), true, 0, "");
  }

  private static Vote ineligible(Vote v) {
    return new Vote(
        v.node(),
        v.bootId(),
        false,
        v.identity(),
        v.timeline(),
        v.position(),
        v.lineage(),
        v.wasPrimary(),
        v.priority(),
        "in standby");
  }
}
