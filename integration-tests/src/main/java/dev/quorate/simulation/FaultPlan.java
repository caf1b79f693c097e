package dev.quorate.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/// When what goes wrong. A third of the faults begin while another one lasts, or just after; one
/// plan in four is a storm of many more. The last two faults end only with the healing.
///
/// @param faults in the order of their beginnings
record FaultPlan(List<Fault> faults) {
  private static final List<FaultKind> KINDS = List.of(FaultKind.values());
  private static final int FEWEST = 12;
  private static final int SPREAD = 9;

  /// @param at in nanoseconds
  /// @param duration in nanoseconds
  record Fault(FaultKind kind, long at, long duration) {}

  FaultPlan {
    faults = List.copyOf(faults);
  }

  static FaultPlan of(RandomGenerator random, long from, long until) {
    int count = (FEWEST + random.nextInt(SPREAD)) * (random.nextInt(4) == 0 ? 3 : 1);
    int overlapping = (count + 2) / 3;
    int alone = count - overlapping;
    long slot = (until - from) / alone;
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < alone; i++) {
      faults.add(draw(random, from + i * slot + random.nextLong(slot / 2)));
    }
    for (int i = 0; i < overlapping; i++) {
      Fault first = faults.get(random.nextInt(alone));
      long within = Math.min(first.duration() + 3_000_000_000L, 20_000_000_000L);
      faults.add(draw(random, first.at() + random.nextLong(within)));
    }
    for (int i = 0; i < 2; i++) {
      Fault last = draw(random, until - random.nextLong(25_000_000_000L));
      faults.add(new Fault(last.kind(), last.at(), Math.max(last.duration(), until - last.at())));
    }
    faults.sort(Comparator.comparingLong(Fault::at));
    return new FaultPlan(faults);
  }

  private static Fault draw(RandomGenerator random, long at) {
    FaultKind kind = KINDS.get(random.nextInt(KINDS.size()));
    return new Fault(kind, at, kind.duration(random.nextDouble()));
  }
}
