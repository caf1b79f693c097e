package dev.quorate.resource;

/// What happens if no candidate keeps what the durability of a resource promises.
public enum NoCandidatePolicy {
  /// Nobody is promoted until one does, or an operator decides.
  BLOCK,
  /// The best that can be reached is promoted, and what may be lost is recorded.
  BEST_EFFORT;

  /// The meta-attribute that holds it: `block` or `best-effort`.
  public static final String OPTION = "no-candidate-policy";

  /// What is configured for a resource, else [#BLOCK].
  public static NoCandidatePolicy of(
      ClusterConfiguration configuration, ResourceDefinition resource) {
    return configuration.meta(resource, OPTION).filter("best-effort"::equals).isPresent()
        ? BEST_EFFORT
        : BLOCK;
  }
}
