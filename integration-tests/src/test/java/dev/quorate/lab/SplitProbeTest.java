package dev.quorate.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.lab.SplitProbe.Acknowledged;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The probe has to find what it looks for, and nothing in an orderly failover.
class SplitProbeTest {
  @Test
  void anotherPrimaryAfterTheOldOneEndedIsWell() {
    assertEquals(
        List.of(),
        SplitProbe.violations(
            List.of(
                new Acknowledged("n1", 2, 0, 20),
                new Acknowledged("n2", 3, 2_000, 2_050),
                new Acknowledged("n1", 4, 9_000, 9_010),
                // Told late, but not after the next one had begun to acknowledge.
                new Acknowledged("n1", 2, 1_900, 2_100))));
  }

  @Test
  void aWriteOnAnOlderTimelineAfterANewerOneIsFound() {
    assertEquals(
        List.of(
            "n1 acknowledged a write of 2100 ms after the fault, and n2 the first of its own at 2050 ms"),
        SplitProbe.violations(
            List.of(
                new Acknowledged("n2", 3, 2_000, 2_050),
                new Acknowledged("n2", 3, 2_200, 2_250),
                new Acknowledged("n1", 2, 2_100, 2_120))));
  }

  @Test
  void twoOnOneTimelineAreFound() {
    assertEquals(
        List.of("n1 and n2 both acknowledged writes on timeline 2"),
        SplitProbe.violations(
            List.of(new Acknowledged("n1", 2, 0, 20), new Acknowledged("n2", 2, 100, 120))));
  }
}
