package dev.quorate.membership.core;

/// One arming of a timer. A fire whose generation is not the latest of its kind is ignored.
public record TimerId(Kind kind, long generation) {
  /// The timers of a ring. There is one of each; setting it again replaces the earlier deadline.
  public enum Kind {
    /// Repeat the join.
    JOIN,
    /// Stop waiting for silent nodes.
    CONSENSUS,
    /// Send the token again, or declare it lost.
    TOKEN,
    /// Let go of the token of an idle ring.
    HOLD,
    /// Look for nodes outside the ring.
    MERGE,
    /// Repeat the farewell.
    LEAVE
  }
}
