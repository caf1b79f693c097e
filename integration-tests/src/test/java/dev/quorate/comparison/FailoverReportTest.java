package dev.quorate.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FailoverReportTest {
  private final Findings findings = new Findings();

  private String page() {
    return new FailoverReport(3, 2, Map.of("pacemaker", "2.1.5")).markdown(findings);
  }

  private void both(Row row, double ours, double theirs) {
    findings.add(Stack.QUORATE, row, ours);
    findings.add(Stack.PEER, row, theirs);
  }

  @Test
  void aRowHasBothStacksTheirRatioAndTheBudget() {
    both(Fault.CRASH.gap(), 2.0, 10.0);
    both(Fault.CRASH.gap(), 1.0, 12.0);
    both(Fault.CRASH.gap(), 2.5, 11.0);

    assertTrue(
        page()
            .contains(
                "| Power of the primary's node cut | longest gap, s | 2.00 [1.00–2.50, p95 2.50] |"
                    + " 11.00 [10.00–12.00, p95 12.00] | 5.5 | ≤ 3 | yes |\n"),
        page());
    assertTrue(page().contains("Nowhere in this run."), page());
  }

  @Test
  void whatIsWorseAndWhatIsNotMetIsSaid() {
    both(Row.RESIDENT, 230, 208);

    assertTrue(page().contains("| 230 | 208 | 0.9 | ≤ 220 | **no** |\n"), page());
    assertTrue(
        page().contains("## Budgets that were missed\n\n- What it costs, resident memory, MiB.\n"),
        page());
    assertTrue(
        page().contains("- What it costs, resident memory, MiB: 230 instead of 208.\n"), page());
  }

  @Test
  void aStackWithoutAValueHasNoRatio() {
    findings.add(Stack.QUORATE, Row.NOT_REAL_TIME, 2.25);
    assertTrue(page().contains("| 2.25 | – | – | – | – |\n"), page());
  }

  @Test
  void whatIsNotMoreThanPromisedIsMet() {
    both(Row.RESIDENT, 220, 0);
    both(Row.READY, 1000, 0);
    assertTrue(page().contains("None in this run."), page());
  }

  @Test
  void aBudgetMayBeAShareOfWhatTheOtherNeeds() {
    both(Row.STATUS, 200, 400);
    assertTrue(
        page().contains("| 200 | 400 | 2.0 | ≤ 250, ≤ 0.5 of the other's | yes |\n"), page());
    both(Row.STATUS, 202, 400);
    assertTrue(page().contains("| ≤ 250, ≤ 0.5 of the other's | **no** |\n"), page());
    both(Row.IDLE, 1.0, 1.0);
    assertTrue(page().contains("| ≤ 1.2, ≤ the other's | yes |\n"), page());
  }

  @Test
  void nothingLostByBothIsEqual() {
    both(Fault.FREEZE.lost(), 0, 0);
    assertTrue(page().contains("| 0 | 0 | = | ≤ 0 | yes |\n"), page());
  }

  @Test
  void whatOneInTwentyExceedsIsNamed() {
    for (int i = 1; i <= 20; i++) {
      findings.add(Stack.QUORATE, Fault.CRASH.gap(), i);
    }
    assertTrue(page().contains("10.50 [1.00–20.00, p95 19.00]"), page());
  }

  @Test
  void whatFailedAndHowBusyTheHostWasIsSaid() {
    findings.fail(Stack.PEER, "round 2, freeze: no primary");
    findings.load(1.0);
    findings.load(4.0);

    assertTrue(page().contains("- Corosync, Pacemaker, PAF: round 2, freeze: no primary\n"));
    assertTrue(page().contains("Rounds of each stack: 3. Processors: 2, load 2.5 (median).\n"));
    assertTrue(page().contains("| pacemaker | 2.1.5 |\n"));
    assertEquals(1, page().lines().filter(line -> line.startsWith("# ")).count());
  }
}
