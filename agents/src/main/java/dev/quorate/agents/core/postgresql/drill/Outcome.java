package dev.quorate.agents.core.postgresql.drill;

/// What became of a commit, as far as its writer knows.
public enum Outcome {
  /// The server said that it is done, without a warning: it must be there whatever happens.
  ACKNOWLEDGED,
  /// The server said that it was not done: it must never be there.
  REFUSED,
  /// Nobody can tell: the connection was lost, or the server warned that it did not wait for a
  /// standby. It may be there or not.
  UNKNOWN
}
