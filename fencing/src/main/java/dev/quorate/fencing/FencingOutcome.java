package dev.quorate.fencing;

/// How a fencing request ended. Only [Confirmed] permits recovery; [Unknown] is neither of the
/// others.
public sealed interface FencingOutcome {
  /// The target's boot has ended.
  ///
  /// @param device the device that verified it, or who else vouches for it
  /// @param proof why it is believed
  record Confirmed(String device, ProofLevel proof) implements FencingOutcome {}

  /// The target was, as far as the devices say, not cut off.
  record Failed(String reason) implements FencingOutcome {}

  /// The target may be off or on.
  record Unknown(String reason) implements FencingOutcome {}

  /// Whether recovery may go on.
  default boolean confirmed() {
    return this instanceof Confirmed;
  }
}
