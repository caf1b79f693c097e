package dev.quorate.resource;

import dev.quorate.membership.NodeId;

/// Who may be the promoted instance: the grant of [Primacy].
public sealed interface Holder {
  /// Nobody ever was.
  record Nobody() implements Holder {}

  /// The only instance that may acknowledge writes, for as long as that boot lasts.
  record Held(NodeId node, String bootId) implements Holder {}

  /// The previous holder acknowledges nothing any more.
  ///
  /// @param proof how that is known
  /// @param timeline the timeline it ended on, 0 if not known
  /// @param position the end of its log (a shutdown checkpoint), 0 if not known
  record Released(NodeId node, String bootId, Proof proof, long timeline, long position)
      implements Holder {}

  /// Why a holder is known to be done.
  enum Proof {
    /// Stopped cleanly; no process is left.
    CLEAN_STOP,
    /// The node was fenced.
    FENCED,
    /// The node has booted anew since.
    NEW_BOOT,
    /// An operator swore it.
    OPERATOR_OATH
  }
}
