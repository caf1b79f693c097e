package dev.quorate.membership.core.link;

/// How a link to a peer does.
public enum LinkState {
  /// It carries what is sent.
  UP,
  /// It loses a part of what is sent.
  LOSSY,
  /// Nothing came through for a while, in one direction at least.
  DOWN
}
