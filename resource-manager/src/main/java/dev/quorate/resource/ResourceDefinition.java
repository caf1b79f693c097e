package dev.quorate.resource;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A resource as configured.
///
/// @param parameters the agent's parameters
/// @param meta meta-attributes in Pacemaker's words: `target-role`, `is-managed`,
///   `migration-threshold`, `failure-timeout` (seconds), `resource-stickiness`, `priority`
/// @param form how many instances it has
public record ResourceDefinition(
    ResourceId id,
    AgentType agent,
    SortedMap<String, String> parameters,
    SortedMap<String, String> meta,
    List<OperationDefinition> operations,
    Form form) {

  /// How many instances a resource has, and where.
  public sealed interface Form {
    /// One instance.
    record Primitive() implements Form {}

    /// One instance per node, and some of them promoted. Constraints name the clone's id.
    ///
    /// @param cloneId the id of the clone, as `pgsql-clone`
    /// @param cloneMax at most this many instances in all; 0 means one per node
    /// @param promotedMax at most this many promoted
    /// @param meta meta-attributes of the clone
    record Promotable(
        ResourceId cloneId, int cloneMax, int promotedMax, SortedMap<String, String> meta)
        implements Form {
      /// Copies the map.
      public Promotable {
        meta = Collections.unmodifiableSortedMap(new TreeMap<>(meta));
      }
    }
  }

  /// Copies the collections.
  public ResourceDefinition {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    meta = Collections.unmodifiableSortedMap(new TreeMap<>(meta));
    operations = List.copyOf(operations);
  }

  /// Whether instances can be promoted.
  public boolean promotable() {
    return form instanceof Form.Promotable;
  }

  /// The id that constraints and users name: the clone's, or the resource's own.
  public ResourceId publicId() {
    return switch (form) {
      case Form.Primitive() -> id;
      case Form.Promotable(var cloneId, _, _, _) -> cloneId;
    };
  }

  /// Whether this id names the resource or its clone.
  public boolean answersTo(ResourceId name) {
    return id.equals(name) || publicId().equals(name);
  }

  /// A meta-attribute: the clone's own wins over the resource's.
  public Optional<String> metaAttribute(String name) {
    if (form instanceof Form.Promotable(_, _, _, var cloneMeta) && cloneMeta.containsKey(name)) {
      return Optional.ofNullable(cloneMeta.get(name));
    }
    return Optional.ofNullable(meta.get(name));
  }
}
