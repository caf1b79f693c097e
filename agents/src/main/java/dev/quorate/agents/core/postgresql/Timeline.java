package dev.quorate.agents.core.postgresql;

/// The number that PostgreSQL gives to a line of WAL; each promotion takes a new one.
///
/// A higher number is not a better line: two nodes may take the same number for different lines.
/// Only a [TimelineHistory] tells.
///
/// @param number from 1
public record Timeline(int number) implements Comparable<Timeline> {
  /// The line of a freshly initialised cluster.
  public static final Timeline FIRST = new Timeline(1);

  /// Checks the number.
  public Timeline {
    if (number < 1) {
      throw new IllegalArgumentException("timeline " + number + " does not exist");
    }
  }

  /// The name of its history file in `pg_wal`.
  ///
  /// @return such as `00000002.history`
  public String historyFile() {
    String hex = Integer.toHexString(number).toUpperCase(java.util.Locale.ROOT);
    return "0".repeat(8 - hex.length()) + hex + ".history";
  }

  @Override
  public int compareTo(Timeline other) {
    return Integer.compareUnsigned(number, other.number);
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
