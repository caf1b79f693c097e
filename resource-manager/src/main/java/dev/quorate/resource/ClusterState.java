package dev.quorate.resource;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything that the cluster has agreed on. Immutable; a new one follows from each command.
///
/// @param featureLevel the level of commands that every node must understand
/// @param position of the last command applied
/// @param wallMillis the wall-clock time that the last command carried; never decreases
/// @param lastChangeBy who changed the configuration last, for status
/// @param nodes one for each configured node
/// @param views the last report of each node
/// @param instances by resource (the primitive's id) and node
/// @param failCounts by resource and node
/// @param attributes transient node attributes by node and name, lost with the node's boot
/// @param intents decided and not finished, by id
/// @param primacies for resources with data to lose, by the primitive's id
/// @param fencings the newest last, at most 50
/// @param trust whose certificates count
public record ClusterState(
    int featureLevel,
    LogPosition position,
    long wallMillis,
    String lastChangeBy,
    ClusterConfiguration configuration,
    SortedMap<NodeId, NodeStatus> nodes,
    SortedMap<NodeId, ViewReport> views,
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances,
    SortedMap<ResourceId, SortedMap<NodeId, FailCount>> failCounts,
    SortedMap<NodeId, SortedMap<String, String>> attributes,
    SortedMap<String, Intent> intents,
    SortedMap<ResourceId, Primacy> primacies,
    List<FencingRecord> fencings,
    CertificateTrust trust) {
  /// The level that this version speaks.
  public static final int FEATURE_LEVEL = 1;

  /// Copies the collections.
  public ClusterState {
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    views = Collections.unmodifiableSortedMap(new TreeMap<>(views));
    instances = copyOfNested(instances);
    failCounts = copyOfNested(failCounts);
    attributes = copyOfNested(attributes);
    intents = Collections.unmodifiableSortedMap(new TreeMap<>(intents));
    primacies = Collections.unmodifiableSortedMap(new TreeMap<>(primacies));
    fencings = List.copyOf(fencings);
  }

  /// A cluster of which only the name is known.
  public static ClusterState initial(String clusterName) {
    return new ClusterState(
        FEATURE_LEVEL,
        LogPosition.NONE,
        0,
        "",
        ClusterConfiguration.empty(clusterName),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        CertificateTrust.FOUNDED);
  }

  /// Begins a state that differs from this one.
  public ClusterStateBuilder edit() {
    return new ClusterStateBuilder(this);
  }

  /// The status of a configured node.
  public Optional<NodeStatus> node(NodeId node) {
    return Optional.ofNullable(nodes.get(node));
  }

  /// Whether the node takes part in this life.
  public boolean online(NodeId node) {
    return node(node).map(NodeStatus::online).orElse(false);
  }

  /// Whether the node takes part in exactly that run of its daemon.
  public boolean onlineAs(NodeId node, Incarnation incarnation) {
    return node(node)
        .filter(NodeStatus::online)
        .filter(s -> s.incarnation().equals(incarnation))
        .isPresent();
  }

  /// Whether the node has been asked to leave.
  public boolean leaving(NodeId node) {
    return attribute(node, "shutdown").equals("on");
  }

  /// The value of a transient attribute; empty text if the node has none of that name.
  public String attribute(NodeId node, String name) {
    return attributes.getOrDefault(node, Collections.emptySortedMap()).getOrDefault(name, "");
  }

  /// Whether a node that the ring misses has told somebody who takes part that it lives and hears
  /// the log.
  public boolean vouchedFor(NodeId node) {
    return views.values().stream()
        .filter(r -> r.absent().get(node) == Absence.ALIVE)
        .anyMatch(r -> onlineAs(r.reporter(), r.incarnation()));
  }

  /// What is known of a resource on a node.
  public Optional<InstanceStatus> instance(ResourceId resource, NodeId node) {
    SortedMap<NodeId, InstanceStatus> byNode = instances.get(resource);
    return byNode == null ? Optional.empty() : Optional.ofNullable(byNode.get(node));
  }

  /// The intent in flight for an action, if any.
  public Optional<Intent> inFlight(Action action) {
    return intents.values().stream().filter(i -> i.action().equals(action)).findFirst();
  }

  private static <K extends Comparable<K>, L extends Comparable<L>, V>
      SortedMap<K, SortedMap<L, V>> copyOfNested(SortedMap<K, SortedMap<L, V>> outer) {
    SortedMap<K, SortedMap<L, V>> copy = new TreeMap<>();
    outer.forEach(
        (key, inner) -> copy.put(key, Collections.unmodifiableSortedMap(new TreeMap<>(inner))));
    return Collections.unmodifiableSortedMap(copy);
  }
}
