package dev.quorate.agents.core.postgresql.drill;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// What one writer sent, in order, and what came of it. Hours of it fit into memory: a commit takes
/// about eight bytes.
///
/// Not thread-safe.
public final class Sent {
  private static final int FIRST_SIZE = 1024;

  private final BitSet acknowledged;
  private final BitSet refused;
  private long[] ended;
  private int count;

  /// A writer that has sent nothing.
  public Sent() {
    acknowledged = new BitSet();
    refused = new BitSet();
    ended = new long[FIRST_SIZE];
  }

  private Sent(Sent other) {
    acknowledged = BitSet.valueOf(other.acknowledged.toLongArray());
    refused = BitSet.valueOf(other.refused.toLongArray());
    ended = Arrays.copyOf(other.ended, other.count);
    count = other.count;
  }

  /// Begins a commit. Until it ends nobody can tell what becomes of it.
  ///
  /// @return its number, from 1 on
  public long begin() {
    if (count == ended.length) {
      ended = Arrays.copyOf(ended, Math.max(FIRST_SIZE, 2 * count));
    }
    count++;
    return count;
  }

  /// Ends the commit that was begun last.
  ///
  /// @param nanos the time
  public void end(Outcome outcome, long nanos) {
    acknowledged.set(count - 1, outcome == Outcome.ACKNOWLEDGED);
    refused.set(count - 1, outcome == Outcome.REFUSED);
    ended[count - 1] = nanos;
  }

  /// The same as it is now.
  public Sent copy() {
    return new Sent(this);
  }

  /// The number of the last commit.
  public long last() {
    return count;
  }

  /// What became of a commit that was sent.
  public Outcome outcome(long number) {
    int index = Math.toIntExact(number - 1);
    if (acknowledged.get(index)) {
      return Outcome.ACKNOWLEDGED;
    }
    return refused.get(index) ? Outcome.REFUSED : Outcome.UNKNOWN;
  }

  /// How many ended like that.
  public long count(Outcome outcome) {
    return switch (outcome) {
      case ACKNOWLEDGED -> acknowledged.cardinality();
      case REFUSED -> refused.cardinality();
      case UNKNOWN -> count - acknowledged.cardinality() - refused.cardinality();
    };
  }

  /// When each acknowledgement came that came after a moment, in order.
  public LongStream acknowledgedAfter(long nanos) {
    return IntStream.range(0, count)
        .filter(i -> acknowledged.get(i) && ended[i] > nanos)
        .mapToLong(i -> ended[i]);
  }
}
