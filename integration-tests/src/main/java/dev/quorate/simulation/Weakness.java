package dev.quorate.simulation;

/// A safety that can be switched off, to see that the checks notice.
public enum Weakness {
  /// Everything as it should be.
  NONE,
  /// Fence devices say that a node is off and leave it running (P1).
  LYING_FENCE_DEVICE,
  /// The primary acknowledges without waiting for the standbys that it promised (P2).
  UNKEPT_PROMISE,
  /// The holder of the grant counts as released although nobody has shown it (P5).
  RELEASE_WITHOUT_PROOF,
  /// The address stays where it is when it is told to go (P6).
  STICKY_ADDRESS,
  /// A node that has stopped everything starts it again by itself (P7).
  ACTING_MINORITY,
  /// A node that has lost the quorum stops nothing (P8).
  NO_EMERGENCY_STOP,
  /// An election that found nobody is never repeated (P9).
  UNREPEATED_ELECTION,
  /// A node changes its state as the log does not say (P11).
  DRIFTING_STATE
}
