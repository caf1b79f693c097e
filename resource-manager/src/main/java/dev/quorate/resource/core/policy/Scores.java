package dev.quorate.resource.core.policy;

/// Arithmetic on scores: whole numbers between minus and plus one million, where minus one million
/// absorbs everything and plus one million everything else.
final class Scores {
  static final int INFINITY = 1_000_000;

  private Scores() {}

  static int clamp(long value) {
    return Math.clamp(value, -INFINITY, INFINITY);
  }

  static int add(int a, int b) {
    if (a <= -INFINITY || b <= -INFINITY) {
      return -INFINITY;
    }
    if (a >= INFINITY || b >= INFINITY) {
      return INFINITY;
    }
    return clamp((long) a + b);
  }

  /// A share of a score, rounded half away from zero, and never nothing where there was something.
  static int share(float factor, int score) {
    float product = factor * score;
    int rounded = (int) (product < 0 ? product - 0.5f : product + 0.5f);
    if (rounded == 0 && score != 0) {
      return factor > 0 ? 1 : factor < 0 ? -1 : 0;
    }
    return rounded;
  }

  static String text(int score) {
    return score >= INFINITY
        ? "INFINITY"
        : score <= -INFINITY ? "-INFINITY" : Integer.toString(score);
  }
}
