package dev.quorate.agents.core.postgresql.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.drill.Comparison.Difference;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Outcome ACK = Outcome.ACKNOWLEDGED;
  private static final Outcome NO = Outcome.REFUSED;
  private static final Outcome MAYBE = Outcome.UNKNOWN;

  private static Sent sent(Outcome... outcomes) {
    Sent sent = new Sent();
    for (Outcome outcome : outcomes) {
      sent.end(outcome, sent.begin());
    }
    return sent;
  }

  private static Difference ended(Sent sent, Entry... there) {
    Comparison comparison = new Comparison(List.of(sent));
    List.of(there).forEach(comparison::found);
    return comparison.difference();
  }

  private static Entry entry(long number, long previous) {
    return new Entry(0, number, previous);
  }

  @Test
  void whatIsUnknownMayBeThereOrNotOrLate() {
    assertTrue(ended(sent(ACK, MAYBE, ACK), entry(1, 0), entry(3, 1)).none());
    assertTrue(ended(sent(ACK, MAYBE, ACK), entry(1, 0), entry(2, 1), entry(3, 2)).none());
    assertTrue(ended(sent(ACK, MAYBE, ACK), entry(1, 0), entry(2, 1), entry(3, 1)).none());
  }

  @Test
  void anAcknowledgedCommitThatIsMissingIsLostAndNothingElse() {
    Difference difference = ended(sent(ACK, ACK, ACK), entry(1, 0), entry(3, 2));

    assertEquals(List.of(entry(2, 0)), difference.lost());
    assertEquals(List.of(), difference.misplaced());
    assertEquals(List.of(), difference.revived());
  }

  @Test
  void whatWasRefusedOrNeverSentMustNotBeThere() {
    assertTrue(ended(sent(ACK, NO), entry(1, 0)).none());
    assertEquals(List.of(entry(2, 1)), ended(sent(ACK, NO), entry(1, 0), entry(2, 1)).revived());
    assertEquals(List.of(entry(2, 1)), ended(sent(ACK), entry(1, 0), entry(2, 1)).revived());
    assertEquals(
        List.of(new Entry(7, 1, 0)), ended(sent(ACK), entry(1, 0), new Entry(7, 1, 0)).revived());
  }

  @Test
  void whatWasVisibleMustNotVanish() {
    assertEquals(
        List.of(entry(3, 2)), ended(sent(ACK, MAYBE, ACK), entry(1, 0), entry(3, 2)).misplaced());
  }

  @Test
  void whatWasAcknowledgedMustHaveBeenVisible() {
    assertEquals(
        List.of(entry(3, 1)),
        ended(sent(ACK, ACK, ACK), entry(1, 0), entry(2, 1), entry(3, 1)).misplaced());
    assertEquals(
        List.of(entry(2, 3)),
        ended(sent(ACK, ACK, ACK), entry(1, 0), entry(2, 3), entry(3, 2)).misplaced());
  }

  /// A packet that the kernel sends again when the network is whole, after its client gave up.
  @Test
  void whatIsUnknownMayBeWrittenAfterWhatCameLater() {
    Entry late = entry(2, 4);
    assertTrue(
        ended(
                sent(ACK, MAYBE, ACK, ACK, ACK),
                entry(1, 0),
                late,
                entry(3, 1),
                entry(4, 3),
                entry(5, 4))
            .none());
    assertEquals(
        List.of(late),
        ended(sent(ACK, ACK, ACK, ACK), entry(1, 0), late, entry(3, 2), entry(4, 3)).misplaced());
    assertEquals(
        List.of(late),
        ended(sent(ACK, MAYBE, ACK, MAYBE), entry(1, 0), late, entry(3, 1)).misplaced(),
        "what it saw is gone");
    assertEquals(
        List.of(late), ended(sent(ACK, MAYBE, ACK), entry(1, 0), late, entry(3, 1)).misplaced());
  }

  @Test
  void whileWritersGoOnOnlyWhatTheyHadSentCounts() {
    Comparison lately = new Comparison(List.of(sent(ACK, ACK, ACK)), List.of(1L));
    for (Entry there : List.of(entry(2, 1), entry(4, 3))) {
      lately.found(there);
    }

    assertEquals(List.of(entry(3, 0)), lately.difference().lost());
    assertEquals(List.of(), lately.difference().revived());
  }

  @Test
  void aCommitThatHasNotEndedIsUnknown() {
    Sent sent = sent(ACK);
    sent.begin();
    Sent copy = sent.copy();
    sent.end(ACK, 9);

    assertEquals(MAYBE, copy.outcome(2));
    assertEquals(2, sent.count(ACK));
  }

  @Test
  void gapsAreThoseOfAllWritersTogether() {
    Sent one = new Sent();
    Sent other = new Sent();
    for (long millis : List.of(10L, 20L, 600L)) {
      one.begin();
      one.end(ACK, millis * 1_000_000);
    }
    other.begin();
    other.end(ACK, 300_000_000);
    other.begin();
    other.end(MAYBE, 450_000_000);
    WriteGaps gaps = WriteGaps.between(0, 610_000_000, List.of(one, other));

    assertEquals(300_000_000, gaps.longest());
    assertEquals(300_000_000, gaps.longestBegan());
    assertEquals(10_000_000, gaps.median());
    assertEquals(2, gaps.noticeable());
  }

  @Test
  void aTimeWithoutAnyCommitIsOneGap() {
    WriteGaps gaps = WriteGaps.between(5, 1_000_000_005, List.of(new Sent()));

    assertEquals(1_000_000_000, gaps.longest());
    assertEquals(1, gaps.noticeable());
  }

  @Test
  void manyCommitsFit() {
    Sent many = new Sent();
    for (int i = 0; i < 5_000; i++) {
      many.end(ACK, many.begin());
    }

    assertEquals(5_000, many.copy().acknowledgedAfter(0).count());
    assertEquals(10, many.acknowledgedAfter(4_990).count());
  }
}
