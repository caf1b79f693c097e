package dev.quorate.resource;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import java.util.List;
import java.util.SortedMap;

/// A state that differs from another in some of its parts. The parts are copied when it is built.
///
/// Not thread-safe.
public final class ClusterStateBuilder {
  private final ClusterState from;
  private int featureLevel;
  private LogPosition position;
  private long wallMillis;
  private ClusterConfiguration configuration;
  private SortedMap<NodeId, NodeStatus> nodes;
  private SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances;
  private SortedMap<ResourceId, SortedMap<NodeId, FailCount>> failCounts;
  private SortedMap<NodeId, SortedMap<String, String>> attributes;
  private SortedMap<String, Intent> intents;
  private SortedMap<ResourceId, Primacy> primacies;
  private List<FencingRecord> fencings;

  ClusterStateBuilder(ClusterState from) {
    this.from = from;
    this.featureLevel = from.featureLevel();
    this.position = from.position();
    this.wallMillis = from.wallMillis();
    this.configuration = from.configuration();
    this.nodes = from.nodes();
    this.instances = from.instances();
    this.failCounts = from.failCounts();
    this.attributes = from.attributes();
    this.intents = from.intents();
    this.primacies = from.primacies();
    this.fencings = from.fencings();
  }

  /// The level of commands that every node must understand.
  public ClusterStateBuilder featureLevel(int level) {
    featureLevel = level;
    return this;
  }

  /// The last command applied, and its time in milliseconds; time never goes back.
  public ClusterStateBuilder after(LogPosition last, long millis) {
    position = last;
    wallMillis = Math.max(from.wallMillis(), millis);
    return this;
  }

  /// Another configuration.
  public ClusterStateBuilder configuration(ClusterConfiguration other) {
    configuration = other;
    return this;
  }

  /// Other statuses of nodes.
  public ClusterStateBuilder nodes(SortedMap<NodeId, NodeStatus> other) {
    nodes = other;
    return this;
  }

  /// Other knowledge of resources.
  public ClusterStateBuilder instances(
      SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> other) {
    instances = other;
    return this;
  }

  /// Other counts of failures.
  public ClusterStateBuilder failCounts(SortedMap<ResourceId, SortedMap<NodeId, FailCount>> other) {
    failCounts = other;
    return this;
  }

  /// Other transient attributes.
  public ClusterStateBuilder attributes(SortedMap<NodeId, SortedMap<String, String>> other) {
    attributes = other;
    return this;
  }

  /// Other intents in flight.
  public ClusterStateBuilder intents(SortedMap<String, Intent> other) {
    intents = other;
    return this;
  }

  /// Other primacies.
  public ClusterStateBuilder primacies(SortedMap<ResourceId, Primacy> other) {
    primacies = other;
    return this;
  }

  /// Other fencings, the newest last.
  public ClusterStateBuilder fencings(List<FencingRecord> other) {
    fencings = other;
    return this;
  }

  /// The state.
  public ClusterState build() {
    return new ClusterState(
        featureLevel,
        position,
        wallMillis,
        from.lastChangeBy(),
        configuration,
        nodes,
        from.views(),
        instances,
        failCounts,
        attributes,
        intents,
        primacies,
        fencings,
        from.trust());
  }
}
