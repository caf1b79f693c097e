package dev.quorate.resource.core.state;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.CertificateTrust;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.Intent;
import dev.quorate.resource.LeftAlone;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.NodeStatus.Verdict;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.ViewReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The state while one command is applied to it; notes what changes. Thrown away if the command is
/// refused.
final class Draft {
  /// What a monitor says of what does not run.
  private static final int NOT_RUNNING = 7;

  private static final int MAX_FENCINGS = 50;

  final LogPosition position;
  final long wallMillis;
  final int featureLevel;
  final SortedMap<NodeId, ViewReport> views;
  final SortedMap<NodeId, SortedMap<String, String>> attributes = new TreeMap<>();

  private final SortedMap<NodeId, NodeStatus> nodes;
  private final SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances =
      new TreeMap<>();
  private final SortedMap<ResourceId, SortedMap<NodeId, FailCount>> failCounts = new TreeMap<>();
  private final SortedMap<String, Intent> intents;
  private final SortedMap<ResourceId, Primacy> primacies;
  private final List<FencingRecord> fencings;
  private final List<ClusterChange> changes = new ArrayList<>();
  private ClusterConfiguration configuration;
  private String lastChangeBy;
  private CertificateTrust trust;

  Draft(ClusterState state, LogPosition position, long wallMillis) {
    this.position = position;
    this.wallMillis = Math.max(state.wallMillis(), wallMillis);
    this.featureLevel = state.featureLevel();
    this.configuration = state.configuration();
    this.lastChangeBy = state.lastChangeBy();
    this.trust = state.trust();
    this.nodes = new TreeMap<>(state.nodes());
    this.views = new TreeMap<>(state.views());
    state.instances().forEach((id, byNode) -> instances.put(id, new TreeMap<>(byNode)));
    state.failCounts().forEach((id, byNode) -> failCounts.put(id, new TreeMap<>(byNode)));
    state.attributes().forEach((node, byName) -> attributes.put(node, new TreeMap<>(byName)));
    this.intents = new TreeMap<>(state.intents());
    this.primacies = new TreeMap<>(state.primacies());
    this.fencings = new ArrayList<>(state.fencings());
  }

  /// The state after a command that changed nothing.
  static ClusterState untouched(ClusterState state, LogPosition position, long wallMillis) {
    return state.edit().after(position, wallMillis).build();
  }

  ClusterState build() {
    return new ClusterState(
        featureLevel,
        position,
        wallMillis,
        lastChangeBy,
        configuration,
        nodes,
        views,
        instances,
        failCounts,
        attributes,
        intents,
        primacies,
        fencings,
        trust);
  }

  static CommandAnswer accepted() {
    return new CommandAnswer.Accepted("");
  }

  static CommandAnswer accepted(String note) {
    return new CommandAnswer.Accepted(note);
  }

  static CommandAnswer refused(String code, String message, String hint) {
    return new CommandAnswer.Refused(code, message, hint);
  }

  List<ClusterChange> changes() {
    return changes;
  }

  void note(ClusterChange change) {
    changes.add(change);
  }

  // Certificates.

  CertificateTrust trust() {
    return trust;
  }

  void trust(CertificateTrust next) {
    trust = next;
  }

  void trust(CertificateTrust next, String text, String client) {
    trust = next;
    note(new ClusterChange.TrustChanged(text, client));
  }

  // Configuration.

  ClusterConfiguration configuration() {
    return configuration;
  }

  void configure(ClusterConfiguration changed, String client) {
    configuration = changed;
    lastChangeBy = client;
    note(new ClusterChange.ConfigurationChanged(changed.version(), client));
  }

  /// Whether an operator does as they like with a resource on a node: what is stopped there may be
  /// started by somebody who does not ask the cluster.
  boolean leftAlone(ResourceId resource, NodeId node) {
    return primitive(resource).flatMap(r -> LeftAlone.of(configuration, r, node)).isPresent();
  }

  /// A resource by its own id, as actions name it.
  Optional<ResourceDefinition> primitive(ResourceId id) {
    return configuration.resource(id).filter(r -> r.id().equals(id));
  }

  // Nodes.

  Optional<NodeStatus> node(NodeId node) {
    return Optional.ofNullable(nodes.get(node));
  }

  Presence presence(NodeId node) {
    return node(node).map(NodeStatus::presence).orElse(Presence.NEVER_SEEN);
  }

  /// Whether a node may run something.
  boolean partakes(NodeId node) {
    return switch (presence(node)) {
      case ONLINE, DAEMON_GONE, LOST -> true;
      case NEVER_SEEN, LEFT, FENCED -> false;
    };
  }

  boolean online(NodeId node) {
    return node(node).map(NodeStatus::online).orElse(false);
  }

  boolean onlineAs(NodeId node, Incarnation incarnation) {
    return node(node)
        .filter(NodeStatus::online)
        .filter(s -> s.incarnation().equals(incarnation))
        .isPresent();
  }

  boolean onlineInBoot(NodeId node, String bootId) {
    return node(node)
        .filter(NodeStatus::online)
        .filter(s -> s.incarnation().bootId().equals(bootId))
        .isPresent();
  }

  SortedMap<NodeId, NodeStatus> nodes() {
    return nodes;
  }

  void setNode(NodeId node, NodeStatus status) {
    NodeStatus before = nodes.put(node, status);
    if (!status.equals(before)) {
      Presence presence = before == null ? Presence.NEVER_SEEN : before.presence();
      note(new ClusterChange.NodeChanged(node, presence, status));
    }
  }

  /// Changes the presence of a node that is in the state, within the same life.
  void setPresence(NodeId node, Presence presence, String reason, Verdict verdict) {
    NodeStatus before = node(node).orElseThrow();
    LogPosition since = before.presence() == presence ? before.since() : position;
    setNode(node, new NodeStatus(presence, before.incarnation(), since, reason, verdict));
  }

  /// Forgets everything about a node.
  void removeNode(NodeId node) {
    nodes.remove(node);
    views.remove(node);
    attributes.remove(node);
    instances.values().forEach(byNode -> byNode.remove(node));
    forgetFailures(_ -> true, node::equals);
    dropIntents(i -> concerns(i, node), "its node was removed");
  }

  // Instances.

  Optional<InstanceStatus> instance(ResourceId resource, NodeId node) {
    return Optional.ofNullable(instancesOf(resource).get(node));
  }

  SortedMap<NodeId, InstanceStatus> instancesOf(ResourceId resource) {
    return instances.getOrDefault(resource, new TreeMap<>());
  }

  /// Records what an instance is; the same again is no change and keeps its position.
  void setInstance(
      ResourceId resource, NodeId node, Role role, Certainty certainty, int code, String reason) {
    Optional<InstanceStatus> before = instance(resource, node);
    InstanceStatus after =
        witness(node)
            ? new InstanceStatus(Role.STOPPED, Certainty.KNOWN, NOT_RUNNING, "", position)
            : new InstanceStatus(role, certainty, code, reason, position);
    boolean same =
        before
            .map(b -> new InstanceStatus(b.role(), b.certainty(), b.code(), b.reason(), position))
            .filter(after::equals)
            .isPresent();
    if (!same) {
      instances.computeIfAbsent(resource, _ -> new TreeMap<>()).put(node, after);
      Role was = before.map(InstanceStatus::role).orElse(Role.STOPPED);
      note(new ClusterChange.InstanceChanged(resource, node, was, after));
      if (!PrimacyRules.unpromoted(after)) {
        ElectionRules.forgetVote(this, resource, node);
      }
    }
  }

  /// Whether nothing ever runs on the node: nobody looks there.
  private boolean witness(NodeId node) {
    NodeDefinition definition = configuration.nodes().get(node);
    return definition != null && definition.witness();
  }

  /// Says that an instance must be looked at, whatever it was; keeps its role as a suspicion.
  void distrust(ResourceId resource, NodeId node, String reason) {
    InstanceStatus before =
        instance(resource, node)
            .orElse(new InstanceStatus(Role.STOPPED, Certainty.UNKNOWN, 0, "", position));
    setInstance(resource, node, before.role(), Certainty.UNKNOWN, before.code(), reason);
  }

  void distrustAll(NodeId node, String reason) {
    configuration.resources().forEach(r -> distrust(r.id(), node, reason));
  }

  void removeResource(ResourceId resource) {
    instances.remove(resource);
    failCounts.remove(resource);
    primacies.remove(resource);
  }

  // Failures.

  Optional<FailCount> failures(ResourceId resource, NodeId node) {
    return Optional.ofNullable(failCounts.getOrDefault(resource, new TreeMap<>()).get(node));
  }

  void setFailures(ResourceId resource, NodeId node, FailCount count) {
    failCounts.computeIfAbsent(resource, _ -> new TreeMap<>()).put(node, count);
    note(new ClusterChange.FailureCounted(resource, node, count));
  }

  void forgetFailures(Predicate<ResourceId> resource, Predicate<NodeId> node) {
    failCounts.forEach((id, byNode) -> {
      if (resource.test(id)) {
        byNode.keySet().removeIf(node);
      }
    });
    failCounts.values().removeIf(byNode -> byNode.isEmpty());
  }

  // Intents.

  List<Intent> intents() {
    return List.copyOf(intents.values());
  }

  Optional<Intent> intent(String id) {
    return Optional.ofNullable(intents.get(id));
  }

  /// The operation in flight for an instance.
  Optional<Intent> operationOn(ResourceId resource, NodeId node) {
    return intents.values().stream()
        .filter(i ->
            i.action() instanceof Action.OperationAction(_, var r, var n)
                && r.equals(resource)
                && n.equals(node))
        .findFirst();
  }

  /// The attempt in flight to end a life.
  Optional<Intent> fenceOf(NodeId node, String bootId) {
    return intents.values().stream()
        .filter(i ->
            i.action() instanceof Action.FenceAction(var n, var boot, _)
                && n.equals(node)
                && boot.equals(bootId))
        .findFirst();
  }

  void begin(Intent intent) {
    intents.put(intent.id(), intent);
    note(new ClusterChange.IntentBegun(intent));
  }

  void finish(Intent intent) {
    intents.remove(intent.id());
  }

  List<Intent> dropIntents(Predicate<Intent> condition, String reason) {
    List<Intent> dropped = intents.values().stream().filter(condition).toList();
    for (Intent intent : dropped) {
      intents.remove(intent.id());
      note(new ClusterChange.IntentDropped(intent, reason));
    }
    return dropped;
  }

  /// Whether an intent is executed by a node or is an operation on it.
  static boolean concerns(Intent intent, NodeId node) {
    return intent.executor().equals(node)
        || (intent.action() instanceof Action.OperationAction op && op.node().equals(node));
  }

  // Primacy.

  Optional<Primacy> primacy(ResourceId resource) {
    return Optional.ofNullable(primacies.get(resource));
  }

  List<Primacy> primacies() {
    return List.copyOf(primacies.values());
  }

  void setPrimacy(Primacy after) {
    Primacy before = primacies.put(after.resource(), after);
    if (!after.equals(before)) {
      note(
          new ClusterChange.PrimacyChanged(
              before == null ? Primacy.initial(after.resource()) : before, after));
    }
  }

  void removePrimacy(ResourceId resource) {
    primacies.remove(resource);
  }

  /// Records that everything that a life of a node held is released.
  void releaseAll(NodeId node, String bootId, Holder.Proof proof) {
    for (Primacy primacy : primacies()) {
      if (primacy.heldBy(node, bootId)) {
        setPrimacy(Primacies.withHolder(primacy, new Holder.Released(node, bootId, proof, 0, 0)));
      }
    }
  }

  // Fencing.

  void addFencing(FencingRecord outcome) {
    fencings.add(outcome);
    while (fencings.size() > MAX_FENCINGS) {
      fencings.removeFirst();
    }
    note(new ClusterChange.FencingRecorded(outcome));
  }
}
