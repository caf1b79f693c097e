package dev.quorate.resource.core.policy;

/// What a location constraint comes to for one resource.
///
/// @param role [RoleLevel#UNKNOWN] for any
/// @param discovery how the nodes of the table are probed
record LocationRule(
    String id, Resource resource, RoleLevel role, NodeTable scores, Discovery discovery) {
  /// Whether a resource is looked for where it should not be.
  enum Discovery {
    ALWAYS,
    NEVER,
    EXCLUSIVE
  }
}
