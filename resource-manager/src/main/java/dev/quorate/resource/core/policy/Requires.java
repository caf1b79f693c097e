package dev.quorate.resource.core.policy;

/// What must hold before a resource is started.
enum Requires {
  NOTHING,
  QUORUM,
  FENCING,
  UNFENCING;

  boolean fencing() {
    return this == FENCING || this == UNFENCING;
  }
}
