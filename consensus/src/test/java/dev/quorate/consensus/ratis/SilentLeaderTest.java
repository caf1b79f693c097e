package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;

class SilentLeaderTest {
  private static final RaftPeerId OLD = RaftPeerId.valueOf("n1");
  private static final RaftPeerId NEW = RaftPeerId.valueOf("n2");

  private final SilentLeader silence = new SilentLeader();

  /// When a leader that is asked every 200 ms is connected to anew.
  private List<Long> anew(RaftPeerId leader, long from, long to) {
    List<Long> moments = new ArrayList<>();
    for (long millis = from; millis < to; millis += 200) {
      if (silence.unanswered(leader, Instant.ofEpochMilli(millis))) {
        moments.add(millis);
      }
    }
    return moments;
  }

  @Test
  void aConnectionThatWorkedBeforeIsReplacedSoon() {
    silence.answered(OLD);
    assertEquals(List.of(1200L), anew(OLD, 0, 5000));
  }

  @Test
  void aFirstHandshakeIsGivenTime() {
    assertEquals(List.of(4200L, 8400L), anew(OLD, 0, 9000));
  }

  @Test
  void theSilenceOfTheLastLeaderDoesNotCountAgainstTheNext() {
    silence.answered(OLD);
    silence.answered(NEW);
    assertEquals(List.of(), anew(OLD, 0, 1000));
    silence.changed();
    assertEquals(List.of(2200L), anew(NEW, 1000, 3000));
  }

  @Test
  void anAnswerEndsTheSilence() {
    silence.answered(OLD);
    assertEquals(List.of(), anew(OLD, 0, 1000));
    silence.answered(OLD);
    assertEquals(List.of(2200L), anew(OLD, 1000, 3000));
    silence.broken(OLD);
    assertEquals(List.of(), anew(OLD, 3000, 6000));
  }
}
