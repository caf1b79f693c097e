package dev.quorate.lab;

import dev.quorate.agents.core.postgresql.drill.Sent;
import java.util.Arrays;
import java.util.List;

/// What the clients saw of a fault.
///
/// @param faultToWritingMillis from the fault to the first acknowledgement after the longest
///   silence; -1 if none came
/// @param gapMillis the longest time between two acknowledgements around or after the fault
/// @param totalMillis how long all silences of half a second or more were together, from the one
///   around the fault on
/// @param before acknowledgements a second in the five seconds before
/// @param after acknowledgements a second in the five seconds after writing went on
public record Outage(
    long faultToWritingMillis, long gapMillis, long totalMillis, double before, double after) {
  private static final long WINDOW = 5_000_000_000L;
  private static final long FELT = 500_000_000L;

  /// Finds the longest silence that reaches beyond the fault.
  public static Outage of(List<Sent> writers, long faultNanos) {
    long[] acknowledged =
        writers.stream()
            .flatMapToLong(w -> w.acknowledgedAfter(faultNanos - WINDOW))
            .sorted()
            .toArray();
    long gap = 0;
    long total = 0;
    long resumed = -1;
    long previous = -1;
    for (long moment : acknowledged) {
      long silence = previous < 0 ? 0 : moment - previous;
      total += moment > faultNanos && silence >= FELT ? silence : 0;
      if (moment > faultNanos && silence > gap) {
        gap = silence;
        resumed = moment;
      }
      previous = moment;
    }
    double before = rate(acknowledged, faultNanos - WINDOW, faultNanos);
    return resumed < 0
        ? new Outage(-1, -1, -1, before, 0)
        : new Outage(
            (resumed - faultNanos) / 1_000_000,
            gap / 1_000_000,
            total / 1_000_000,
            before,
            rate(acknowledged, resumed, resumed + WINDOW));
  }

  private static double rate(long[] acknowledged, long from, long to) {
    return Arrays.stream(acknowledged).filter(moment -> moment >= from && moment < to).count()
        * 1e9
        / (to - from);
  }
}
