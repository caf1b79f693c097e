package dev.quorate.membership.core;

/// What a node is doing in the ring.
public enum RingState {
  /// Not started.
  STOPPED,
  /// Finding out who is there.
  GATHER,
  /// A commit token goes round the agreed members.
  COMMIT,
  /// Members of the same old ring bring each other to the same messages.
  RECOVERY,
  /// A view is installed and messages flow.
  OPERATIONAL,
  /// Left cleanly; nothing more happens.
  LEFT
}
