package dev.quorate.resource;

/// What an agent can be asked to execute.
public enum OperationKind {
  /// Make the instance run (promotable: unpromoted).
  START,
  /// Make it not run; success means nothing of it is left.
  STOP,
  /// Say what it is.
  MONITOR,
  /// Make the unpromoted instance promoted.
  PROMOTE,
  /// Make the promoted instance unpromoted.
  DEMOTE,
  /// Apply changed parameters without a stop.
  RELOAD
}
