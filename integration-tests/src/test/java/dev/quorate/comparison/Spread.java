package dev.quorate.comparison;

import java.util.List;

/// The middle and the ends of what was measured several times.
///
/// @param high the value that one in twenty exceeds; no more than the greatest where there are few
public record Spread(int count, double median, double least, double most, double high) {
  private static final double HIGH = 0.95;

  /// Of at least one value.
  public static Spread of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
    List<Double> sorted = values.stream().sorted().toList();
    int count = sorted.size();
    double median = (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
    double high = sorted.get((int) Math.ceil(HIGH * count) - 1);
    return new Spread(count, median, sorted.getFirst(), sorted.getLast(), high);
  }
}
