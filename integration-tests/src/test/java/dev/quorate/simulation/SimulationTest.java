package dev.quorate.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Many clusters through many faults. `-Dseed=N` runs one seed only, `-Dseeds=N` that many.
@Tag("slow")
class SimulationTest {
  private static final long SEEDS = 500;

  @Test
  void everySeedKeepsEveryPromiseAndRecovers() {
    long only = Long.getLong("seed", -1);
    long first = only >= 0 ? only : 1;
    long last = only >= 0 ? only : Long.getLong("seeds", SEEDS);
    SimulationTally tally = new SimulationTally();
    List<String> failures = new ArrayList<>();
    List<SimulationOutcome> outcomes =
        LongStream.rangeClosed(first, last)
            .parallel()
            .mapToObj(seed -> new SimulatedCluster(seed, Weakness.NONE, null).run())
            .toList();
    for (SimulationOutcome outcome : outcomes) {
      tally.add(outcome);
      assertTrue(
          outcome.violation().isPresent()
              || outcome.simulated().compareTo(Duration.ofMinutes(30)) >= 0,
          "a run is not shorter than half an hour");
      if (outcome.violation().isPresent()) {
        failures.add(SimulationTally.failure(outcome, failures.isEmpty()));
      }
    }
    System.out.print(tally.text());
    assertEquals(List.of(), failures, () -> String.join("\n", failures));
  }

  @Test
  void everyPlanHasTenFaultsAndAThirdOfThemOverlaps() {
    for (long seed = 1; seed <= 200; seed++) {
      FaultPlan plan =
          FaultPlan.of(
              java.util.random.RandomGeneratorFactory.of("L64X128MixRandom").create(seed),
              0,
              Duration.ofMinutes(28).toNanos());
      assertTrue(plan.faults().size() >= 10, "ten faults");
      assertTrue(overlapping(plan) * 3 >= plan.faults().size(), "a third overlaps: " + plan);
    }
  }

  /// How many faults begin while another lasts, or before the cluster can have recovered from it.
  private static long overlapping(FaultPlan plan) {
    long settling = Duration.ofSeconds(3).toNanos();
    return plan.faults().stream()
        .filter(f ->
            plan.faults().stream()
                .anyMatch(o ->
                    !o.equals(f) && o.at() <= f.at() && f.at() <= o.at() + o.duration() + settling))
        .count();
  }
}
