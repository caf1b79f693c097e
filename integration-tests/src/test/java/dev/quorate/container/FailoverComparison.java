package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Outage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The same misfortunes for this project's cluster and for Pacemaker's, one cluster after the other
/// on the same machines, under the same clients: `./check compare [ROUNDS]`.
///
/// What is asserted is only that this project's loses nothing and needs no hands; the figures are
/// for the report.
@EnabledIfSystemProperty(
    named = FailoverComparison.ROUNDS,
    matches = "[1-9][0-9]*",
    disabledReason = "it takes an hour: ./check compare [ROUNDS]")
class FailoverComparison {
  static final String ROUNDS = "quorate.rounds";

  private static final Path REPORT = Path.of("../docs/reports/failover.md");
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String[] NODES = {"node1", "node2", "node3"};

  @Test
  void sideBySide() throws IOException {
    NodeImage.assumeEngine();
    List<ComparisonReport.Column> columns = new ArrayList<>();
    for (Contender contender : List.of(new QuorateCluster(), new PacemakerCluster())) {
      columns.add(measure(contender, Integer.getInteger(ROUNDS)));
    }
    ComparisonReport report = new ComparisonReport(columns);
    System.out.println(report);
    report.write(REPORT);
    assertEquals(0, columns.getFirst().lost(), "acknowledged commits that were lost");
    assertEquals(0, columns.getFirst().steps(), "steps by hand");
  }

  private static ComparisonReport.Column measure(Contender contender, int rounds)
      throws IOException {
    Map<Misfortune, List<ComparisonReport.Sample>> samples = new EnumMap<>(Misfortune.class);
    try (Site site = new Site(Rack.of(contender.image(), NODES), contender.look())) {
      contender.build(site);
      for (int round = 1; round <= rounds; round++) {
        for (Misfortune misfortune : Misfortune.values()) {
          ComparisonReport.Sample sample = suffer(contender, site, misfortune);
          System.out.printf(
              Locale.ROOT, "%s, %s, %d: %s%n", contender.name(), misfortune, round, sample);
          samples.computeIfAbsent(misfortune, any -> new ArrayList<>()).add(sample);
        }
      }
      return new ComparisonReport.Column(
          contender.name(),
          samples,
          statusMillis(site.machine(1), contender.status()),
          site.machines().stream().map(m -> residentKilobytes(m, contender.daemons())).toList());
    }
  }

  private static ComparisonReport.Sample suffer(
      Contender contender, Site site, Misfortune misfortune) {
    Machine struck = site.thePrimary();
    try (Trial trial = new Trial(contender.name() + ", " + misfortune, site)) {
      trial.strike(() -> misfortune.strike(contender, site));
      trial.awaitWriting(PATIENCE);
      long again = System.nanoTime();
      int steps = contender.restore(site, struck);
      long whole = System.nanoTime();
      Outage felt = trial.outage();
      return new ComparisonReport.Sample(
          felt.gapMillis(), felt.totalMillis(), (whole - again) / 1_000_000, trial.lost(), steps);
    }
  }

  /// Ten times when it is warm, in milliseconds.
  private static List<Long> statusMillis(Machine machine, String command) {
    String loop =
        """
        for i in 1 2 3 4 5 6 7 8 9 10 11; do
          a=${EPOCHREALTIME/./}; %s >/dev/null; b=${EPOCHREALTIME/./}; echo $(((b - a) / 1000))
        done
        """
            .formatted(command);
    List<Long> all =
        machine.must("bash", "-c", loop).lines().map(line -> Long.parseLong(line.strip())).toList();
    assertEquals(11, all.size());
    return all.subList(1, all.size());
  }

  private static long residentKilobytes(Machine machine, String daemons) {
    String sum =
        "for p in $({ %s; } | sort -u); do cat /proc/$p/status; done | grep ^VmRSS | tr -dc '0-9\\n'"
            .formatted(daemons);
    long[] kilobytes = machine.shell(sum).lines().mapToLong(Long::parseLong).toArray();
    assertTrue(kilobytes.length > 0, () -> "no daemon runs on " + machine.name());
    return Arrays.stream(kilobytes).sum();
  }
}
