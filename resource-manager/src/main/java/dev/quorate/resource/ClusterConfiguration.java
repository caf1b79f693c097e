package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything an operator has decided.
///
/// @param version counts the changes
/// @param properties cluster properties in Pacemaker's words: `no-quorum-policy`,
///   `stonith-enabled`, `maintenance-mode`, `stop-all-resources`, …
/// @param resourceDefaults meta-attributes for every resource that does not say otherwise
/// @param resources in the order of their creation
/// @param groups in the order of their creation
/// @param constraints in the order of their creation
public record ClusterConfiguration(
    String clusterName,
    long version,
    SortedMap<NodeId, NodeDefinition> nodes,
    SortedMap<String, String> properties,
    SortedMap<String, String> resourceDefaults,
    List<ResourceDefinition> resources,
    List<GroupDefinition> groups,
    List<Constraint> constraints,
    List<FenceDeviceDefinition> fenceDevices) {
  /// Copies the collections.
  public ClusterConfiguration {
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
    resourceDefaults = Collections.unmodifiableSortedMap(new TreeMap<>(resourceDefaults));
    resources = List.copyOf(resources);
    groups = List.copyOf(groups);
    constraints = List.copyOf(constraints);
    fenceDevices = List.copyOf(fenceDevices);
  }

  /// Nothing but a name.
  public static ClusterConfiguration empty(String clusterName) {
    return new ClusterConfiguration(
        clusterName,
        0,
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /// The resource that the id or its clone's id names.
  public Optional<ResourceDefinition> resource(ResourceId id) {
    return resources.stream().filter(r -> r.answersTo(id)).findFirst();
  }

  /// The group that the id or its clone's id names.
  public Optional<GroupDefinition> group(ResourceId id) {
    return groups.stream().filter(g -> g.answersTo(id)).findFirst();
  }

  /// The group that a resource is a member of.
  public Optional<GroupDefinition> groupOf(ResourceId member) {
    return groups.stream().filter(g -> g.members().contains(member)).findFirst();
  }

  /// The resources that a name stands for: one, the members of a group in their order, or none.
  public List<ResourceDefinition> named(ResourceId name) {
    return group(name)
        .map(g -> g.members().stream().flatMap(m -> resource(m).stream()).toList())
        .orElseGet(() -> resource(name).stream().toList());
  }

  /// Whether a name stands for the resource, alone or as a member of a group.
  public boolean covers(ResourceId name, ResourceDefinition resource) {
    return resource.answersTo(name)
        || groupOf(resource.id()).filter(g -> g.answersTo(name)).isPresent();
  }

  /// The name that constraints use: the clone's, if there is one.
  public ResourceId publicId(ResourceId name) {
    return group(name)
        .map(GroupDefinition::publicId)
        .or(() -> resource(name).map(ResourceDefinition::publicId))
        .orElse(name);
  }

  /// Whether a resource can have instances on many nodes, alone or as a member of a group.
  public boolean cloned(ResourceDefinition resource) {
    return resource.form().cloned()
        || groupOf(resource.id()).filter(g -> g.form().cloned()).isPresent();
  }

  /// A meta-attribute with those of the group and the defaults applied.
  public Optional<String> meta(ResourceDefinition resource, String name) {
    return resource
        .metaAttribute(name)
        .or(() -> groupOf(resource.id()).flatMap(g -> g.metaAttribute(name)))
        .or(() -> Optional.ofNullable(resourceDefaults.get(name)));
  }

  /// All of a resource's meta-attributes, with those of the group and the defaults applied.
  public SortedMap<String, String> meta(ResourceDefinition resource) {
    SortedMap<String, String> all = new TreeMap<>(resourceDefaults);
    groupOf(resource.id())
        .ifPresent(g -> {
          all.putAll(g.meta());
          all.putAll(g.form().meta());
        });
    all.putAll(resource.meta());
    all.putAll(resource.form().meta());
    return all;
  }

  /// The nodes that may host resources, sorted.
  public List<NodeId> hosts() {
    return nodes.values().stream().filter(n -> !n.witness()).map(NodeDefinition::id).toList();
  }

  /// The nodes that vote in the log, sorted.
  public List<NodeId> voters() {
    return nodes.values().stream().filter(NodeDefinition::voter).map(NodeDefinition::id).toList();
  }
}
