package dev.quorate.resource;

import dev.quorate.resource.ResourceDefinition.Form;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Resources that are on one node together, start in their order and stop in the reverse one.
///
/// @param members ids of primitives, in the order in which they start
/// @param meta meta-attributes of every member that does not say otherwise
/// @param form whether it is there once or on many nodes; it cannot be promoted
public record GroupDefinition(
    ResourceId id, List<ResourceId> members, SortedMap<String, String> meta, Form form) {
  /// Copies the collections.
  public GroupDefinition {
    members = List.copyOf(members);
    meta = Collections.unmodifiableSortedMap(new TreeMap<>(meta));
  }

  /// The id that constraints and users name: the clone's, or the group's own.
  public ResourceId publicId() {
    return form.publicId(id);
  }

  /// Whether this id names the group or its clone.
  public boolean answersTo(ResourceId name) {
    return id.equals(name) || publicId().equals(name);
  }

  /// A meta-attribute: the clone's own wins over the group's.
  public Optional<String> metaAttribute(String name) {
    return Optional.ofNullable(form.meta().getOrDefault(name, meta.get(name)));
  }

  /// The same with other members.
  public GroupDefinition with(List<ResourceId> other) {
    return new GroupDefinition(id, other, meta, form);
  }
}
