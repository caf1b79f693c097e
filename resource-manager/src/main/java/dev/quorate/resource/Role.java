package dev.quorate.resource;

/// What an instance of a resource is on a node. Ordered as Pacemaker orders them.
public enum Role {
  /// Not running.
  STOPPED,
  /// Running; the resource is not promotable.
  STARTED,
  /// Running, promotable and not promoted (a PostgreSQL standby).
  UNPROMOTED,
  /// Running and promoted (a PostgreSQL primary).
  PROMOTED;

  /// Whether something runs.
  public boolean active() {
    return this != STOPPED;
  }
}
