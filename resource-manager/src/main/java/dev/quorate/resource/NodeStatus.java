package dev.quorate.resource;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;

/// What the cluster has agreed on about a node.
///
/// @param incarnation the last life that joined; meaningless for [Presence#NEVER_SEEN]
/// @param since where the presence last changed
/// @param reason why it is not online, for a human; empty if it is
public record NodeStatus(
    Presence presence, Incarnation incarnation, LogPosition since, String reason) {
  /// Whether and how a node takes part.
  public enum Presence {
    /// Configured and not seen since the cluster was created.
    NEVER_SEEN,
    /// Takes part.
    ONLINE,
    /// Its daemon is gone but the node lives: left alone until it returns or its grace expires.
    DAEMON_GONE,
    /// Left cleanly, nothing of it runs.
    LEFT,
    /// A majority lost it: unclean, may still run anything, must be fenced.
    LOST,
    /// Proven to run nothing since [NodeStatus#since()].
    FENCED
  }

  /// Whether actions may be sent to it.
  public boolean online() {
    return presence == Presence.ONLINE;
  }

  /// Whether it may still run something that nobody controls.
  public boolean unclean() {
    return presence == Presence.LOST;
  }
}
