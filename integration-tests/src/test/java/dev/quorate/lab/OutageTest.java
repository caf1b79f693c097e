package dev.quorate.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.agents.core.postgresql.drill.Outcome;
import dev.quorate.agents.core.postgresql.drill.Sent;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageTest {
  private static final long SECOND = 1_000_000_000L;

  /// A commit every tenth of a second between two moments.
  private static Sent steady(Sent sent, long from, long to) {
    for (long at = from; at < to; at += SECOND / 10) {
      sent.begin();
      sent.end(Outcome.ACKNOWLEDGED, at);
    }
    return sent;
  }

  @Test
  void theSilenceAroundTheFaultIsFound() {
    Sent one = steady(steady(new Sent(), 0, 10 * SECOND), 12 * SECOND, 20 * SECOND);
    Sent other = steady(new Sent(), 13 * SECOND, 20 * SECOND);
    Outage outage = Outage.of(List.of(one, other), 10 * SECOND);

    assertEquals(2_000, outage.faultToWritingMillis());
    assertEquals(2_100, outage.gapMillis());
    assertEquals(2_100, outage.totalMillis());
    assertEquals(10, outage.before(), 0.3);
    assertEquals(18, outage.after(), 0.3);
  }

  @Test
  void silencesAddUpAndPausesBetweenCommitsDoNot() {
    Sent sent = steady(steady(new Sent(), 0, 10 * SECOND), 12 * SECOND, 14 * SECOND);
    Outage outage = Outage.of(List.of(steady(sent, 15 * SECOND, 20 * SECOND)), 10 * SECOND);

    assertEquals(2_100, outage.gapMillis());
    assertEquals(2_100 + 1_100, outage.totalMillis());
  }

  @Test
  void anEndlessSilenceHasNoEnd() {
    Outage outage = Outage.of(List.of(steady(new Sent(), 0, 10 * SECOND)), 10 * SECOND);

    assertEquals(-1, outage.faultToWritingMillis());
    assertEquals(0, outage.after());
  }
}
