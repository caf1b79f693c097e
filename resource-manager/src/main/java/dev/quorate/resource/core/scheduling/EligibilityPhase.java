package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NoQuorumPolicy;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.OnFail;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Instance.Footing;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Makes phase 1 from a state: reads presence, attributes, results and operations in flight.
final class EligibilityPhase {
  private final ClusterState state;
  private final boolean quorate;
  private final Settings settings;

  private EligibilityPhase(ClusterState state, boolean quorate) {
    this.state = state;
    this.quorate = quorate;
    this.settings = Settings.of(state.configuration());
  }

  static Eligibility of(ClusterState state, boolean quorate) {
    return new EligibilityPhase(state, quorate).eligibility();
  }

  private Eligibility eligibility() {
    SortedMap<NodeId, Standing> nodes = new TreeMap<>();
    for (NodeDefinition node : state.configuration().nodes().values()) {
      nodes.put(node.id(), standing(node));
    }
    SortedMap<ResourceId, Candidate> resources = new TreeMap<>();
    for (ResourceDefinition resource : state.configuration().resources()) {
      resources.put(resource.id(), candidate(resource, nodes));
    }
    List<ResourceId> order =
        state.configuration().resources().stream()
            .sorted(
                Comparator.comparingInt(
                    r -> -ResourceOptions.of(state.configuration(), r).priority()))
            .map(ResourceDefinition::id)
            .toList();
    return new Eligibility(state, quorate, nodes, resources, order);
  }

  private boolean mayFence() {
    return settings.fencing()
        && !settings.maintenance()
        && state.configuration().resources().stream()
            .anyMatch(r -> ResourceOptions.of(state.configuration(), r).managed())
        && (quorate || settings.withoutQuorum() == NoQuorumPolicy.IGNORE);
  }

  private Standing standing(NodeDefinition node) {
    NodeId id = node.id();
    NodeStatus status = state.nodes().get(id);
    if (status == null) {
      return new Standing(id, Standing.Kind.ABSENT, "was never seen", "");
    }
    if (node.witness() && status.verdict() == NodeStatus.Verdict.NONE) {
      return new Standing(id, Standing.Kind.ABSENT, "is a witness: it only votes", "");
    }
    return switch (status.presence()) {
      case NEVER_SEEN ->
          new Standing(id, Standing.Kind.ABSENT, "was never seen", "hactl cluster token " + id);
      case LEFT ->
          new Standing(
              id, Standing.Kind.ABSENT, "has left the cluster", "hactl cluster start " + id);
      case FENCED ->
          new Standing(
              id, Standing.Kind.ABSENT, "was fenced", "boot " + id + ", systemctl start quorate");
      case DAEMON_GONE ->
          new Standing(
              id,
              Standing.Kind.FROZEN,
              state.vouchedFor(id)
                  ? "the ring does not hear it; what runs there is left alone"
                  : "its daemon is away; what runs there is left alone",
              "on " + id + ": systemctl start quorate");
      case LOST -> lost(id, status.verdict());
      case ONLINE -> online(node);
    };
  }

  private Standing lost(NodeId id, NodeStatus.Verdict verdict) {
    String confirm = "hactl stonith confirm " + id;
    boolean asked = verdict == NodeStatus.Verdict.REBOOT || verdict == NodeStatus.Verdict.OFF;
    if (mayFence() || (asked && quorate)) {
      return new Standing(id, Standing.Kind.CONDEMNED, "is lost and must be fenced", confirm);
    }
    String why =
        !settings.fencing()
            ? "fencing is off (stonith-enabled)"
            : settings.maintenance()
                ? "the cluster is in maintenance mode"
                : quorate ? "nothing is managed" : "there is no quorum";
    return new Standing(id, Standing.Kind.UNCLEAN, "is lost and cannot be fenced: " + why, confirm);
  }

  private Standing online(NodeDefinition node) {
    NodeId id = node.id();
    if (mayFence()) {
      for (ResourceDefinition resource : state.configuration().resources()) {
        Optional<String> reason = condemned(resource, id);
        if (reason.isPresent() && ResourceOptions.of(state.configuration(), resource).managed()) {
          return new Standing(
              id, Standing.Kind.CONDEMNED, reason.get(), "hactl resource cleanup " + resource.id());
        }
      }
    }
    if (node.maintenance()) {
      return new Standing(
          id,
          Standing.Kind.MAINTENANCE,
          "is in maintenance: what runs there is left alone",
          "hactl node unmaintenance " + id);
    }
    if (node.standby()) {
      return new Standing(id, Standing.Kind.STANDBY, "is on standby", "hactl node unstandby " + id);
    }
    String shutdown =
        state
            .attributes()
            .getOrDefault(id, Collections.emptySortedMap())
            .getOrDefault("shutdown", "0");
    if (!shutdown.equals("0")) {
      return new Standing(
          id, Standing.Kind.STANDBY, "is shutting down", "hactl cluster start " + id);
    }
    return new Standing(id, Standing.Kind.USABLE, "", "");
  }

  /// Why a node that is online must be fenced for a resource, if it must: something there could not
  /// be stopped, or its failure was configured to.
  private Optional<String> condemned(ResourceDefinition resource, NodeId node) {
    Optional<InstanceStatus> status = state.instance(resource.id(), node);
    if (status.isEmpty()) {
      return Optional.empty();
    }
    OnFail onFail = onFail(resource, node);
    return switch (status.get().certainty()) {
      case BLOCKED ->
          lastFailed(resource, node).equals(Optional.of(OperationKind.STOP))
                  && onFail == OnFail.FENCE
              ? Optional.of(resource.publicId() + " could not be stopped: " + status.get().reason())
              : Optional.empty();
      case FAILED ->
          onFail == OnFail.FENCE
              ? Optional.of(resource.publicId() + " failed and asks for it (on-fail=fence)")
              : Optional.empty();
      case UNKNOWN, KNOWN -> Optional.empty();
    };
  }

  /// A stop in doubt has not failed yet: what is then found counts as any monitor does.
  private Optional<OperationKind> lastFailed(ResourceDefinition resource, NodeId node) {
    SortedMap<NodeId, FailCount> byNode = state.failCounts().get(resource.id());
    return byNode == null
        ? Optional.empty()
        : Optional.ofNullable(byNode.get(node))
            .map(f -> f.stopsInDoubt() == 1 ? OperationKind.MONITOR : f.operation());
  }

  /// What the last failed operation calls for. A failed stop calls for fencing unless configured
  /// otherwise.
  private OnFail onFail(ResourceDefinition resource, NodeId node) {
    OperationKind kind = lastFailed(resource, node).orElse(OperationKind.MONITOR);
    Optional<OnFail> configured =
        resource.operations().stream()
            .filter(o -> o.kind() == kind)
            .map(OperationDefinition::onFail)
            .max(Comparator.naturalOrder());
    if (kind != OperationKind.STOP) {
      return configured.orElse(OnFail.RESTART);
    }
    return configured.filter(f -> f == OnFail.BLOCK || f == OnFail.IGNORE).orElse(OnFail.FENCE);
  }

  private Candidate candidate(ResourceDefinition resource, SortedMap<NodeId, Standing> nodes) {
    ResourceOptions options = ResourceOptions.of(state.configuration(), resource);
    SortedMap<NodeId, Instance> instances = new TreeMap<>();
    boolean stopped = false;
    for (Standing standing : nodes.values()) {
      Instance instance = instance(resource, standing);
      instances.put(standing.node(), instance);
      stopped |=
          instance.footing() == Footing.FAILED && onFail(resource, standing.node()) == OnFail.STOP;
    }
    String name = resource.publicId().name();
    if (settings.maintenance()) {
      return new Candidate(
          resource,
          options.limit(),
          false,
          "the cluster is in maintenance mode",
          "hactl property set maintenance-mode=false",
          instances);
    }
    if (!options.managed()) {
      return new Candidate(
          resource,
          options.limit(),
          false,
          "it is not managed (is-managed, maintenance)",
          "hactl resource manage " + name,
          instances);
    }
    if (settings.stopAll()) {
      return limited(
          resource,
          instances,
          "everything is to be stopped (stop-all-resources)",
          "hactl property set stop-all-resources=false");
    }
    if (options.limit() == Role.STOPPED) {
      return limited(
          resource, instances, "it is disabled (target-role)", "hactl resource enable " + name);
    }
    if (stopped) {
      return limited(
          resource, instances, "it failed (on-fail=stop)", "hactl resource cleanup " + name);
    }
    Optional<Role> most = quorate ? Optional.empty() : withoutQuorum(resource);
    if (most.isPresent()) {
      return new Candidate(
          resource,
          most.get(),
          true,
          "there is no quorum (no-quorum-policy=" + settings.withoutQuorum().word() + ")",
          "hactl cluster start --all",
          instances);
    }
    String reason =
        options.limit() == Role.UNPROMOTED ? "it must not be promoted (target-role)" : "";
    return new Candidate(
        resource,
        options.limit(),
        true,
        reason,
        reason.isEmpty() ? "" : "hactl resource meta " + name + " target-role=Promoted",
        instances);
  }

  /// The most that the policy leaves of a resource without quorum, if it takes anything.
  private Optional<Role> withoutQuorum(ResourceDefinition resource) {
    return switch (settings.withoutQuorum()) {
      case STOP, FENCE -> Optional.of(Role.STOPPED);
      case DEMOTE -> Optional.of(resource.promotable() ? Role.UNPROMOTED : Role.STOPPED);
      case FREEZE, IGNORE -> Optional.empty();
    };
  }

  private static Candidate limited(
      ResourceDefinition resource,
      SortedMap<NodeId, Instance> instances,
      String reason,
      String remedy) {
    return new Candidate(resource, Role.STOPPED, true, reason, remedy, instances);
  }

  private Instance instance(ResourceDefinition resource, Standing standing) {
    NodeId node = standing.node();
    if (standing.kind() == Standing.Kind.ABSENT) {
      return new Instance(node, Role.STOPPED, Footing.SETTLED, Optional.empty(), standing.reason());
    }
    Optional<OperationKind> flight = flight(resource.id(), node);
    Optional<InstanceStatus> known = state.instance(resource.id(), node);
    if (known.isEmpty()) {
      return new Instance(node, Role.STOPPED, Footing.UNKNOWN, flight, "was never probed");
    }
    InstanceStatus status = known.get();
    Role role = role(resource, status.role());
    String reason = status.reason();
    return switch (status.certainty()) {
      case UNKNOWN -> new Instance(node, role, Footing.UNKNOWN, flight, "is not known: probe");
      case BLOCKED -> new Instance(node, role, Footing.BLOCKED, flight, reason);
      case FAILED ->
          switch (onFail(resource, node)) {
            case IGNORE -> new Instance(node, role, Footing.SETTLED, flight, reason);
            case BLOCK -> new Instance(node, role, Footing.BLOCKED, flight, reason);
            case STOP, RESTART, FENCE -> new Instance(node, role, Footing.FAILED, flight, reason);
          };
      case KNOWN -> settled(resource, node, role, flight);
    };
  }

  private static Instance settled(
      ResourceDefinition resource, NodeId node, Role role, Optional<OperationKind> flight) {
    if (flight.isEmpty()) {
      return new Instance(node, role, Footing.SETTLED, flight, "");
    }
    return switch (flight.get()) {
      case MONITOR, RELOAD -> new Instance(node, role, Footing.SETTLED, flight, "");
      case START ->
          new Instance(
              node,
              role.active() ? role : role(resource, Role.STARTED),
              Footing.PENDING,
              flight,
              "is starting");
      case PROMOTE -> new Instance(node, Role.PROMOTED, Footing.PENDING, flight, "is promoting");
      case STOP -> new Instance(node, role, Footing.PENDING, flight, "is stopping");
      case DEMOTE -> new Instance(node, Role.PROMOTED, Footing.PENDING, flight, "is demoting");
    };
  }

  private static Role role(ResourceDefinition resource, Role role) {
    return switch (role) {
      case STOPPED -> Role.STOPPED;
      case STARTED, UNPROMOTED -> resource.promotable() ? Role.UNPROMOTED : Role.STARTED;
      case PROMOTED -> resource.promotable() ? Role.PROMOTED : Role.STARTED;
    };
  }

  private Optional<OperationKind> flight(ResourceId resource, NodeId node) {
    for (Intent intent : state.intents().values()) {
      if (intent.action() instanceof OperationAction(var kind, var id, var where)
          && id.equals(resource)
          && where.equals(node)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
