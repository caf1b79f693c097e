package dev.quorate.simulation;

/// A rule of two voters that can be broken, to see that the checks notice.
public enum PairWeakness {
  /// Everything as it should be.
  NONE,
  /// The device says that a machine is off, and leaves it on.
  LYING_DEVICE,
  /// A fencing that failed counts.
  FAILED_FENCING_COUNTS,
  /// Who was sworn to be off is back before it would doubt.
  BACK_TOO_SOON,
  /// A node goes on alone before that is on its disk.
  ALONE_BEFORE_WRITTEN
}
