package dev.quorate.resource.core.policy;

/// One dependent with one primary.
///
/// @param dependentRole [RoleLevel#UNKNOWN] for any
/// @param primaryRole [RoleLevel#UNKNOWN] for any
/// @param attribute the node attribute that must be equal; `#uname` for the node itself
/// @param influence whether the dependent's preferences move an active primary
/// @param explicit whether an operator wrote it
record Colocation(
    String id,
    Resource dependent,
    RoleLevel dependentRole,
    Resource primary,
    RoleLevel primaryRole,
    int score,
    String attribute,
    boolean influence,
    boolean explicit) {
  boolean mandatory() {
    return Math.abs(score) >= Scores.INFINITY;
  }

  float factor() {
    return score / (float) Scores.INFINITY;
  }

  /// Whether the dependent's preferences count: they do not move a primary that runs, unless the
  /// constraint says so.
  boolean influences() {
    return influence || primary.active.isEmpty();
  }
}
