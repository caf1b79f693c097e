package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NoQuorumPolicy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Phase 1: what may be done with each node and each resource, before anyone asks where it should
/// be.
///
/// @param nodes every configured node
/// @param resources every resource by the primitive's id
/// @param order the resources in the order in which they choose
public record Eligibility(
    ClusterState state,
    boolean quorate,
    SortedMap<NodeId, Standing> nodes,
    SortedMap<ResourceId, Candidate> resources,
    List<ResourceId> order) {

  /// A resource that wants a place.
  ///
  /// @param limit the highest role that it may have anywhere
  /// @param managed whether it may be touched
  /// @param reason why it is limited or not managed; empty if it is neither
  /// @param remedy the command that would change it, or empty
  /// @param instances one for each configured node
  public record Candidate(
      ResourceDefinition definition,
      Role limit,
      boolean managed,
      String reason,
      String remedy,
      SortedMap<NodeId, Instance> instances) {
    /// Copies the map.
    public Candidate {
      instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
    }

    /// The resource's own id.
    public ResourceId id() {
      return definition.id();
    }

    /// The role of an active instance that is not promoted.
    Role base() {
      return definition.promotable() ? Role.UNPROMOTED : Role.STARTED;
    }

    /// What is assumed of a node.
    public Instance instance(NodeId node) {
      Instance instance = instances.get(node);
      return instance != null
          ? instance
          : new Instance(
              node, Role.STOPPED, Instance.Footing.SETTLED, Optional.empty(), "not configured");
    }
  }

  /// Copies the collections.
  public Eligibility {
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    resources = Collections.unmodifiableSortedMap(new TreeMap<>(resources));
    order = List.copyOf(order);
  }

  /// What may be done with a node.
  public Standing standing(NodeId node) {
    Standing standing = nodes.get(node);
    return standing != null
        ? standing
        : new Standing(node, Standing.Kind.ABSENT, "not configured", "");
  }

  /// The resource that an id or a clone's id names.
  public Optional<Candidate> find(ResourceId name) {
    return state.configuration().resource(name).map(r -> resources.get(r.id()));
  }

  /// Whether the instances have data to lose, so that a grant decides who is promoted.
  public boolean hasData(ResourceId resource) {
    return state.primacies().containsKey(resource);
  }

  /// Whether some instance that can be asked has not said what it is.
  boolean unprobed(Candidate candidate) {
    return candidate.instances().values().stream()
        .anyMatch(i -> i.footing() == Instance.Footing.UNKNOWN && standing(i.node()).acts());
  }

  Settings settings() {
    return Settings.of(state.configuration());
  }

  /// Whether the plan may start things.
  boolean mayStart() {
    return quorate || settings().withoutQuorum() == NoQuorumPolicy.IGNORE;
  }

  ResourceOptions options(ResourceDefinition resource) {
    return ResourceOptions.of(state.configuration(), resource);
  }

  /// One line for each node and each instance.
  public String text() {
    StringBuilder text = new StringBuilder();
    nodes.values().forEach(s -> text.append("node ").append(s).append('\n'));
    for (Candidate candidate : resources.values()) {
      text.append("resource ").append(candidate.definition().publicId());
      if (!candidate.reason().isEmpty()) {
        text.append(": ").append(candidate.reason());
      }
      text.append('\n');
      candidate.instances().values().forEach(i -> text.append("  ").append(i).append('\n'));
    }
    return text.toString();
  }
}
