package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.WaitForAll;
import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.CibNode;
import dev.quorate.resource.cib.CibStatus;
import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import dev.quorate.resource.core.digest.OperationDigest;
import dev.quorate.resource.core.exchange.ConstraintExport;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Puts a live cluster, as phase 1 sees it, into the one document that decisions are taken from.
///
/// What is not known is as it was last, or was never looked at.
///
/// Parameters of agents are left out: what runs with old ones is not decided here. An operation in
/// flight is what it was before it began, but for a start: that is pending.
final class LiveDocument {
  private static final String DIGEST = OperationDigest.of(new TreeMap<>());
  private static final String LIFE = "00000000-0000-0000-0000-000000000000";

  /// Properties that mean the same here as in a document.
  private static final List<String> AS_TYPED =
      List.of(
          "node-health-base",
          "node-health-green",
          "node-health-red",
          "node-health-strategy",
          "node-health-yellow",
          "placement-strategy");

  private final Eligibility eligibility;
  private int calls;

  private LiveDocument(Eligibility eligibility) {
    this.eligibility = eligibility;
  }

  static Cib of(Eligibility eligibility) {
    return new LiveDocument(eligibility).document();
  }

  private Cib document() {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("have-quorum", eligibility.quorate() ? "1" : "0");
    return new Cib(
        attributes,
        new CibConfiguration(
            List.of(block("cib-bootstrap-options", properties())),
            List.of(),
            List.of(),
            nodes(),
            new LiveResources(eligibility).all(),
            List.of(),
            constraints(),
            List.of(),
            List.of(),
            List.of()),
        new CibStatus(states(), List.of()));
  }

  static AttributeBlock block(String id, Map<String, String> values) {
    List<AttributeBlock.Entry> entries = new ArrayList<>();
    for (Map.Entry<String, String> value : values.entrySet()) {
      entries.add(
          new AttributeBlock.Entry(id + "-" + value.getKey(), value.getKey(), value.getValue()));
    }
    return new AttributeBlock(id, entries);
  }

  private SortedMap<String, String> properties() {
    Settings settings = eligibility.settings();
    SortedMap<String, String> properties = new TreeMap<>();
    properties.put("fencing-enabled", "true");
    properties.put("have-watchdog", "true");
    properties.put("startup-fencing", "false");
    properties.put("symmetric-cluster", Boolean.toString(settings.symmetric()));
    SortedMap<String, String> typed = eligibility.state().configuration().properties();
    for (String name : AS_TYPED) {
      if (typed.containsKey(name)) {
        properties.put(name, typed.getOrDefault(name, ""));
      }
    }
    properties.put(
        "no-quorum-policy",
        switch (settings.withoutQuorum()) {
          case STOP, FENCE -> "stop";
          case FREEZE -> "freeze";
          case DEMOTE -> "demote";
          case IGNORE -> "ignore";
        });
    return properties;
  }

  private List<CibNode> nodes() {
    List<CibNode> nodes = new ArrayList<>();
    for (NodeDefinition node : eligibility.state().configuration().nodes().values()) {
      String name = node.id().name();
      SortedMap<String, String> attributes = new TreeMap<>();
      node.attributes().forEach((key, value) -> put(attributes, key, value));
      nodes.add(
          new CibNode(
              name,
              name,
              "member",
              0,
              List.of(block("nodes-" + name, attributes)),
              List.of(block(name + "-utilization", node.utilization()))));
    }
    return nodes;
  }

  /// Attributes but for those that say what may be done with the node: phase 1 has read these.
  private static void put(SortedMap<String, String> attributes, String key, String value) {
    switch (key) {
      case "standby",
          "maintenance",
          "shutdown",
          "terminate",
          NodeDefinition.WITNESS,
          WaitForAll.ESTABLISHED -> {}
      default -> {
        attributes.put(key, value);
        if (key.startsWith("promotion-")) {
          attributes.put("master-" + key.substring("promotion-".length()), value);
        }
      }
    }
  }

  private List<ConstraintElement> constraints() {
    List<ConstraintElement> constraints = new ArrayList<>();
    for (Constraint constraint : eligibility.state().configuration().constraints()) {
      ConstraintElement element =
          ConstraintExport.of(constraint, constraint.id(), eligibility.state().configuration());
      if (!isFulfilled(element)) {
        constraints.add(element);
      }
    }
    constraints.addAll(new StartPause(eligibility).constraints());
    return constraints;
  }

  /// Whether something waits in vain for a demotion or a stop that is over. In a document an order
  /// of one direction means that both happen in one transition, and of a clone no part of which
  /// runs none can be demoted any more; here every step is decided anew.
  private boolean isFulfilled(ConstraintElement constraint) {
    if (!(constraint instanceof ConstraintElement.Order order)
        || !order.symmetrical().equals(Optional.of(false))
        || !order.sets().isEmpty()) {
      return false;
    }
    List<Instance> first =
        eligibility.state().configuration().named(new ResourceId(order.first())).stream()
            .flatMap(part -> Stream.ofNullable(eligibility.resources().get(part.id())))
            .flatMap(part -> part.instances().values().stream())
            .toList();
    return !first.isEmpty()
        && first.stream().noneMatch(instance -> isAhead(order.firstAction(), instance));
  }

  /// What is not settled may be anything.
  private static boolean isAhead(String action, Instance instance) {
    return instance.footing() != Instance.Footing.SETTLED
        || switch (action) {
          case "demote" -> instance.role() == Role.PROMOTED;
          case "stop" -> instance.role().active();
          default -> true;
        };
  }

  private List<NodeState> states() {
    List<NodeState> states = new ArrayList<>();
    for (Standing standing : eligibility.nodes().values()) {
      states.add(state(standing));
    }
    return states;
  }

  private NodeState state(Standing standing) {
    NodeId node = standing.node();
    boolean there = standing.acts() || standing.kind() == Standing.Kind.FROZEN;
    boolean online = eligibility.state().online(node);
    boolean lost =
        standing.kind() == Standing.Kind.CONDEMNED || standing.kind() == Standing.Kind.UNCLEAN;
    SortedMap<String, String> element = new TreeMap<>();
    boolean member = there || (lost && online);
    element.put("in_ccm", Boolean.toString(member));
    element.put("crmd", member ? "online" : "offline");
    element.put("join", member || lost ? "member" : "down");
    element.put("expected", member || lost ? "member" : "down");
    SortedMap<String, String> attributes = new TreeMap<>();
    eligibility
        .state()
        .attributes()
        .getOrDefault(node, Collections.emptySortedMap())
        .forEach((key, value) -> put(attributes, key, value));
    switch (standing.kind()) {
      case STANDBY -> attributes.put("standby", "true");
      case MAINTENANCE, FROZEN -> attributes.put("maintenance", "true");
      case CONDEMNED, UNCLEAN -> attributes.put("terminate", "true");
      case USABLE, ABSENT -> {}
    }
    List<ResourceHistory> history = new ArrayList<>();
    for (Candidate candidate : eligibility.resources().values()) {
      failures(candidate, node, attributes);
      history(candidate, standing).ifPresent(history::add);
    }
    return new NodeState(
        node.name(),
        node.name(),
        element,
        List.of(block("status-" + node, attributes)),
        List.of(),
        history);
  }

  private void failures(Candidate candidate, NodeId node, SortedMap<String, String> attributes) {
    FailCount failed =
        eligibility
            .state()
            .failCounts()
            .getOrDefault(candidate.id(), Collections.emptySortedMap())
            .get(node);
    if (failed != null) {
      String name =
          candidate.id()
              + "#"
              + failed.operation().name().toLowerCase(java.util.Locale.ROOT)
              + "_0";
      attributes.put("fail-count-" + name, Integer.toString(failed.count()));
      attributes.put("last-failure-" + name, Long.toString(failed.lastFailureMillis() / 1000));
    }
  }

  private Optional<ResourceHistory> history(Candidate candidate, Standing standing) {
    if (standing.kind() == Standing.Kind.ABSENT) {
      return Optional.empty();
    }
    List<HistoryEntry> entries = entries(candidate, candidate.instance(standing.node()));
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    AgentType agent = candidate.definition().agent();
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("class", agent.standard());
    if (!agent.provider().isEmpty()) {
      attributes.put("provider", agent.provider());
    }
    attributes.put("type", agent.type());
    return Optional.of(new ResourceHistory(candidate.id().name(), attributes, entries));
  }

  private List<HistoryEntry> entries(Candidate candidate, Instance instance) {
    List<HistoryEntry> entries = new ArrayList<>();
    Role role = instance.role();
    switch (instance.footing()) {
      case SETTLED -> settled(entries, role);
      case UNKNOWN -> {
        if (role.active()) {
          settled(entries, role);
        }
      }
      case BLOCKED -> {
        settled(entries, role.active() ? role : candidate.base());
        entries.add(entry("stop", 0, 1, 0));
      }
      case FAILED -> {
        settled(entries, role.active() ? role : candidate.base());
        entries.add(entry("monitor", 0, 1, role == Role.PROMOTED ? 8 : 0));
      }
      case PENDING -> pending(entries, candidate, instance);
    }
    return entries;
  }

  private void pending(List<HistoryEntry> entries, Candidate candidate, Instance instance) {
    OperationKind flight = instance.flight().orElse(OperationKind.MONITOR);
    switch (flight) {
      case START -> {
        settled(entries, Role.STOPPED);
        entries.add(entry("start", -1, 193, 0));
      }
      case PROMOTE -> settled(entries, candidate.base());
      case STOP -> {
        settled(entries, instance.role().active() ? instance.role() : candidate.base());
        entries.add(entry("monitor", 0, 1, instance.role() == Role.PROMOTED ? 8 : 0));
      }
      case DEMOTE -> settled(entries, Role.PROMOTED);
      case MONITOR, RELOAD -> settled(entries, instance.role());
    }
  }

  private void settled(List<HistoryEntry> entries, Role role) {
    switch (role) {
      case STOPPED -> entries.add(entry("monitor", 0, 7, 7));
      case STARTED, UNPROMOTED -> entries.add(entry("start", 0, 0, 0));
      case PROMOTED -> {
        entries.add(entry("start", 0, 0, 0));
        entries.add(entry("promote", 0, 0, 0));
      }
    }
  }

  private HistoryEntry entry(String operation, int status, int code, int expected) {
    int call = status == -1 ? -1 : ++calls;
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("op-digest", DIGEST);
    return new HistoryEntry(
        operation + "-" + calls + (status == -1 ? "-pending" : ""),
        operation,
        0,
        status,
        code,
        call,
        call + ":0:" + expected + ":" + LIFE,
        0,
        attributes);
  }
}
