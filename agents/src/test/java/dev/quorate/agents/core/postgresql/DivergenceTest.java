package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.TimelineHistory.Stretch;
import dev.quorate.membership.NodeId;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DivergenceTest {
  private static final Timeline ONE = Timeline.FIRST;
  private static final Timeline TWO = new Timeline(2);
  private static final TimelineHistory SECOND =
      TimelineHistory.parse(TWO, "1\t0/5000000\tno recovery target specified\n");

  private static WalVote at(TimelineHistory history, String end) {
    return new WalVote(new NodeId("a"), "42", history, Lsn.parse(end));
  }

  @Test
  void whatThePrimaryNeverHadBeginsAtTheFork() {
    TimelineHistory first = TimelineHistory.root(ONE);
    assertEquals(
        List.of(new Stretch(ONE, Lsn.parse("0/5000000"), Lsn.parse("0/5000100"))),
        RewindPolicy.own(at(first, "0/5000100"), SECOND));
    assertEquals(List.of(), RewindPolicy.own(at(first, "0/5000000"), SECOND));
    TimelineHistory third = TimelineHistory.parse(new Timeline(3), "1\t0/4000000\tx\n");
    assertEquals(
        List.of(
            new Stretch(ONE, Lsn.parse("0/4000000"), Lsn.parse("0/5000000")),
            new Stretch(TWO, Lsn.parse("0/5000000"), Lsn.parse("0/6000000"))),
        RewindPolicy.own(at(SECOND, "0/6000000"), third));
    assertEquals(
        List.of(),
        RewindPolicy.own(at(TimelineHistory.root(new Timeline(9)), "0/1"), SECOND),
        "nothing in common");
  }

  @Test
  void commitsAreCountedFromStatistics() {
    String statistics =
        """
        WAL statistics between 0/5000000 and 0/5000100:
        Type                                           N      (%)
        ----                                           -      ---
        Transaction/COMMIT                            17 ( 60.00)
        Transaction/COMMIT_PREPARED                    2 (  8.00)
        Transaction/ABORT                              1 (  4.00)
        Heap/INSERT                                    9 ( 28.00)
                                                --------
        Total                                         29
        """;
    assertEquals(OptionalLong.of(19), Divergence.count(statistics));
    assertEquals(OptionalLong.of(0), Divergence.count("Total     0\n"));
    assertEquals(OptionalLong.empty(), Divergence.count("pg_waldump: error: no such file"));
  }

  @Test
  void transactionsAreNamedByNumberAndTime() {
    assertEquals(
        List.of("733 2026-11-20 20:10:00.123456 UTC", "735 2026-11-20 20:10:01.5 CET"),
        Divergence.transactions(
            """
            rmgr: Transaction len (rec/tot):     34/    34, tx:        733, lsn: 0/01529A20, prev 0/015299E8, desc: COMMIT 2026-11-20 20:10:00.123456 UTC
            rmgr: Transaction len (rec/tot):     34/    34, tx:        734, lsn: 0/01529A48, prev 0/015299E8, desc: ABORT 2026-11-20 20:10:01 UTC
            rmgr: Transaction len (rec/tot):    101/   101, tx:        735, lsn: 0/01529A70, prev 0/015299E8, desc: COMMIT 2026-11-20 20:10:01.5 CET; inval msgs: catcache 51
            """));
  }

  @Test
  void theReportNamesEverythingThatIsKnown() {
    List<Stretch> own = List.of(new Stretch(ONE, Lsn.parse("0/5000000"), Lsn.parse("0/5000100")));
    Divergence divergence =
        new Divergence(own, OptionalLong.of(3), List.of("733 2026-11-20 20:10:00 UTC"), "");
    assertEquals("3 commits of 256 bytes since 0/5000000 on timeline 1", divergence.summary());
    String report = divergence.report(new NodeId("n1"));
    for (String part : List.of("What n1 wrote", "256 bytes", "733 2026", "… and 2 more")) {
      assertTrue(report.contains(part), report);
    }
    assertFalse(divergence.isHarmless());
    assertTrue(new Divergence(own, OptionalLong.of(0), List.of(), "").isHarmless());
    Divergence unknown = new Divergence(own, OptionalLong.empty(), List.of(), "no segment");
    assertFalse(unknown.isHarmless());
    assertTrue(unknown.report(new NodeId("n1")).contains("no segment"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Divergence(List.of(), OptionalLong.of(0), List.of(), ""));
  }

  @Test
  void anOrderSurvivesItsTextAndNonsenseIsNone() {
    MemberOrder order = new MemberOrder(MemberOrder.Kind.COPY, "17");
    assertEquals(order, MemberOrder.parse(order.format()));
    assertTrue(order.given() && order.copies());
    for (String text : List.of("", "copy", "destroy:1", ":")) {
      assertEquals(MemberOrder.NONE, MemberOrder.parse(text), text);
    }
  }
}
