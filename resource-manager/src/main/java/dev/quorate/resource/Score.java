package dev.quorate.resource;

/// How much a resource wants to be on a node: an integer, clamped to plus and minus [#INFINITY].
///
/// Addition follows Pacemaker: minus infinity absorbs everything, plus infinity everything else.
public record Score(int value) implements Comparable<Score> {
  /// The absolute value of "must" and "must not".
  public static final int INFINITY = 1_000_000;

  /// Must run here.
  public static final Score MUST = new Score(INFINITY);

  /// Must not run here.
  public static final Score NEVER = new Score(-INFINITY);

  /// Does not care.
  public static final Score ZERO = new Score(0);

  /// Clamps the value.
  public Score {
    value = Math.clamp(value, -INFINITY, INFINITY);
  }

  /// Parses a decimal number or `INFINITY` with an optional sign.
  ///
  /// @throws IllegalArgumentException naming the text
  public static Score parse(String text) {
    return switch (text) {
      case "INFINITY", "+INFINITY" -> MUST;
      case "-INFINITY" -> NEVER;
      default -> {
        try {
          yield new Score(Math.clamp(Long.parseLong(text), -INFINITY, INFINITY));
        } catch (NumberFormatException e) {
          throw new IllegalArgumentException(
              "'" + text + "' is not a score: use a whole number, INFINITY or -INFINITY", e);
        }
      }
    };
  }

  /// The sum.
  public Score plus(Score other) {
    if (value == -INFINITY || other.value == -INFINITY) {
      return NEVER;
    }
    if (value == INFINITY || other.value == INFINITY) {
      return MUST;
    }
    return new Score(value + other.value);
  }

  /// Whether the score allows the node at all.
  public boolean allows() {
    return value >= 0;
  }

  @Override
  public int compareTo(Score other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return switch (value) {
      case INFINITY -> "INFINITY";
      case -INFINITY -> "-INFINITY";
      default -> Integer.toString(value);
    };
  }
}
