package dev.quorate.simulation;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The sums over many seeds.
public final class SimulationTally {
  private final SortedMap<String, Long> events = new TreeMap<>();
  private final SortedMap<String, Long> faults = new TreeMap<>();
  private Duration simulated = Duration.ZERO;
  private Duration longestHealing = Duration.ZERO;
  private Duration healing = Duration.ZERO;
  private long seeds;
  private long failures;
  private long acknowledged;
  private long promotions;
  private long hash;

  /// Counts one more.
  public void add(SimulationOutcome outcome) {
    seeds++;
    failures += outcome.violation().isPresent() ? 1 : 0;
    outcome.events().forEach((kind, count) -> events.merge(kind, count, Long::sum));
    outcome.faults().forEach((kind, count) -> faults.merge(kind, count, Long::sum));
    simulated = simulated.plus(outcome.simulated());
    healing = healing.plus(outcome.healing());
    if (outcome.healing().compareTo(longestHealing) > 0) {
      longestHealing = outcome.healing();
    }
    acknowledged += outcome.acknowledged();
    promotions += outcome.promotions();
    hash = hash * 31 + outcome.hash();
  }

  /// How many seeds broke a property.
  public long failures() {
    return failures;
  }

  /// Hours that passed in all clusters together.
  public double hours() {
    return simulated.toMillis() / 3.6e6;
  }

  /// Equal for equal runs.
  public long hash() {
    return hash;
  }

  /// The counts for a reader.
  public String text() {
    return String.format(
        Locale.ROOT,
        "%d seeds, %d failed; %.1f simulated hours, %d events, %d faults%n"
            + "events: %s%nfaults: %s%n"
            + "%d promotions, %d writes acknowledged; recovery after the last fault: mean %.1f s,"
            + " longest %.1f s%n",
        seeds,
        failures,
        hours(),
        sum(events),
        sum(faults),
        events,
        faults,
        promotions,
        acknowledged,
        seeds == 0 ? 0 : healing.toMillis() / 1e3 / seeds,
        longestHealing.toMillis() / 1e3);
  }

  /// What to say of a failed seed: the end of its story, and how to see all of it.
  public static String failure(SimulationOutcome outcome, boolean withEvents) {
    StringBuilder text = new StringBuilder();
    if (withEvents) {
      outcome.lastEvents().forEach(line -> text.append("  ").append(line).append('\n'));
    }
    return text.append("seed ")
        .append(outcome.seed())
        .append(" (")
        .append(outcome.nodes())
        .append(" nodes) after ")
        .append(outcome.simulated().toSeconds())
        .append(" s: ")
        .append(outcome.violation().orElse("passed"))
        .append("\nreplay: java -cp ... dev.quorate.simulation.SimulationMain --seed ")
        .append(outcome.seed())
        .toString();
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
