package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.ResourceElement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A resource of the working model: one instance, a group, or a clone.
final class Resource {
  /// How many it is made of, the larger the later.
  enum Kind {
    PRIMITIVE,
    GROUP,
    CLONE,
    BUNDLE
  }

  /// What is done if it runs in several places.
  enum MultiplyActive {
    STOP_START,
    STOP_ONLY,
    BLOCK,
    STOP_UNEXPECTED
  }

  final String id;

  /// The id without an instance's number.
  final String plainId;

  /// The name that its history goes by.
  String historyId;

  final Kind kind;
  final @Nullable Resource parent;
  final List<Resource> children = new ArrayList<>();

  /// The resource that it lives in, if it does.
  @Nullable Resource container;

  /// What lives in it.
  final List<Resource> contents = new ArrayList<>(0);

  String agentClass = "";
  String provider = "";
  String type = "";
  SortedMap<String, String> meta = new TreeMap<>();
  ResourceElement element;
  List<Operation> operations = List.of();
  final SortedMap<String, Integer> utilization = new TreeMap<>();

  boolean managed = true;
  boolean blocked;
  boolean failed;
  boolean stopIfFailed;
  boolean failureIgnored;
  boolean startPending;
  boolean removed;
  boolean maintenance;
  boolean unique;

  /// Whether a clone was said to be unique, not only taken for it.
  boolean saidUnique;

  boolean notify;
  boolean critical = true;
  boolean promotable;
  boolean allowMigrate;
  boolean interleave;
  boolean ordered;
  boolean collocated = true;
  boolean exclusiveDiscovery;
  boolean reload;
  boolean promotionForbidden;

  int priority;
  int stickiness;
  int migrationThreshold = Scores.INFINITY;
  long failureTimeoutMillis;
  Requires requires = Requires.QUORUM;
  MultiplyActive multiplyActive = MultiplyActive.STOP_START;
  int cloneMax;
  int cloneNodeMax = 1;
  int cloneMin;
  int promotedMax = 1;
  int promotedNodeMax = 1;

  RoleLevel role = RoleLevel.STOPPED;
  RoleLevel next = RoleLevel.UNKNOWN;
  RoleLevel targetRole = RoleLevel.UNKNOWN;
  final List<Node> active = new ArrayList<>(1);
  final List<Node> probed = new ArrayList<>(2);
  NodeTable allowed;
  final Map<Node, NodeHistory> history = new LinkedHashMap<>(2);
  LocationRule.Discovery @Nullable [] discovery;
  @Nullable Node pendingNode;
  @Nullable String pendingTask;
  @Nullable Node migrationSource;
  @Nullable Node migrationTarget;
  final List<Node> danglingMigrations = new ArrayList<>(0);
  @Nullable Node lockNode;
  long lockTime;

  boolean unassigned = true;
  boolean assigning;
  boolean updatingScores;
  @Nullable Node assigned;
  int @Nullable [] counts;
  int sortIndex;
  int promotionPriority;
  boolean keepExpected;

  final List<Colocation> thisWith = new ArrayList<>(1);
  final List<Colocation> withThis = new ArrayList<>(1);
  final List<LocationRule> locations = new ArrayList<>(1);
  final List<Action> actions = new ArrayList<>(6);

  /// Expired failures of recurring operations: these are scheduled anew.
  final List<HistoryEntry> reschedule = new ArrayList<>(0);

  Resource(
      String id,
      String plainId,
      Kind kind,
      @Nullable Resource parent,
      ResourceElement element,
      int nodes) {
    this.id = id;
    this.plainId = plainId;
    this.historyId = plainId;
    this.kind = kind;
    this.parent = parent;
    this.element = element;
    this.allowed = new NodeTable(nodes);
  }

  boolean isPrimitive() {
    return kind == Kind.PRIMITIVE;
  }

  boolean isGroup() {
    return kind == Kind.GROUP;
  }

  boolean isClone() {
    return kind == Kind.CLONE;
  }

  boolean collective() {
    return kind != Kind.PRIMITIVE;
  }

  boolean fenceDevice() {
    return agentClass.equals("stonith");
  }

  Resource top() {
    Resource top = this;
    while (top.parent != null) {
      top = top.parent;
    }
    return top;
  }

  boolean within(Resource ancestor) {
    for (Resource r = parent; r != null; r = r.parent) {
      if (r == ancestor) {
        return true;
      }
    }
    return false;
  }

  /// Whether it is, or is inside, an anonymous clone's instance.
  boolean anonymousInstance() {
    return parent != null && top().isClone() && !top().unique;
  }

  /// The one whose bans count: an anonymous instance's clone, else itself.
  Resource bannable() {
    return unique ? this : top();
  }

  boolean inPromotable() {
    return top().promotable;
  }

  /// The role of an instance that runs and is not promoted.
  RoleLevel activeRole() {
    return inPromotable() ? RoleLevel.UNPROMOTED : RoleLevel.STARTED;
  }

  /// The role of a group is its members' highest.
  RoleLevel role(boolean current) {
    return switch (kind) {
      case PRIMITIVE -> current ? role : next;
      case GROUP -> {
        RoleLevel highest = RoleLevel.UNKNOWN;
        for (Resource member : children) {
          RoleLevel its = member.role(current);
          if (its.above(highest)) {
            highest = its;
          }
        }
        yield highest;
      }
      case CLONE, BUNDLE -> {
        RoleLevel highest = RoleLevel.UNKNOWN;
        for (Resource child : children) {
          RoleLevel its = child.role(current);
          if (its.above(highest)) {
            highest = its;
          }
        }
        yield highest;
      }
    };
  }

  /// Where it is (or will be): one node, or null if it is nowhere or in several places.
  @Nullable Node location(boolean current) {
    List<Node> nodes = locations(current);
    return nodes.size() == 1 ? nodes.getFirst() : null;
  }

  List<Node> locations(boolean current) {
    if (children.isEmpty()) {
      return current ? active : assigned == null ? List.of() : List.of(assigned);
    }
    List<Node> nodes = new ArrayList<>(2);
    for (Resource child : children) {
      for (Node node : child.locations(current)) {
        if (!nodes.contains(node)) {
          nodes.add(node);
        }
      }
    }
    return nodes;
  }

  /// Whether it or something of it runs; all of it if asked.
  boolean isActive(boolean all) {
    if (isPrimitive()) {
      for (Node node : active) {
        if (countsAt(node)) {
          return true;
        }
      }
      return false;
    }
    boolean any = false;
    boolean every = true;
    for (Resource child : children) {
      if (child.isActive(all)) {
        any = true;
      } else {
        every = false;
      }
    }
    return all ? any && every : any;
  }

  /// Whether what was seen on a node still holds: a node that left cleanly took it down.
  boolean countsAt(Node node) {
    return node.unclean || node.online || !managed;
  }

  /// Whether nodes that are not in order count as places where it runs.
  List<Node> countedActive() {
    if (requires.fencing()) {
      return active;
    }
    return active.stream().filter(n -> n.online && !n.unclean).toList();
  }

  /// The node that "where it runs" means if one must be named.
  @Nullable Node current() {
    if (active.isEmpty()) {
      return null;
    }
    if (migrationSource != null && active.contains(migrationSource)) {
      return migrationSource;
    }
    if (requires.fencing()) {
      return active.getFirst();
    }
    for (Node node : active) {
      if (node.online && !node.unclean) {
        return node;
      }
    }
    return active.getFirst();
  }

  boolean blockedAnywhere() {
    if (blocked) {
      return true;
    }
    for (Resource child : children) {
      if (child.blockedAnywhere()) {
        return true;
      }
    }
    return false;
  }

  LocationRule.Discovery discovery(Node node) {
    LocationRule.Discovery[] modes = discovery;
    return modes == null || modes[node.index] == null
        ? LocationRule.Discovery.ALWAYS
        : modes[node.index];
  }

  @Nullable Action find(Task task) {
    for (int i = actions.size() - 1; i >= 0; i--) {
      Action action = actions.get(i);
      if (action.task() == task && action.key.phase().isEmpty()) {
        return action;
      }
    }
    return null;
  }

  /// The newest action of the task on the node, or on any if none is named. Recurring ones are
  /// found as well.
  @Nullable Action find(Task task, @Nullable Node node) {
    if (node == null) {
      return find(task);
    }
    for (int i = actions.size() - 1; i >= 0; i--) {
      Action action = actions.get(i);
      if (action.task() == task && action.node == node && action.key.phase().isEmpty()) {
        return action;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return id;
  }
}
