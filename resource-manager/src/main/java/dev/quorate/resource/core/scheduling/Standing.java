package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;

/// What may be done with a node, and why.
///
/// @param reason for a human; empty where nothing is unusual
/// @param remedy the command that would change it, or empty
public record Standing(NodeId node, Kind kind, String reason, String remedy) {
  /// What may be done with a node.
  public enum Kind {
    /// It may host resources.
    USABLE,
    /// Online; must host nothing.
    STANDBY,
    /// Online; whatever runs there stays and nothing else comes.
    MAINTENANCE,
    /// Its daemon is away for the moment: whatever runs there runs, and nothing can be done.
    FROZEN,
    /// It may run anything, and must be fenced.
    CONDEMNED,
    /// It may run anything, and fencing is switched off or not possible now.
    UNCLEAN,
    /// It runs nothing.
    ABSENT
  }

  /// Whether operations may be sent to it.
  public boolean acts() {
    return kind == Kind.USABLE || kind == Kind.STANDBY || kind == Kind.MAINTENANCE;
  }

  /// Whether what runs there must stay as it is.
  public boolean pins() {
    return kind == Kind.MAINTENANCE || kind == Kind.FROZEN;
  }

  @Override
  public String toString() {
    return node + " " + kind + (reason.isEmpty() ? "" : ": " + reason);
  }
}
