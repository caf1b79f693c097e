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
/// @param constraints in the order of their creation
public record ClusterConfiguration(
    String clusterName,
    long version,
    SortedMap<NodeId, NodeDefinition> nodes,
    SortedMap<String, String> properties,
    SortedMap<String, String> resourceDefaults,
    List<ResourceDefinition> resources,
    List<Constraint> constraints,
    List<FenceDeviceDefinition> fenceDevices) {
  /// Copies the collections.
  public ClusterConfiguration {
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
    resourceDefaults = Collections.unmodifiableSortedMap(new TreeMap<>(resourceDefaults));
    resources = List.copyOf(resources);
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
        List.of());
  }

  /// The resource that the id or its clone's id names.
  public Optional<ResourceDefinition> resource(ResourceId id) {
    return resources.stream().filter(r -> r.answersTo(id)).findFirst();
  }

  /// A meta-attribute with the defaults applied.
  public Optional<String> meta(ResourceDefinition resource, String name) {
    Optional<String> own = resource.metaAttribute(name);
    return own.isPresent() ? own : Optional.ofNullable(resourceDefaults.get(name));
  }

  /// The nodes that vote in the log, sorted.
  public List<NodeId> voters() {
    return nodes.values().stream().filter(NodeDefinition::voter).map(NodeDefinition::id).toList();
  }
}
