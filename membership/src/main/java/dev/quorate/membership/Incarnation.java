package dev.quorate.membership;

/// One life of a node.
///
/// Two lives differ in what was lost: a new *boot* means that every service of the node has ended;
/// a new *run* means only that the daemon was restarted and that its operations in flight are
/// unknown.
///
/// @param bootId identifies the boot of the kernel; equal strings mean the same boot
/// @param run counts the starts of the daemon on this node, from 1, persisted, never decreasing
public record Incarnation(String bootId, long run) {
  /// Checks the values.
  public Incarnation {
    if (bootId.isEmpty() || bootId.length() > 64) {
      throw new IllegalArgumentException("boot id must have 1 to 64 characters: '" + bootId + "'");
    }
    if (run < 1) {
      throw new IllegalArgumentException("run must be positive: " + run);
    }
  }

  /// Whether services that ran in the other incarnation may still run in this one.
  public boolean sameBoot(Incarnation other) {
    return bootId.equals(other.bootId);
  }
}
