package dev.quorate.daemon.core;

import dev.quorate.consensus.LogPosition;
import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.Intent;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The hands of a node: executes the intents that the log holds for it, each at most once, and
/// keeps looking at what runs here.
///
/// At most once holds across restarts too: an intent names the daemon run that may execute it.
/// Results and deviating observations go back through the log and no other way.
final class LocalExecutor {
  private static final Duration MONITOR_TIMEOUT = Duration.ofSeconds(20);

  private final NodeId self;
  private final Incarnation incarnation;
  private final SortedMap<ResourceId, ResourceDefinition> open = new TreeMap<>();
  private final SortedSet<String> begun = new TreeSet<>();
  private final SortedMap<String, Action> running = new TreeMap<>();
  private final SortedSet<ResourceId> monitoring = new TreeSet<>();
  private final SortedSet<ResourceId> wanted = new TreeSet<>();
  private final SortedSet<ResourceId> scheduled = new TreeSet<>();
  private long highestTerm;

  LocalExecutor(NodeId self, Incarnation incarnation) {
    this.self = self;
    this.incarnation = incarnation;
  }

  /// The resources whose agents are open on this node.
  List<ResourceId> openResources() {
    return List.copyOf(open.keySet());
  }

  boolean idle() {
    return running.isEmpty();
  }

  /// Follows a new state. While `stopping`, nothing is begun and nothing is monitored.
  List<NodeEffect> stateApplied(ClusterState state, boolean stopping, Outbox outbox) {
    List<NodeEffect> effects = new ArrayList<>(followConfiguration(state));
    begun.removeIf(id -> !state.intents().containsKey(id) && !running.containsKey(id));
    if (stopping) {
      return effects;
    }
    // In the order of the log: of what is heard of at once the older term comes first.
    List<Intent> mine =
        state.intents().values().stream()
            .filter(i -> i.executor().equals(self) && i.incarnation().equals(incarnation))
            .filter(i -> begun.add(i.id()))
            .sorted(Comparator.comparing(Intent::position))
            .toList();
    for (Intent intent : mine) {
      effects.addAll(begin(intent, outbox));
    }
    for (ResourceId resource : open.keySet()) {
      effects.addAll(scheduleMonitor(state, resource));
    }
    for (ResourceId resource : List.copyOf(wanted)) {
      effects.addAll(monitor(state, resource));
    }
    return effects;
  }

  private List<NodeEffect> followConfiguration(ClusterState state) {
    List<NodeEffect> effects = new ArrayList<>();
    SortedMap<ResourceId, ResourceDefinition> configured = new TreeMap<>();
    if (state.configuration().hosts().contains(self)) {
      for (ResourceDefinition resource : state.configuration().resources()) {
        configured.put(resource.id(), resource);
      }
    }
    for (ResourceDefinition opened : List.copyOf(open.values())) {
      ResourceId id = opened.id();
      ResourceDefinition now = configured.get(id);
      if (busy(id) || (now != null && sameAgent(now, opened))) {
        continue;
      }
      open.remove(id);
      scheduled.remove(id);
      wanted.remove(id);
      effects.add(new NodeEffect.CloseInstance(id));
    }
    for (ResourceDefinition resource : configured.values()) {
      if (!open.containsKey(resource.id())) {
        open.put(resource.id(), resource);
        wanted.add(resource.id()); // it knows nothing of what runs before it has looked
        effects.add(new NodeEffect.OpenInstance(resource));
      }
    }
    return effects;
  }

  private static boolean sameAgent(ResourceDefinition a, ResourceDefinition b) {
    return a.agent().equals(b.agent())
        && a.parameters().equals(b.parameters())
        && a.form().equals(b.form());
  }

  private boolean busy(ResourceId resource) {
    return monitoring.contains(resource) || operating(resource);
  }

  /// Whether an operation of the resource is under way, or has ended and the state does not show
  /// it.
  boolean unsettled(ClusterState state, ResourceId resource) {
    return operating(resource) || intended(state, resource);
  }

  private boolean operating(ResourceId resource) {
    return running.values().stream()
        .anyMatch(a -> a instanceof Action.OperationAction op && op.resource().equals(resource));
  }

  /// The recurring monitor is due, and the node does not look now: it is armed again later.
  void monitorSkipped(ResourceId resource) {
    scheduled.remove(resource);
  }

  private List<NodeEffect> begin(Intent intent, Outbox outbox) {
    if (intent.term() < highestTerm) {
      OperationResult superseded =
          OperationResult.unknown("not begun: decided by a leader of an older term");
      return outbox.propose(
          "result " + intent.id(),
          new ClusterCommand.RecordResult(intent.id(), self, superseded),
          true);
    }
    highestTerm = intent.term();
    running.put(intent.id(), intent.action());
    return switch (intent.action()) {
      case Action.OperationAction _ -> List.of(new NodeEffect.RunOperation(intent));
      case Action.FenceAction(var target, var bootId, var reboot) ->
          List.of(
              new NodeEffect.Fence(
                  intent.id(),
                  FencingRequest.of(
                      intent.id(),
                      target,
                      bootId,
                      reboot ? FenceAction.REBOOT : FenceAction.OFF,
                      self.name())));
    };
  }

  /// An operation has ended: its result is proposed until it is committed.
  List<NodeEffect> operationFinished(NodeEvent.OperationFinished finished, Outbox outbox) {
    if (running.remove(finished.intentId()) == null) {
      return List.of();
    }
    return outbox.propose(
        "result " + finished.intentId(),
        new ClusterCommand.RecordResult(finished.intentId(), self, finished.result()),
        true);
  }

  /// The action of a fencing that has ended, if it was ours.
  Optional<Action.FenceAction> fencingFinished(String intentId) {
    return running.remove(intentId) instanceof Action.FenceAction fence
        ? Optional.of(fence)
        : Optional.empty();
  }

  /// The recurring monitor is due, or an agent wants one now.
  List<NodeEffect> monitorWanted(ClusterState state, ResourceId resource, boolean byTimer) {
    if (byTimer) {
      scheduled.remove(resource);
    }
    if (!open.containsKey(resource)) {
      return List.of();
    }
    wanted.add(resource);
    return monitor(state, resource);
  }

  private List<NodeEffect> monitor(ClusterState state, ResourceId resource) {
    ResourceDefinition definition = open.get(resource);
    if (definition == null || busy(resource) || intended(state, resource)) {
      return List.of();
    }
    // It stays wanted until it is known, by an order of the leader or, after a restart, by what is
    // read next.
    InstanceStatus status = state.instance(resource, self).orElse(null);
    if (status == null || status.certainty() == InstanceStatus.Certainty.UNKNOWN) {
      return List.of();
    }
    wanted.remove(resource);
    monitoring.add(resource);
    Duration timeout =
        definition.operations().stream()
            .filter(o -> o.kind() == OperationKind.MONITOR)
            .map(OperationDefinition::timeout)
            .min(Duration::compareTo)
            .orElse(MONITOR_TIMEOUT);
    return List.of(new NodeEffect.RunMonitor(resource, state.position(), timeout));
  }

  private boolean intended(ClusterState state, ResourceId resource) {
    return state.intents().values().stream()
        .anyMatch(i ->
            i.action() instanceof Action.OperationAction(_, var r, var node)
                && r.equals(resource)
                && node.equals(self));
  }

  /// A monitor has ended: only what differs from the agreed state is worth the log.
  List<NodeEffect> monitorFinished(
      NodeEvent.MonitorFinished finished, ClusterState state, Outbox outbox) {
    ResourceId resource = finished.resource();
    monitoring.remove(resource);
    List<NodeEffect> effects = new ArrayList<>(scheduleMonitor(state, resource));
    InstanceStatus status = state.instance(resource, self).orElse(null);
    if (status == null || intended(state, resource)) {
      return effects;
    }
    OperationResult result = finished.result();
    if (result.status() == OperationResult.Status.UNKNOWN) {
      result = OperationResult.failed(1, status.role(), result.reason());
    }
    if (differs(status, result) && !finished.seen().equals(LogPosition.NONE)) {
      effects.addAll(
          outbox.propose(
              "observe " + resource,
              new ClusterCommand.ReportObservation(
                  self, incarnation, resource, finished.seen(), result),
              false));
    }
    return effects;
  }

  private static boolean differs(InstanceStatus status, OperationResult result) {
    return switch (status.certainty()) {
      case UNKNOWN -> false;
      case KNOWN ->
          result.status() == OperationResult.Status.FAILED || result.observed() != status.role();
      case FAILED, BLOCKED -> result.observed() != status.role();
    };
  }

  private List<NodeEffect> scheduleMonitor(ClusterState state, ResourceId resource) {
    ResourceDefinition definition = open.get(resource);
    if (definition == null || scheduled.contains(resource) || monitoring.contains(resource)) {
      return List.of();
    }
    Role role = state.instance(resource, self).map(InstanceStatus::role).orElse(Role.STOPPED);
    if (!role.active()) {
      return List.of();
    }
    Optional<Duration> interval =
        definition.operations().stream()
            .filter(o -> o.kind() == OperationKind.MONITOR && !o.interval().isZero())
            .filter(o -> o.role() == role || o.role() == Role.STARTED)
            .map(OperationDefinition::interval)
            .min(Duration::compareTo);
    if (interval.isEmpty()) {
      return List.of();
    }
    scheduled.add(resource);
    NodeTimer timer = new NodeTimer(NodeTimer.Purpose.MONITOR, resource.name());
    return List.of(new NodeEffect.SetTimer(timer, interval.get()));
  }

  /// Whether anything runs, or may run, on this node.
  boolean anythingActive(ClusterState state) {
    return !running.isEmpty()
        || open.keySet().stream()
            .anyMatch(r ->
                state
                    .instance(r, self)
                    .map(
                        s -> s.role().active() || s.certainty() == InstanceStatus.Certainty.UNKNOWN)
                    .orElse(false));
  }
}
