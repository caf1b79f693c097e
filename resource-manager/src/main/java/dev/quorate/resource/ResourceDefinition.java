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
/// @param utilization what an instance uses of each thing that nodes have: whole numbers
public record ResourceDefinition(
    ResourceId id,
    AgentType agent,
    SortedMap<String, String> parameters,
    SortedMap<String, String> meta,
    List<OperationDefinition> operations,
    Form form,
    SortedMap<String, String> utilization) {

  /// How many instances a resource has, and where.
  public sealed interface Form {
    /// One instance.
    record Primitive() implements Form {}

    /// One instance per node, all alike. Constraints name the clone's id.
    ///
    /// @param cloneId the id of the clone, as `ping-clone`
    /// @param cloneMax at most this many instances in all; 0 means one per node
    /// @param meta meta-attributes of the clone
    record Clone(ResourceId cloneId, int cloneMax, SortedMap<String, String> meta) implements Form {
      /// Copies the map.
      public Clone {
        meta = Collections.unmodifiableSortedMap(new TreeMap<>(meta));
      }
    }

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

    /// The id by which it is named: the clone's, or its own.
    default ResourceId publicId(ResourceId own) {
      return switch (this) {
        case Primitive() -> own;
        case Clone(var cloneId, _, _) -> cloneId;
        case Promotable(var cloneId, _, _, _) -> cloneId;
      };
    }

    /// Meta-attributes of the clone; none if it is none.
    default SortedMap<String, String> meta() {
      return Collections.emptySortedMap();
    }

    /// The same with other meta-attributes of the clone.
    default Form with(SortedMap<String, String> other) {
      return switch (this) {
        case Primitive p -> p;
        case Clone(var cloneId, var most, _) -> new Clone(cloneId, most, other);
        case Promotable(var cloneId, var most, var promoted, _) ->
            new Promotable(cloneId, most, promoted, other);
      };
    }

    /// Whether it can have instances on many nodes.
    default boolean cloned() {
      return !(this instanceof Primitive);
    }

    /// How many instances it has on a number of nodes.
    default int instances(int nodes) {
      return switch (this) {
        case Primitive() -> 1;
        case Clone(_, var most, _) -> most > 0 ? most : nodes;
        case Promotable(_, var most, _, _) -> most > 0 ? most : nodes;
      };
    }
  }

  /// Copies the collections.
  public ResourceDefinition {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    meta = Collections.unmodifiableSortedMap(new TreeMap<>(meta));
    operations = List.copyOf(operations);
    utilization = Collections.unmodifiableSortedMap(new TreeMap<>(utilization));
  }

  /// A resource of which nothing is said that it uses.
  public ResourceDefinition(
      ResourceId id,
      AgentType agent,
      SortedMap<String, String> parameters,
      SortedMap<String, String> meta,
      List<OperationDefinition> operations,
      Form form) {
    this(id, agent, parameters, meta, operations, form, Collections.emptySortedMap());
  }

  /// The same with other parameters.
  public ResourceDefinition withParameters(SortedMap<String, String> other) {
    return new ResourceDefinition(id, agent, other, meta, operations, form, utilization);
  }

  /// The same with other meta-attributes.
  public ResourceDefinition withMeta(SortedMap<String, String> other) {
    return new ResourceDefinition(id, agent, parameters, other, operations, form, utilization);
  }

  /// The same with another utilization.
  public ResourceDefinition withUtilization(SortedMap<String, String> other) {
    return new ResourceDefinition(id, agent, parameters, meta, operations, form, other);
  }

  /// The same in another form.
  public ResourceDefinition as(Form other) {
    return new ResourceDefinition(id, agent, parameters, meta, operations, other, utilization);
  }

  /// Whether instances can be promoted.
  public boolean promotable() {
    return form instanceof Form.Promotable;
  }

  /// The id that constraints and users name: the clone's, or the resource's own.
  public ResourceId publicId() {
    return form.publicId(id);
  }

  /// Whether this id names the resource or its clone.
  public boolean answersTo(ResourceId name) {
    return id.equals(name) || publicId().equals(name);
  }

  /// A meta-attribute: the clone's own wins over the resource's.
  public Optional<String> metaAttribute(String name) {
    return Optional.ofNullable(form.meta().getOrDefault(name, meta.get(name)));
  }
}
