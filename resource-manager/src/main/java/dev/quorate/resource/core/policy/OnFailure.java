package dev.quorate.resource.core.policy;

/// What a failed operation calls for, the more severe the later.
enum OnFailure {
  IGNORE,
  DEMOTE,
  RESTART,
  RESET_REMOTE,
  RESTART_CONTAINER,
  BAN,
  BLOCK,
  STOP,
  STANDBY,
  FENCE;

  boolean above(OnFailure other) {
    return compareTo(other) > 0;
  }
}
