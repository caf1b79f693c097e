package dev.quorate.consensus.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// When quorum counts as lost.
final class QuorumWatchTest {
  private final QuorumWatch watch =
      new QuorumWatch(Duration.ofMillis(1000), Duration.ofMillis(300), Duration.ofMillis(250));

  private static Instant at(long millis) {
    return Instant.EPOCH.plusMillis(millis);
  }

  private List<LogEvent> heard(long now, long ago) {
    return watch.observe(at(now), Optional.of(Duration.ofMillis(ago)));
  }

  private List<LogEvent> leaderless(long now) {
    return watch.observe(at(now), Optional.empty());
  }

  @Test
  void isSilentUntilALeaderIsHeard() {
    for (long now = 0; now < 5000; now += 100) {
      assertEquals(List.of(), leaderless(now));
    }
    assertEquals(List.of(new LogEvent.QuorumRegained()), heard(5000, 20));
    assertTrue(watch.quorate());
  }

  @Test
  void isLostOnceAfterTheBoundCountedFromTheLastWord() {
    heard(0, 0);
    heard(100, 50);
    for (long now = 200; now <= 1050; now += 50) {
      assertEquals(List.of(), leaderless(now), "at " + now);
    }
    assertInstanceOf(LogEvent.QuorumLost.class, leaderless(1100).getFirst());
    assertEquals(List.of(), leaderless(1200));
    assertEquals(List.of(new LogEvent.QuorumRegained()), heard(1300, 10));
  }

  @Test
  void isLostAlsoWhileAnOldLeaderIsStillNamed() {
    heard(0, 0);
    for (long now = 100; now <= 1000; now += 100) {
      assertEquals(List.of(), heard(now, now));
    }
    assertInstanceOf(LogEvent.QuorumLost.class, heard(1100, 1100).getFirst());
    assertEquals(List.of(), heard(1200, 1200));
  }

  @Test
  void aPauseOfOursGetsGrace() {
    heard(0, 0);
    assertEquals(List.of(), heard(5000, 5000));
    assertEquals(List.of(), heard(5100, 20));
    assertTrue(watch.quorate());
    assertEquals(List.of(), heard(9000, 3900));
    assertEquals(List.of(), heard(9200, 4100));
    assertInstanceOf(LogEvent.QuorumLost.class, heard(9300, 4200).getFirst());
    assertFalse(watch.quorate());
  }
}
