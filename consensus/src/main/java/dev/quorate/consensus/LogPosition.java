package dev.quorate.consensus;

/// Where an entry stands in the log.
///
/// @param epoch counts the forced re-foundings of the log, from 1; within one epoch Raft's rules
///   hold
/// @param term Raft's term, at least 0
/// @param index Raft's index, at least 0
public record LogPosition(long epoch, long term, long index) implements Comparable<LogPosition> {
  /// Before every entry.
  public static final LogPosition NONE = new LogPosition(0, 0, 0);

  @Override
  public int compareTo(LogPosition other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    if (byEpoch != 0) {
      return byEpoch;
    }
    return Long.compare(index, other.index);
  }
}
