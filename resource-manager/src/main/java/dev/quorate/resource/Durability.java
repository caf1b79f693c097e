package dev.quorate.resource;

/// What is promised of an acknowledged write of a resource with data to lose.
public enum Durability {
  /// It may be lost with the primary.
  ASYNC,
  /// It survives the primary; after a bounded wait the cluster may promise less, recorded.
  SYNC,
  /// As [#SYNC], and commits wait rather than degrade.
  SYNC_STRICT;

  /// The meta-attribute or parameter that holds it: `async`, `sync` or `sync-strict`.
  public static final String OPTION = "durability";

  /// What is promised of a resource: as its meta-attribute or its parameter says, else [#SYNC] with
  /// three nodes or more that can host it.
  public static Durability of(ClusterConfiguration configuration, ResourceDefinition resource) {
    return switch (configuration
        .meta(resource, OPTION)
        .orElse(resource.parameters().getOrDefault(OPTION, ""))) {
      case "async" -> ASYNC;
      case "sync" -> SYNC;
      case "sync-strict" -> SYNC_STRICT;
      default -> configuration.hosts().size() >= 3 ? SYNC : ASYNC;
    };
  }
}
