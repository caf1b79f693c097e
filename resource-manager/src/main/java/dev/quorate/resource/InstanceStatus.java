package dev.quorate.resource;

import dev.quorate.consensus.LogPosition;

/// What the cluster knows of one resource on one node.
///
/// @param role what it is, or was when last seen
/// @param certainty how well that is known
/// @param code the last OCF exit code
/// @param reason why it failed, for a human; empty if it did not
/// @param since where this was recorded
public record InstanceStatus(
    Role role, Certainty certainty, int code, String reason, LogPosition since) {
  /// How well a status is known.
  public enum Certainty {
    /// Nothing was asked yet, or an operation was lost: must be probed before anything is started.
    UNKNOWN,
    /// As said, and working.
    KNOWN,
    /// It failed in that role: recovery is due.
    FAILED,
    /// It could not be stopped, or must not be touched: blocked until an operator cleans up or the
    /// node is fenced.
    BLOCKED
  }
}
