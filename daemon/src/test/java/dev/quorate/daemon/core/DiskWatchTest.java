package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.core.DiskWatch.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiskWatchTest {
  private final DiskWatch watch = new DiskWatch(Duration.ofMillis(300));
  private Instant now = Instant.EPOCH;

  private Verdict after(long... millis) {
    for (long took : millis) {
      now = now.plusMillis(took);
      watch.ended(now, Duration.ofMillis(took));
    }
    return watch.verdict(now, Optional.empty());
  }

  private Verdict owing(long millis) {
    return watch.verdict(now.plusMillis(millis), Optional.of(now));
  }

  @Test
  void knowsNothingOfADiskThatWasNotAsked() {
    assertEquals(Verdict.UNKNOWN, after());
    assertEquals(Verdict.UNKNOWN, owing(299));
    assertEquals(Verdict.WELL, after(1));
    now = now.plus(DiskWatch.MEMORY).plusMillis(1);
    assertEquals(Verdict.UNKNOWN, after());
  }

  @Test
  void aLateSyncNowAndThenSaysNothing() {
    assertEquals(Verdict.WELL, after(400, 2, 599, 3, 2));
    assertEquals(Verdict.WELL, after(2, 450, 2, 2, 450));
    assertTrue(watch.late(Duration.ofMillis(300)));
    assertFalse(watch.late(Duration.ofMillis(299)));
  }

  @Test
  void mostOfTheLastSyncsLateIsSlowAndQuickOnesEndIt() {
    assertEquals(Verdict.WELL, after(2, 2, 2, 400, 400));
    assertEquals(Verdict.SLOW, after(310));
    assertEquals(Verdict.SLOW, after(2, 2));
    assertEquals(Verdict.WELL, after(2));
    assertEquals(Verdict.SLOW, after(300, 2, 300, 300));
    assertEquals(
        "it took up to 300 ms to keep what was written", watch.reason(now, Optional.empty()));
  }

  @Test
  void aDiskThatOwesAnAnswerIsSlowBeforeItGivesOne() {
    after(2, 2, 2, 2, 2, 2, 2);
    assertEquals(Verdict.WELL, owing(899));
    assertEquals(Verdict.SLOW, owing(900));
    assertEquals(Verdict.SLOW, owing(3_600_000));
    assertEquals(
        "it has owed an answer for 900 ms", watch.reason(now.plusMillis(900), Optional.of(now)));
    // One that took as long counts as much when it is over.
    assertEquals(Verdict.SLOW, after(900));
    assertEquals(Verdict.WELL, after(2, 2, 2));
  }

  @Test
  void whatIsOldDoesNotCount() {
    assertEquals(Verdict.SLOW, after(5_000));
    now = now.plus(DiskWatch.MEMORY).plusMillis(1);
    assertEquals(Verdict.UNKNOWN, after());
    assertEquals(Verdict.WELL, after(400));
  }
}
