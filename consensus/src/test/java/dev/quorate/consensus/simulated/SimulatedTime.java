package dev.quorate.consensus.simulated;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/// A time line for tests: actions in the order of their time, then of their calls.
final class SimulatedTime implements SimulatedLogCluster.Timeline {
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private long now;
  private long order;

  private record Due(long at, long order, Runnable action) {}

  @Override
  public void after(Duration delay, Runnable action) {
    queue.add(new Due(now + delay.toNanos(), order++, action));
  }

  Duration now() {
    return Duration.ofNanos(now);
  }

  boolean run(Duration atMost, BooleanSupplier until) {
    long end = now + atMost.toNanos();
    while (!until.getAsBoolean()) {
      Due next = queue.peek();
      if (next == null || next.at() > end) {
        now = end;
        return until.getAsBoolean();
      }
      queue.remove();
      now = next.at();
      next.action().run();
    }
    return true;
  }
}
