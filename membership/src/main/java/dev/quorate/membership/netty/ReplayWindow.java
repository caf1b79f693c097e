package dev.quorate.membership.netty;

/// Which of the last packet numbers of a session were seen. What is older counts as seen.
final class ReplayWindow {
  private static final int SIZE = 4096;

  private final long[] seen = new long[SIZE / Long.SIZE];
  private long highest = -1;

  /// Whether a number was seen or is too old.
  boolean has(long number) {
    return number <= highest
        && (number < 0 || number <= highest - SIZE || (seen[word(number)] & bit(number)) != 0);
  }

  /// Marks a number; false if it was seen or is too old.
  boolean mark(long number) {
    if (number < 0 || number <= highest - SIZE) {
      return false;
    }
    if (number > highest) {
      var from = Math.max(highest + 1, number - SIZE + 1);
      for (long n = from; n <= number; n++) {
        seen[word(n)] &= ~bit(n);
      }
      highest = number;
    } else if ((seen[word(number)] & bit(number)) != 0) {
      return false;
    }
    seen[word(number)] |= bit(number);
    return true;
  }

  private static int word(long number) {
    return (int) (number % SIZE) / Long.SIZE;
  }

  private static long bit(long number) {
    return 1L << (number % Long.SIZE);
  }
}
