package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.Optional;
import java.util.SortedMap;

/// What an operator has told the cluster not to touch, be it everything (`maintenance-mode`), what
/// is on a node (its maintenance) or a resource (`is-managed`, `maintenance`).
///
/// @param reason which of these
/// @param remedy the command that ends it
public record LeftAlone(String reason, String remedy) {
  /// Whether a resource is left alone on a node.
  ///
  /// @return empty if it is looked after
  public static Optional<LeftAlone> of(
      ClusterConfiguration configuration, ResourceDefinition resource, NodeId node) {
    NodeDefinition definition = configuration.nodes().get(node);
    return definition != null && definition.maintenance()
        ? Optional.of(
            new LeftAlone(node + " is in maintenance", "hactl node unmaintenance " + node))
        : of(configuration, resource);
  }

  /// Whether a resource is left alone on every node.
  ///
  /// @return empty if it is looked after
  public static Optional<LeftAlone> of(
      ClusterConfiguration configuration, ResourceDefinition resource) {
    SortedMap<String, String> meta = configuration.meta(resource);
    if (says(configuration.properties(), "maintenance-mode", false)) {
      return Optional.of(
          new LeftAlone(
              "the cluster is in maintenance mode", "hactl property set maintenance-mode=false"));
    }
    String name = resource.publicId().name();
    if (says(meta, "maintenance", false)) {
      return Optional.of(
          new LeftAlone(
              name + " is in maintenance",
              elsewhere(configuration, resource, "maintenance", "maintenance=false")
                  .orElseGet(() ->
                      holdsData(resource)
                          ? "hactl pg resume" + selector(configuration, name)
                          : "hactl resource meta " + name + " maintenance=false")));
    }
    return says(meta, "is-managed", true)
        ? Optional.empty()
        : Optional.of(
            new LeftAlone(
                name + " is not managed",
                elsewhere(configuration, resource, "is-managed", "is-managed=true")
                    .orElse("hactl resource manage " + name)));
  }

  /// The command that ends what is not said of the resource in the place where commands say it.
  private static Optional<String> elsewhere(
      ClusterConfiguration configuration, ResourceDefinition resource, String name, String end) {
    boolean cloned = resource.form().cloned();
    if ((cloned ? resource.form().meta() : resource.meta()).containsKey(name)) {
      return Optional.empty();
    }
    if (resource.meta().containsKey(name)) {
      return Optional.of("hactl resource meta " + resource.publicId() + " " + end);
    }
    Optional<String> group =
        configuration
            .groupOf(resource.id())
            .filter(g -> g.metaAttribute(name).isPresent())
            .map(g -> "hactl resource meta " + g.publicId() + " " + end);
    return group.isPresent() ? group : Optional.of("hactl resource defaults " + end);
  }

  private static boolean holdsData(ResourceDefinition resource) {
    return resource.metaAttribute(Primacy.HOLDS_DATA).filter("true"::equals).isPresent();
  }

  /// Says which one is meant, where there are several.
  private static String selector(ClusterConfiguration configuration, String name) {
    long holding =
        configuration.resources().stream().filter(r -> r.promotable() && holdsData(r)).count();
    return holding > 1 ? " --name " + name : "";
  }

  private static boolean says(SortedMap<String, String> options, String name, boolean otherwise) {
    return FlagText.parse(options.getOrDefault(name, "")).orElse(otherwise);
  }
}
