package dev.quorate.agents.core.postgresql.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReportTextTest {
  @Test
  void whatIsWrittenIsRead() {
    InstanceReport report =
        new InstanceReport(
            true,
            Lsn.parse("1/2F"),
            Lsn.parse("1/2F"),
            Optional.empty(),
            false,
            new PostgresFigures(
                3,
                1_800_000_000_123L,
                List.of(
                    Reports.link("n2", "streaming", "quorum", 5),
                    Reports.link("a stranger's %\n- \u00e9", "backup", "", 0)),
                List.of(
                    new PostgresFigures.SlotUse("quorate_n2", true, false, new Lsn(9)),
                    new PostgresFigures.SlotUse("quorate_n3", false, true, Lsn.NONE))));
    String text = ReportText.format(report);
    assertEquals(Optional.of(report), ReportText.parse(text), text);
    assertTrue(text.chars().allMatch(c -> c < 127), text);
    InstanceReport standby = Reports.standby("n1", 7, 6, "n3");
    assertEquals(Optional.of(standby), ReportText.parse(ReportText.format(standby)));
  }

  @Test
  void aCrowdIsCutOffAndTheRestStaysReadable() {
    List<PostgresFigures.Link> links = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      links.add(Reports.link("strange \u00e9 name " + i, "streaming", "async", i));
    }
    InstanceReport all =
        new InstanceReport(
            true,
            new Lsn(1),
            new Lsn(1),
            Optional.empty(),
            false,
            new PostgresFigures(1, 0, links, List.of()));
    String text = ReportText.format(all);
    assertTrue(text.length() <= ReportText.MOST, () -> "" + text.length());
    List<PostgresFigures.Link> kept = ReportText.parse(text).orElseThrow().figures().links();
    assertEquals(links.subList(0, kept.size()), kept);
    assertTrue(kept.size() > 5);
  }

  @Test
  void whatIsNoReportIsNone() {
    String good = ReportText.format(Reports.primary(1, 100, "n2", "n3"));
    assertEquals(Optional.empty(), ReportText.parse(""));
    assertEquals(Optional.empty(), ReportText.parse("2" + good.substring(1)));
    Random random = new Random(42);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder bad = new StringBuilder(good);
      bad.setCharAt(random.nextInt(bad.length()), (char) (32 + random.nextInt(95)));
      var _ = ReportText.parse(bad.substring(0, random.nextInt(bad.length())));
    }
  }
}
