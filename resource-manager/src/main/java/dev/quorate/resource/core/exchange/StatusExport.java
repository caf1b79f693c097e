package dev.quorate.resource.core.exchange;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.cib.CibStatus;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What was seen of the live cluster, as nodes, attributes and the last results of operations.
final class StatusExport {
  private static final String PROMOTION = "promotion-";

  private final ClusterState state;
  private final Predicate<String> hidden;
  private final String featureSet;
  private final Identifiers identifiers = new Identifiers();
  private final Optional<NodeId> fencer;

  StatusExport(ClusterState state, Predicate<String> hidden, String featureSet) {
    this.state = state;
    this.hidden = hidden;
    this.featureSet = featureSet;
    this.fencer = state.configuration().nodes().keySet().stream().filter(state::online).findFirst();
  }

  CibStatus status() {
    List<NodeState> nodes = new ArrayList<>();
    for (NodeId node : state.configuration().nodes().keySet()) {
      state.node(node).ifPresent(status -> nodes.add(node(node, status)));
    }
    return new CibStatus(nodes, List.of());
  }

  private NodeState node(NodeId node, NodeStatus status) {
    boolean there =
        status.presence() == Presence.ONLINE || status.presence() == Presence.DAEMON_GONE;
    boolean expected = there || status.unclean();
    SortedMap<String, String> element = new TreeMap<>();
    element.put("in_ccm", Boolean.toString(there));
    element.put("crmd", there ? "online" : "offline");
    element.put("join", expected ? "member" : "down");
    element.put("expected", expected ? "member" : "down");
    return new NodeState(
        node.name(),
        node.name(),
        element,
        identifiers.blocks("status-" + node, attributes(node, status)),
        List.of(),
        history(node, status));
  }

  private SortedMap<String, String> attributes(NodeId node, NodeStatus status) {
    SortedMap<String, String> attributes = new TreeMap<>();
    for (ResourceDefinition resource : state.configuration().resources()) {
      instance(resource, node).ifPresent(i -> promotion(resource, i, attributes));
      failures(resource, node, attributes);
    }
    for (Map.Entry<String, String> entry :
        state.attributes().getOrDefault(node, Collections.emptySortedMap()).entrySet()) {
      String name = entry.getKey();
      attributes.put(
          name.startsWith(PROMOTION)
              ? Words.PROMOTION_SCORE + name.substring(PROMOTION.length())
              : name,
          name.equals("shutdown") ? Long.toString(state.wallMillis() / 1000) : entry.getValue());
    }
    if (status.presence() == Presence.DAEMON_GONE) {
      attributes.put("maintenance", "true");
    }
    if (status.verdict() != NodeStatus.Verdict.NONE && expectedUp(status)) {
      attributes.put("terminate", "true");
    }
    return attributes;
  }

  private static boolean expectedUp(NodeStatus status) {
    return switch (status.presence()) {
      case ONLINE, DAEMON_GONE, LOST -> true;
      case NEVER_SEEN, LEFT, FENCED -> false;
    };
  }

  /// Grants say who is promoted of what has data to lose. Scores that say the same stand for them.
  private static void promotion(
      ResourceDefinition resource, InstanceStatus instance, SortedMap<String, String> attributes) {
    if (resource.metaAttribute(Primacy.HOLDS_DATA).filter("true"::equals).isPresent()
        && instance.role().active()) {
      attributes.put(
          Words.PROMOTION_SCORE + resource.id(),
          instance.role() == Role.PROMOTED ? "1001" : "1000");
    }
  }

  private Optional<FailCount> failed(ResourceDefinition resource, NodeId node) {
    return Optional.ofNullable(
        state.failCounts().getOrDefault(resource.id(), Collections.emptySortedMap()).get(node));
  }

  private void failures(
      ResourceDefinition resource, NodeId node, SortedMap<String, String> attributes) {
    Optional<FailCount> failed = failed(resource, node);
    if (failed.isPresent()) {
      OperationKind kind = failed.get().operation();
      Role role = instance(resource, node).map(InstanceStatus::role).orElse(Role.STARTED);
      long interval = kind == OperationKind.MONITOR ? OperationHistory.interval(resource, role) : 0;
      String name = resource.id() + "#" + kind.name().toLowerCase(Locale.ROOT) + "_" + interval;
      attributes.put("fail-count-" + name, new Score(failed.get().count()).toString());
      attributes.put(
          "last-failure-" + name, Long.toString(failed.get().lastFailureMillis() / 1000));
    }
  }

  private Optional<InstanceStatus> instance(ResourceDefinition resource, NodeId node) {
    return state.instance(resource.id(), node);
  }

  private List<ResourceHistory> history(NodeId node, NodeStatus status) {
    if (!expectedUp(status)) {
      return List.of();
    }
    List<ResourceHistory> history = new ArrayList<>();
    int calls = 0;
    for (ResourceDefinition resource : state.configuration().resources()) {
      Optional<InstanceStatus> instance = instance(resource, node);
      if (instance.isPresent()) {
        OperationHistory entries =
            new OperationHistory(
                resource.id().name(),
                Secrets.masked(resource.parameters(), hidden),
                resource,
                featureSet,
                calls);
        entries.of(instance.get(), failed(resource, node), flight(resource, node));
        calls = entries.calls();
        add(history, resource.id().name(), resource.agent(), entries);
      }
    }
    for (FenceDeviceDefinition device : state.configuration().fenceDevices()) {
      calls = device(device, fencer.equals(Optional.of(node)), history, calls);
    }
    return history;
  }

  /// A fence device runs on whichever node needs it; a document must say where.
  private int device(
      FenceDeviceDefinition device, boolean here, List<ResourceHistory> history, int calls) {
    AgentType agent = new AgentType("stonith", "", device.agent());
    SortedMap<String, String> parameters = Secrets.masked(device.parameters(), hidden);
    parameters.keySet().removeAll(LiveExport.DEVICE_META);
    OperationHistory entries =
        new OperationHistory(
            device.id().name(),
            parameters,
            new ResourceDefinition(
                device.id(),
                agent,
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(),
                new ResourceDefinition.Form.Primitive()),
            featureSet,
            calls);
    boolean stopped =
        device.parameters().getOrDefault("target-role", "").equalsIgnoreCase("stopped");
    entries.settled(here && !stopped ? Role.STARTED : Role.STOPPED);
    add(history, device.id().name(), agent, entries);
    return entries.calls();
  }

  private static void add(
      List<ResourceHistory> history, String id, AgentType agent, OperationHistory entries) {
    if (!entries.entries().isEmpty()) {
      SortedMap<String, String> attributes = new TreeMap<>();
      attributes.put("class", agent.standard());
      if (!agent.provider().isEmpty()) {
        attributes.put("provider", agent.provider());
      }
      attributes.put("type", agent.type());
      history.add(new ResourceHistory(id, attributes, entries.entries()));
    }
  }

  private Optional<OperationKind> flight(ResourceDefinition resource, NodeId node) {
    return state.intents().values().stream()
        .map(i -> i.action())
        .filter(Action.OperationAction.class::isInstance)
        .map(Action.OperationAction.class::cast)
        .filter(a -> a.resource().equals(resource.id()) && a.node().equals(node))
        .map(Action.OperationAction::kind)
        .findFirst();
  }
}
