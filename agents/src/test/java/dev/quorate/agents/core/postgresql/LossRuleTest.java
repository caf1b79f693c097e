package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.PromotionPolicy.Ballot;
import dev.quorate.agents.core.postgresql.PromotionPolicy.Verdict;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Durability;
import dev.quorate.resource.Holder;
import dev.quorate.resource.LastWrite;
import dev.quorate.resource.NoCandidatePolicy;
import dev.quorate.resource.SyncPromise;
import dev.quorate.resource.Vote;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Elections that may lose something: node a was the primary and is gone; b and c are behind.
class LossRuleTest {
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");
  private static final NodeId C = new NodeId("c");
  private static final Holder HELD_BY_A = new Holder.Held(A, "boot");
  private static final LastWrite HEARD =
      new LastWrite(
          A,
          1,
          1_000,
          List.of(
              new LastWrite.Mark(100, 9_000),
              new LastWrite.Mark(500, 5_000),
              new LastWrite.Mark(1_000, 1_000)));

  private static LossRule rule(Durability mode, boolean bestEffort, String... parameters) {
    SortedMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put(parameters[i], parameters[i + 1]);
    }
    return LossRule.of(
        mode, bestEffort ? NoCandidatePolicy.BEST_EFFORT : NoCandidatePolicy.BLOCK, map);
  }

  private static Verdict decide(
      LossRule rule, Holder holder, Optional<LastWrite> heard, Vote... votes) {
    return PromotionPolicy.decide(ballot(rule, holder, heard, new TreeSet<>(), votes));
  }

  private static Ballot ballot(
      LossRule rule,
      Holder holder,
      Optional<LastWrite> heard,
      SortedSet<NodeId> silent,
      Vote... votes) {
    SortedMap<NodeId, Integer> scores = new TreeMap<>();
    List.of(A, B, C).forEach(n -> scores.put(n, 0));
    SyncPromise promise = rule.allowed() ? SyncPromise.NONE : new SyncPromise(1, List.of(B, C), 1);
    return new Ballot(
        holder, promise, rule, heard, List.of(votes), silent, !silent.isEmpty(), "", scores);
  }

  private static Verdict decide(LossRule rule, Vote... votes) {
    return decide(rule, HELD_BY_A, Optional.of(HEARD), votes);
  }

  private static Vote vote(NodeId node, long end) {
    return new Vote(node, "boot", true, "42", 1, end, List.of(), false, 0, "");
  }

  private static String won(NodeId expected, Verdict verdict) {
    Verdict.Winner winner = assertInstanceOf(Verdict.Winner.class, verdict, verdict::toString);
    assertEquals(expected, winner.vote().voter());
    return winner.reason();
  }

  private static String blocked(Verdict verdict) {
    return assertInstanceOf(Verdict.Blocked.class, verdict, verdict::toString).reason();
  }

  @Test
  void withoutABoundTheFurthestWinsAndTheLossIsSaid() {
    String reason = won(C, decide(rule(Durability.ASYNC, false), vote(B, 300), vote(C, 600)));
    assertTrue(reason.contains("lost with the last primary: 400 bytes (1.0 s)"), reason);
    reason = won(B, decide(rule(Durability.ASYNC, false), vote(B, 1_000), vote(C, 600)));
    assertTrue(reason.contains("lost with the last primary: 0 bytes (0.0 s)"), reason);
  }

  @Test
  void candidatesOverTheBoundOfBytesAreRefusedWithTheirNumbers() {
    LossRule strict = rule(Durability.ASYNC, false, "maxlag", "450");
    won(C, decide(strict, vote(B, 300), vote(C, 600)));
    String reason = blocked(decide(strict, vote(B, 300), vote(C, 500)));
    assertTrue(reason.contains("b: 700 bytes (5.0 s), c: 500 bytes (1.0 s)"), reason);
    assertTrue(reason.contains("maxlag=450"), reason);
  }

  @Test
  void candidatesOverTheBoundOfTimeAreRefused() {
    LossRule strict = rule(Durability.ASYNC, false, "maxlag-time", "3s");
    won(C, decide(strict, vote(B, 300), vote(C, 600)));
    assertTrue(blocked(decide(strict, vote(B, 300), vote(C, 400))).contains("maxlag-time=3s"));
    LossRule both = rule(Durability.ASYNC, false, "maxlag", "1E8", "maxlag-time", "3");
    blocked(decide(both, vote(B, 300), vote(C, 400)));
    assertEquals(new LossRule(true, 100_000_000, Duration.ofSeconds(3), false), both);
  }

  @Test
  void whatNobodyKnowsIsWithinNoBound() {
    LossRule strict = rule(Durability.ASYNC, false, "maxlag", "1GB");
    String reason = blocked(decide(strict, HELD_BY_A, Optional.empty(), vote(B, 300)));
    assertTrue(reason.contains("b: nobody knows how much"), reason);
    won(B, decide(rule(Durability.ASYNC, false), HELD_BY_A, Optional.empty(), vote(B, 300)));
  }

  @Test
  void theOwnWordOfTheLastPrimaryCountsMoreThanWhatWasHeard() {
    LossRule strict = rule(Durability.ASYNC, false, "maxlag", "450");
    Holder released = new Holder.Released(A, "boot", Holder.Proof.CLEAN_STOP, 1, 2_000);
    blocked(decide(strict, released, Optional.of(HEARD), vote(B, 1_000)));
    won(B, decide(strict, released, Optional.of(HEARD), vote(B, 1_600)));
    won(A, decide(strict, vote(A, 2_000), vote(B, 1_000)));
    Vote cannot = new Vote(A, "boot", false, "42", 1, 2_000, List.of(), false, 0, "standby");
    blocked(decide(strict, cannot, vote(B, 1_000)));
  }

  @Test
  void bestEffortPromotesTheBestAndSaysWhatItCosts() {
    LossRule lax = rule(Durability.ASYNC, true, "maxlag", "10");
    String reason = won(C, decide(lax, vote(B, 300), vote(C, 500)));
    assertTrue(reason.startsWith("best effort: "), reason);
    assertTrue(reason.contains("500 bytes (1.0 s)"), reason);
    assertTrue(reason.contains("although every candidate lacks more"), reason);
    // Who keeps to the bound is no best effort.
    assertEquals(false, won(C, decide(lax, vote(C, 995))).contains("best effort"));
  }

  @Test
  void bestEffortHoldsForBrokenPromisesTooButOnlyOnceNobodyIsWaitedFor() {
    LossRule lax = rule(Durability.SYNC, true);
    String reason = won(C, decide(lax, vote(C, 500)));
    assertTrue(reason.contains("best effort"), reason);
    blocked(decide(rule(Durability.SYNC, false), vote(C, 500)));
    Ballot patient =
        ballot(lax, HELD_BY_A, Optional.of(HEARD), new TreeSet<>(List.of(B)), vote(C, 500));
    assertEquals(new Verdict.Undecided(List.of(B)), PromotionPolicy.decide(patient));
  }

  @Test
  void boundsOfLagMeanNothingWhereNothingMayBeLost() {
    LossRule sync = rule(Durability.SYNC, false, "maxlag", "1GB");
    blocked(decide(sync, vote(C, 999)));
    won(C, decide(sync, vote(B, 900), vote(C, 950)));
  }

  @Test
  void copiesThatWentDifferentWaysAreNoMatterOfEffort() {
    Vote stranger = new Vote(B, "boot", true, "4711", 1, 900, List.of(), false, 0, "");
    blocked(decide(rule(Durability.ASYNC, true), stranger, vote(C, 900)));
  }
}
