package dev.quorate.resource;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;

/// What the cluster has agreed on about a node.
///
/// @param incarnation the last life that joined; meaningless for [Presence#NEVER_SEEN]
/// @param since where the presence last changed
/// @param reason why it is not online, for a human; empty if it is
/// @param verdict whether this life must end, whatever is seen of it later
public record NodeStatus(
    Presence presence, Incarnation incarnation, LogPosition since, String reason, Verdict verdict) {
  /// A status without a verdict.
  public NodeStatus(Presence presence, Incarnation incarnation, LogPosition since, String reason) {
    this(presence, incarnation, since, reason, Verdict.NONE);
  }

  /// Whether a life must end by fencing, and how.
  public enum Verdict {
    /// It need not.
    NONE,
    /// It must, and the cluster's own policy says how.
    FENCE,
    /// It must, and an operator wants the node back afterwards.
    REBOOT,
    /// It must, and an operator wants the node to stay off.
    OFF
  }

  /// Whether and how a node takes part.
  public enum Presence {
    /// Configured and not seen since the cluster was created.
    NEVER_SEEN,
    /// Takes part.
    ONLINE,
    /// Its daemon is gone but the node lives: left alone until it returns or its grace expires. So
    /// is a node that only the ring does not hear; its grace does not end while somebody hears it.
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
