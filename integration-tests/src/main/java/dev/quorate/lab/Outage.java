package dev.quorate.lab;

import java.util.List;

/// What the clients saw of a fault.
///
/// @param faultToWritingMillis from the fault to the first acknowledgement after the longest
///   silence; -1 if none came
/// @param gapMillis the longest time between two acknowledgements around or after the fault
/// @param before acknowledgements a second in the five seconds before
/// @param after acknowledgements a second in the five seconds after writing went on
record Outage(long faultToWritingMillis, long gapMillis, double before, double after) {
  private static final long WINDOW = 5_000_000_000L;

  /// Finds the longest silence that reaches beyond the fault.
  static Outage of(List<Writers.Acknowledged> acknowledged, long faultNanos) {
    long gap = 0;
    long resumed = -1;
    long previous = -1;
    for (Writers.Acknowledged a : acknowledged) {
      long silence = previous < 0 ? 0 : a.doneNanos() - previous;
      if (a.doneNanos() > faultNanos && silence > gap) {
        gap = silence;
        resumed = a.doneNanos();
      }
      previous = a.doneNanos();
    }
    if (resumed < 0) {
      return new Outage(-1, -1, rate(acknowledged, faultNanos - WINDOW, faultNanos), 0);
    }
    return new Outage(
        (resumed - faultNanos) / 1_000_000,
        gap / 1_000_000,
        rate(acknowledged, faultNanos - WINDOW, faultNanos),
        rate(acknowledged, resumed, resumed + WINDOW));
  }

  private static double rate(List<Writers.Acknowledged> acknowledged, long from, long to) {
    long count =
        acknowledged.stream().filter(a -> a.doneNanos() >= from && a.doneNanos() < to).count();
    return count * 1e9 / (to - from);
  }
}
