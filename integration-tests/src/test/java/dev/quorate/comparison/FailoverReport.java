package dev.quorate.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The page on failovers side by side.
///
/// @param rounds how many each stack went through
/// @param processors of the host
/// @param versions of what was compared, by name
public record FailoverReport(int rounds, int processors, Map<String, String> versions) {
  /// The page.
  public String markdown(Findings findings) {
    StringBuilder page = new StringBuilder(head(findings));
    versions.forEach((name, version) -> page.append("| %s | %s |\n".formatted(name, version)));
    page.append(table());
    findings.rows().forEach(row -> page.append(line(findings, row)).append('\n'));
    page.append("\n## Budgets that were missed\n\n");
    items(page, missed(findings), "None in this run.");
    page.append("\n## Where Quorate is worse\n\n");
    items(page, worse(findings), "Nowhere in this run.");
    page.append("\n## What did not come to its end\n\n");
    List<String> failed = new ArrayList<>();
    for (Stack stack : Stack.values()) {
      findings.failures(stack).forEach(what -> failed.add(stack.title() + ": " + what));
    }
    items(page, failed, "Everything did.");
    return page.toString();
  }

  private String head(Findings findings) {
    String load =
        findings
            .load()
            .map(l -> String.format(Locale.ROOT, ", load %.1f (median)", l.median()))
            .orElse("");
    return """
    # Failovers side by side

    Quorate and the stack of Corosync, Pacemaker, PAF and pcs, through the same faults: three nodes each, in systemd containers on one host,
    on one network, with the same PostgreSQL, the same fence device and the same clients, which commit through the cluster's address with a new connection
    after each failure. The stacks take turns, a round each, and the one that waits is switched off. `./check compare %1$d` makes this page.

    - Rounds of each stack: %1$d. Processors: %2$d%3$s.
    - Quorate is as it comes: `durability=sync`, each commit waits for one of two standbys. The other stack replicates asynchronously, since its agent manages
      nothing else; its commits wait for nobody, and it may lose some of the last ones.
    - The other stack has its defaults: a token of 3.65 s with three nodes, PostgreSQL monitored every 15 s.
    - A gap is the time between two acknowledged commits, of all clients; the outage is the sum of all gaps of half a second and more from the fault until the
      cluster is whole again. The cold boot counts from the power to the first commit; both stacks had been stopped cleanly.
    - Manual steps are lines that are typed; switching the power on is none. The other stack needs a checkpoint on the new primary, `pg_rewind` (or a new copy), the
      file `standby.signal`, and a start of the cluster there.

    | part | version |
    |---|---|
    """
        .formatted(rounds, processors, load);
  }

  private static String table() {
    return """

    Median [least–greatest, p95]. The ratio is the other stack's median to Quorate's: above 1 Quorate is better.

    | what | figure | %s | %s | ratio | budget | met |
    |---|---|---|---|---|---|---|
    """
        .formatted(Stack.QUORATE.title(), Stack.PEER.title());
  }

  private static void items(StringBuilder page, List<String> items, String none) {
    if (items.isEmpty()) {
      page.append(none).append('\n');
    }
    items.forEach(item -> page.append("- ").append(item).append('\n'));
  }

  private static String line(Findings findings, Row row) {
    Optional<Spread> ours = findings.spread(Stack.QUORATE, row);
    Optional<Spread> theirs = findings.spread(Stack.PEER, row);
    return String.join(
        " | ",
        "| " + row.group(),
        row.unit().of(row.what()),
        cell(row, ours),
        cell(row, theirs),
        ours.flatMap(o -> theirs.map(t -> ratio(o.median(), t.median()))).orElse("–"),
        row.promise(),
        met(row, ours, theirs) + " |");
  }

  private static String met(Row row, Optional<Spread> ours, Optional<Spread> theirs) {
    return row.isPromised()
        ? ours.map(o -> isMet(row, o, theirs) ? "yes" : "**no**").orElse("–")
        : "–";
  }

  private static boolean isMet(Row row, Spread ours, Optional<Spread> theirs) {
    return row.isMet(ours.median(), theirs.map(Spread::median).orElse(Row.NO_BUDGET));
  }

  private static String cell(Row row, Optional<Spread> spread) {
    return spread
        .map(s -> {
          String middle = row.unit().number(s.median());
          String ends = row.unit().number(s.least()) + "–" + row.unit().number(s.most());
          String high = row.unit().number(s.high());
          return s.count() == 1 ? middle : "%s [%s, p95 %s]".formatted(middle, ends, high);
        })
        .orElse("–");
  }

  private static String ratio(double ours, double theirs) {
    if (ours == 0) {
      return theirs == 0 ? "=" : "∞";
    }
    return String.format(Locale.ROOT, "%.1f", theirs / ours);
  }

  /// The rows in which less was reached than was promised.
  private static List<String> missed(Findings findings) {
    return findings.rows().stream()
        .filter(row ->
            findings
                .spread(Stack.QUORATE, row)
                .filter(ours -> !isMet(row, ours, findings.spread(Stack.PEER, row)))
                .isPresent())
        .map(row -> "%s, %s.".formatted(row.group(), row.unit().of(row.what())))
        .toList();
  }

  /// In words, every row whose median is greater than the other stack's.
  private static List<String> worse(Findings findings) {
    List<String> worse = new ArrayList<>();
    for (Row row : findings.rows()) {
      Optional<Spread> ours = findings.spread(Stack.QUORATE, row);
      Optional<Spread> theirs = findings.spread(Stack.PEER, row);
      if (ours.isPresent() && theirs.isPresent() && ours.get().median() > theirs.get().median()) {
        worse.add(
            "%s, %s: %s instead of %s."
                .formatted(
                    row.group(),
                    row.unit().of(row.what()),
                    row.unit().number(ours.get().median()),
                    row.unit().number(theirs.get().median())));
      }
    }
    return worse;
  }
}
