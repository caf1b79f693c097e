package dev.quorate.resource;

/// What a failed operation calls for.
public enum OnFail {
  /// As if it had succeeded.
  IGNORE,
  /// Leave the resource alone until an operator cleans up.
  BLOCK,
  /// Stop it and keep it stopped.
  STOP,
  /// Stop it and start it again, perhaps elsewhere.
  RESTART,
  /// Fence the node.
  FENCE
}
