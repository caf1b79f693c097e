package dev.quorate.agents.core.postgresql.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.LastWrite;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrimaryTrackTest {
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");

  private final PrimaryTrack track = new PrimaryTrack();

  private static Instant at(long seconds) {
    return Instant.ofEpochSecond(seconds);
  }

  private void heard(long seconds, long end) {
    track.heard(at(seconds), A, Reports.primary(1, end));
  }

  @Test
  void aPositionIsAsOldAsTheFirstThatIsBeyondIt() {
    heard(0, 100);
    heard(1, 200);
    heard(2, 300);
    assertEquals(Duration.ZERO, track.behind(at(5), new Lsn(300)));
    assertEquals(Duration.ofSeconds(3), track.behind(at(5), new Lsn(200)));
    assertEquals(Duration.ofSeconds(4), track.behind(at(5), new Lsn(150)));
    assertEquals(Duration.ofSeconds(5), track.behind(at(5), new Lsn(1)));
  }

  @Test
  void timeStandsStillOnceThePrimaryIsSilent() {
    heard(0, 100);
    heard(1, 200);
    track.silent(at(3), A);
    assertEquals(Duration.ofSeconds(2), track.behind(at(60), new Lsn(100)));
    assertEquals(Optional.of(new Lsn(200)), track.end());
    heard(70, 300);
    assertEquals(Duration.ofSeconds(79), track.behind(at(80), new Lsn(100)));
  }

  @Test
  void aDayOfWritingFitsIntoFewFootprintsAndKeepsItsBeginning() {
    for (int i = 0; i < 86_400; i++) {
      heard(i, 100L * (i + 1));
      assertTrue(track.footprints().size() <= PrimaryTrack.MOST);
    }
    assertEquals(Optional.of(new Lsn(8_640_000)), track.end());
    assertEquals(new Lsn(100), track.footprints().getFirst().end());
    assertEquals(Duration.ofSeconds(10), track.behind(at(86_400), new Lsn(8_640_000 - 1_000)));
    LastWrite recorded = track.lastWrite(at(86_400)).orElseThrow();
    assertTrue(recorded.marks().size() <= LastWrite.MOST);
    assertEquals(new LastWrite.Mark(8_640_000, 1_000), recorded.marks().getLast());
    assertEquals(new LastWrite.Mark(100, 86_400_000), recorded.marks().getFirst());
    Duration hour = track.behind(at(86_400), new Lsn(8_640_000 - 360_000));
    assertTrue(hour.compareTo(Duration.ofHours(1)) <= 0, hour::toString);
  }

  @Test
  void aPrimaryOfAnOlderLineLeavesNoFootprints() {
    track.heard(at(0), B, Reports.primary(2, 500));
    track.heard(at(1), A, Reports.primary(1, 900));
    assertEquals(Optional.of(B), track.primary());
    assertEquals(Optional.of(new Lsn(500)), track.end());
    track.heard(at(2), A, Reports.primary(3, 600));
    assertEquals(Optional.of(A), track.primary());
    assertEquals(3, track.lastWrite(at(2)).orElseThrow().timeline());
    assertEquals(1, track.footprints().size());
  }

  @Test
  void aPrimaryThatBecomesAStandbyIsSilent() {
    heard(0, 100);
    track.heard(at(1), A, Reports.standby("b", 100, 100));
    assertEquals(at(1), track.until(at(9)));
  }
}
