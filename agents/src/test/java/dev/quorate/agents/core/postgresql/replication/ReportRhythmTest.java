package dev.quorate.agents.core.postgresql.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportRhythmTest {
  private final ReportRhythm rhythm = new ReportRhythm();

  private boolean says(long millis, Optional<InstanceReport> report) {
    return rhythm.next(Instant.ofEpochMilli(millis), report).isPresent();
  }

  @Test
  void anIdleInstanceSaysNothing() {
    assertTrue(says(0, Optional.of(Reports.primary(1, 100, "n2"))));
    for (int i = 1; i < 100; i++) {
      assertEquals(false, says(i * 1_000L, Optional.of(Reports.primary(1, 100, "n2"))));
    }
  }

  @Test
  void positionsAreSaidOnceASecondAndEventsAtOnce() {
    int said = 0;
    for (int i = 0; i < 1_000; i++) {
      said += says(i * 10L, Optional.of(Reports.primary(1, 100 + i, "n2"))) ? 1 : 0;
    }
    assertTrue(said >= 10 && said <= 12, "said " + said);
    assertTrue(says(10_000, Optional.of(Reports.primary(1, 5_000, "n2", "n3"))));
    assertTrue(says(10_001, Optional.of(Reports.primary(2, 5_000, "n2", "n3"))));
    assertTrue(says(10_002, Optional.of(Reports.standby("n2", 5_000, 5_000))));
  }

  @Test
  void whatIsGoneIsTakenBackOnce() {
    assertEquals(false, says(0, Optional.empty()));
    assertTrue(says(1, Optional.of(Reports.primary(1, 100))));
    assertEquals(Optional.of(""), rhythm.next(Instant.ofEpochMilli(2), Optional.empty()));
    assertEquals(false, says(3, Optional.empty()));
  }

  @Test
  void theLastPositionIsSaidInTheEnd() {
    assertTrue(says(0, Optional.of(Reports.primary(1, 100))));
    assertEquals(false, says(500, Optional.of(Reports.primary(1, 200))));
    assertTrue(says(1_500, Optional.of(Reports.primary(1, 200))));
  }
}
