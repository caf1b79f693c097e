package dev.quorate.daemon.cli;

import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.util.List;

/// What a name stands for: a resource, or a group with its members.
///
/// @param id the name that constraints and meta-attributes use: the clone's, if there is one
/// @param parts the resource, or the members in their order
record Target(ResourceId id, List<ResourceDefinition> parts) {
  /// Copies the list.
  Target {
    parts = List.copyOf(parts);
  }

  static Target of(ClusterConfiguration configuration, ResourceId name) {
    return new Target(configuration.publicId(name), configuration.named(name));
  }

  /// Whether it is a promotable clone.
  boolean promotable() {
    return parts.stream().anyMatch(ResourceDefinition::promotable);
  }

  @Override
  public String toString() {
    return id.name();
  }
}
