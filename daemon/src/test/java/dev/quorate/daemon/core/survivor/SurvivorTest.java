package dev.quorate.daemon.core.survivor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.core.survivor.Survivor.Phase;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One node of two, driven by hand. What both can do together is explored in the integration tests.
class SurvivorTest {
  private static final SurvivorRecord PAIR = SurvivorRecord.founded();
  private static final SurvivorRecord SOLE = new SurvivorRecord(2, Standing.SOLE);
  private static final SurvivorRecord LEARNER = new SurvivorRecord(2, Standing.LEARNER);

  private Survivor.Step step = Survivor.begin(PAIR, false);

  @Test
  void whoHasJustBootedFencesNobody() {
    on(new SurvivorEvent.QuorumLost(), new SurvivorEvent.DelayPassed());
    assertEquals(List.of(), step.effects());
    assertEquals(Phase.WAITING, step.next().phase());
    assertFalse(step.next().decides());
  }

  @Test
  void aSurvivorLeavesTheLogThenFencesThenWritesThenDecides() {
    pair();
    on(new SurvivorEvent.QuorumLost());
    assertFalse(step.next().decides());
    on(new SurvivorEvent.DelayPassed());
    assertEquals(
        List.of(
            new SurvivorEffect.ClosePair(),
            new SurvivorEffect.Prepare(2),
            new SurvivorEffect.Fence("b1")),
        step.effects());
    assertFalse(step.next().votes());
    on(new SurvivorEvent.FencingEnded("b1", true));
    assertEquals(List.of(new SurvivorEffect.Write(SOLE)), step.effects());
    assertFalse(step.next().decides(), "not before it is on disk");
    on(new SurvivorEvent.Written());
    assertEquals(List.of(new SurvivorEffect.OpenSole(2)), step.effects());
    assertTrue(step.next().decides());
  }

  @Test
  void aFencingThatFailedOrWasOfAnotherBootChangesNothing() {
    for (var ended :
        List.of(
            new SurvivorEvent.FencingEnded("b1", false),
            new SurvivorEvent.FencingEnded("b0", true))) {
      step = Survivor.begin(PAIR, false);
      pair();
      on(new SurvivorEvent.QuorumLost(), new SurvivorEvent.DelayPassed(), ended);
      assertEquals(Phase.ALONE, step.next().phase());
      assertEquals(PAIR, step.next().disk());
      assertTrue(step.next().votes(), "the other may come back");
    }
  }

  @Test
  void whoIsBehindCopiesAndVotesAgainOnlyWhenThatIsOnItsDisk() {
    on(new SurvivorEvent.PeerHeard(SOLE, "b1"));
    assertEquals(List.of(new SurvivorEffect.Write(LEARNER)), step.effects());
    on(new SurvivorEvent.Written());
    assertEquals(List.of(new SurvivorEffect.Follow(2)), step.effects());
    on(new SurvivorEvent.PeerHeard(SOLE, "b2"));
    assertEquals(List.of(), step.effects(), "that is on its disk already");
    on(new SurvivorEvent.QuorumGained("b2"));
    assertFalse(step.next().decides(), "a learner is no voter");
    on(new SurvivorEvent.TakenIn(), new SurvivorEvent.Written());
    on(new SurvivorEvent.QuorumGained("b1"));
    assertTrue(step.next().decides());
    assertEquals(new SurvivorRecord(2, Standing.PAIR), step.next().disk());
  }

  @Test
  void aSurvivorCeasesToBeAloneBeforeTheOtherVotes() {
    step = Survivor.begin(SOLE, false);
    on(new SurvivorEvent.PeerHeard(PAIR, "b2"));
    assertFalse(step.next().decides(), "the other may be sworn to before this is heard");
    on(new SurvivorEvent.PeerHeard(LEARNER, "b2"));
    assertTrue(step.next().decides(), "the other copies");
    on(new SurvivorEvent.LearnerCaughtUp());
    assertFalse(step.next().decides());
    on(new SurvivorEvent.Written());
    assertEquals(List.of(new SurvivorEffect.AddVoter()), step.effects());
    assertEquals(new SurvivorRecord(2, Standing.PAIR), step.next().disk());
  }

  @Test
  void aSurvivorThatBootsShowsAgainThatTheOtherIsOff() {
    step = Survivor.begin(SOLE, false);
    assertFalse(step.next().decides());
    on(new SurvivorEvent.DelayPassed());
    assertEquals(List.of(new SurvivorEffect.Fence("")), step.effects());
    on(new SurvivorEvent.FencingEnded("", true));
    assertTrue(step.next().decides());
  }

  @Test
  void aLearnerThatComesBackIsOfferedAgain() {
    step = Survivor.begin(SOLE, false);
    on(new SurvivorEvent.PeerHeard(LEARNER, "b1"), new SurvivorEvent.LearnerCaughtUp());
    on(new SurvivorEvent.Written(), new SurvivorEvent.QuorumLost());
    assertEquals(Phase.ALONE, step.next().phase());
    on(new SurvivorEvent.PeerHeard(new SurvivorRecord(2, Standing.PAIR), "b2"));
    assertEquals(Phase.ALONE, step.next().phase(), "it has a vote of its own");
    on(new SurvivorEvent.PeerHeard(LEARNER, "b2"));
    assertEquals(Phase.OFFERING, step.next().phase());
    on(new SurvivorEvent.LearnerCaughtUp());
    assertEquals(List.of(new SurvivorEffect.AddVoter()), step.effects());
  }

  @Test
  void aLearnerGivesItsVoteAwayBeforeTheNextEpochIsFounded() {
    SurvivorRecord asking = new SurvivorRecord(2, Standing.PAIR);
    step = Survivor.begin(LEARNER, false);
    on(new SurvivorEvent.PeerHeard(asking, "b1"), new SurvivorEvent.Written());
    on(new SurvivorEvent.AskedToBeginAnew(new SurvivorRecord(3, Standing.PAIR)));
    assertEquals(List.of(), step.effects(), "it is about another epoch");
    on(new SurvivorEvent.AskedToBeginAnew(asking));
    SurvivorRecord next = new SurvivorRecord(3, Standing.LEARNER);
    assertEquals(
        List.of(new SurvivorEffect.ClosePair(), new SurvivorEffect.Write(next)), step.effects());
    on(new SurvivorEvent.TakenIn());
    assertEquals(List.of(), step.effects(), "it does not vote any more");
    on(new SurvivorEvent.Written());
    assertEquals(List.of(new SurvivorEffect.Follow(3)), step.effects());

    step = Survivor.begin(asking, false);
    on(new SurvivorEvent.PeerHeard(next, "b1"));
    SurvivorRecord sole = new SurvivorRecord(3, Standing.SOLE);
    assertEquals(
        List.of(
            new SurvivorEffect.ClosePair(),
            new SurvivorEffect.Prepare(3),
            new SurvivorEffect.Write(sole)),
        step.effects());
    assertFalse(step.next().decides());
    on(new SurvivorEvent.Written());
    assertTrue(step.next().decides());
  }

  @Test
  void whoHasVotedIsAskedInVain() {
    on(new SurvivorEvent.PeerHeard(SOLE, "b1"), new SurvivorEvent.Written());
    on(new SurvivorEvent.TakenIn(), new SurvivorEvent.Written());
    on(new SurvivorEvent.AskedToBeginAnew(new SurvivorRecord(2, Standing.PAIR)));
    assertEquals(List.of(), step.effects());
    assertEquals(new SurvivorRecord(2, Standing.PAIR), step.next().disk());
  }

  @Test
  void whoMayBeOutdoneFencesNobodyAndGoesOnByAnOathOrAPeerThatCopies() {
    step = Survivor.begin(SOLE, true);
    assertEquals(List.of(), step.effects());
    on(new SurvivorEvent.DelayPassed(), new SurvivorEvent.FencingEnded("", true));
    assertEquals(Phase.DOUBTING, step.next().phase());
    Survivor doubting = step.next();
    on(new SurvivorEvent.PeerHeard(PAIR, "b2"));
    assertEquals(Phase.DOUBTING, step.next().phase());
    on(new SurvivorEvent.PeerHeard(LEARNER, "b2"));
    assertEquals(List.of(new SurvivorEffect.OpenSole(2)), step.effects());
    step = doubting.on(new SurvivorEvent.PeerHeard(new SurvivorRecord(4, Standing.SOLE), "b2"));
    assertEquals(
        List.of(new SurvivorEffect.Write(new SurvivorRecord(4, Standing.LEARNER))), step.effects());
    for (int spare : new int[] {1, 2}) {
      step = doubting.on(new SurvivorEvent.Sworn(spare));
      SurvivorRecord later = new SurvivorRecord(spare == 1 ? 7 : 5, Standing.SOLE);
      assertEquals(
          List.of(new SurvivorEffect.Prepare(later.epoch()), new SurvivorEffect.Write(later)),
          step.effects());
      assertFalse(step.next().decides());
    }
  }

  @Test
  void whoWasAwayForLongOrDoesNotKnowMayBeOutdone() {
    long shortly = LastSeen.SHORT.toMillis() - 1;
    LastSeen seen = new LastSeen("b1", 1_000_000);
    assertFalse(seen.mayBeOutdone(new LastSeen("b2", 1_000_000 + shortly)));
    assertTrue(seen.mayBeOutdone(new LastSeen("b2", 1_000_001 + shortly)));
    assertTrue(seen.mayBeOutdone(new LastSeen("b2", 999_999)), "the clock went back");
    assertFalse(seen.mayBeOutdone(new LastSeen("b1", 1_000_001 + shortly)), "it was not off");
  }

  @Test
  void whoIsRelievedForItsDiskDoesNothingMoreInThisRun() {
    on(new SurvivorEvent.Relieved());
    assertEquals(Phase.WAITING, step.next().phase(), "it does not vote");
    pair();
    on(new SurvivorEvent.Relieved());
    assertEquals(List.of(new SurvivorEffect.Leave()), step.effects());
    for (SurvivorEvent event :
        List.of(
            new SurvivorEvent.PeerHeard(SOLE, "b1"),
            new SurvivorEvent.QuorumGained("b1"),
            new SurvivorEvent.QuorumLost(),
            new SurvivorEvent.DelayPassed(),
            new SurvivorEvent.Sworn(1))) {
      on(event);
      assertEquals(List.of(), step.effects());
      assertEquals(Phase.OUT, step.next().phase());
    }
    assertFalse(step.next().votes() || step.next().decides());
  }

  @Test
  void whoLeavesInPeaceGivesItsVoteAwayBeforeItSaysSo() {
    on(new SurvivorEvent.PeerStays());
    assertEquals(Phase.WAITING, step.next().phase(), "it does not vote");
    pair();
    SurvivorRecord given = new SurvivorRecord(2, SurvivorRecord.Standing.LEARNER);
    on(new SurvivorEvent.PeerStays());
    assertEquals(
        List.of(new SurvivorEffect.ClosePair(), new SurvivorEffect.Write(given)), step.effects());
    assertEquals(PAIR, step.next().disk());
    assertFalse(step.next().votes() || step.next().decides() || step.next().mayGoOnAlone());
    on(new SurvivorEvent.PeerHeard(SOLE, "b1"), new SurvivorEvent.QuorumLost());
    on(new SurvivorEvent.Written());
    assertEquals(given, step.next().disk());
    on(new SurvivorEvent.PeerHeard(SOLE, "b1"), new SurvivorEvent.Sworn(1));
    assertEquals(List.of(), step.effects());
    assertEquals(Phase.LEFT, step.next().phase());
    assertTrue(PAIR.awaitedBy(given), "the other founds the next epoch, and fences nobody");
  }

  @Test
  void whoseHangHasTakenThePairApartIsRelievedAsWell() {
    pair();
    on(new SurvivorEvent.QuorumLost());
    assertTrue(step.next().mayGoOnAlone());
    on(new SurvivorEvent.Relieved());
    assertEquals(List.of(new SurvivorEffect.Leave()), step.effects());
    assertFalse(step.next().mayGoOnAlone());

    step = Survivor.begin(PAIR, false);
    pair();
    on(new SurvivorEvent.QuorumLost(), new SurvivorEvent.DelayPassed());
    on(new SurvivorEvent.Relieved());
    assertEquals(Phase.FENCING, step.next().phase(), "it is going on alone");
  }

  private void pair() {
    on(new SurvivorEvent.PeerHeard(PAIR, "b1"));
    assertEquals(List.of(new SurvivorEffect.OpenPair()), step.effects());
    on(new SurvivorEvent.QuorumGained("b1"));
    assertTrue(step.next().decides());
  }

  private void on(SurvivorEvent... events) {
    for (SurvivorEvent event : events) {
      step = step.next().on(event);
    }
  }
}
