package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import dev.quorate.resource.cib.ResourceElement;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Finds out from the history what runs where.
final class HistoryUnpacking {
  private final Model model;
  private final ResourceUnpacking unpacking;
  private final NodeUnpacking nodes;
  private final ResultEvaluation evaluation;

  HistoryUnpacking(
      Model model, ResourceUnpacking unpacking, NodeUnpacking nodes, FailCounts failCounts) {
    this.model = model;
    this.unpacking = unpacking;
    this.nodes = nodes;
    this.evaluation = new ResultEvaluation(model, unpacking, failCounts, this);
  }

  void unpack() {
    List<NodeState> states = model.cib.status().nodes();
    boolean onlineOnly = !model.options.fencing() && !model.options.shutdownLock();
    for (NodeState state : states) {
      Node node = nodes.find(state);
      if (node == null || node.remote) {
        continue;
      }
      if (node.online || !onlineOnly) {
        unpack(node, state);
      }
    }
  }

  private void unpack(Node node, NodeState state) {
    for (ResourceHistory history : state.history()) {
      if (!history.entries().isEmpty()
          || (model.options.shutdownLock() && history.attributes().containsKey("shutdown-lock"))) {
        unpack(node, history);
      }
    }
  }

  private void unpack(Node node, ResourceHistory history) {
    Resource resource = find(node, history.id());
    if (resource == null) {
      if (history.entries().isEmpty()) {
        return;
      }
      resource = removed(history);
    }
    ShutdownLocks.read(model, resource, node, history);
    RoleLevel before = resource.role;
    resource.role = RoleLevel.UNKNOWN;
    NodeHistory sorted = NodeHistory.of(history);
    resource.history.put(node, sorted);
    OnFailure onFailure = evaluation.evaluate(resource, node, sorted);
    recurring(resource, node, sorted);
    apply(resource, node, onFailure);
    RoleLevel target = resource.targetRole;
    if (target != RoleLevel.UNKNOWN
        && (resource.next == RoleLevel.UNKNOWN || target.below(resource.next))) {
      resource.next = target;
    }
    if (before.above(resource.role)) {
      resource.role = before;
    }
  }

  private @Nullable Resource find(Node node, String name) {
    Resource resource = model.resourcesById.get(name);
    Resource clone = null;
    if (resource == null) {
      Resource zero = model.resourcesById.get(plain(name) + ":0");
      if (zero != null && !zero.unique) {
        clone = zero.top();
      }
    } else if (!resource.isPrimitive()) {
      return null;
    } else if (resource.anonymousInstance()) {
      clone = resource.top();
    }
    if (clone != null && clone.isClone() && !clone.unique) {
      resource = anonymousInstance(node, clone, plain(name));
    }
    if (resource != null && resource.parent != null) {
      resource.historyId = name;
    }
    return resource;
  }

  static String plain(String name) {
    int colon = name.lastIndexOf(':');
    if (colon > 0
        && colon + 1 < name.length()
        && name.substring(colon + 1).chars().allMatch(Character::isDigit)) {
      return name.substring(0, colon);
    }
    return name;
  }

  /// The instance of an anonymous clone that the history of a node belongs to: one already seen
  /// there, else the first that was seen nowhere, else one more.
  private Resource anonymousInstance(Node node, Resource clone, String name) {
    Resource found = null;
    Resource inactive = null;
    boolean taken = false;
    for (Resource child : clone.children) {
      List<Node> places = child.locations(true);
      if (!places.isEmpty()) {
        if (places.getFirst() == node) {
          Resource member = member(child, name);
          if (member != null) {
            if (member.active.isEmpty()) {
              found = member;
            } else {
              taken = true;
            }
          }
          if (found != null) {
            break;
          }
        }
      } else if (!taken && inactive == null && !child.removed) {
        Resource member = member(child, name);
        if (member != null && (member.pendingNode == null || member.pendingNode == node)) {
          inactive = member;
        }
      }
    }
    if (found == null && !taken) {
      found = inactive;
    }
    if (found != null
        && !found.requires.fencing()
        && (!node.online || node.unclean)
        && clone.cloneMax != model.nodes.size()) {
      found = null;
    }
    if (found == null) {
      Resource extra = unpacking.instance(clone);
      extra.removed = true;
      extra.children.forEach(c -> c.removed = true);
      found = member(extra, name);
    }
    return found == null ? clone.children.getFirst() : found;
  }

  private static @Nullable Resource member(Resource instance, String name) {
    if (instance.isPrimitive()) {
      return instance.plainId.equals(name) ? instance : null;
    }
    for (Resource member : instance.children) {
      if (member.plainId.equals(name)) {
        return member;
      }
    }
    return null;
  }

  /// A stand-in for something that was configured once.
  private Resource removed(ResourceHistory history) {
    SortedMap<String, String> attributes = history.attributes();
    ResourceElement.Primitive element =
        new ResourceElement.Primitive(
            history.id(),
            attributes.getOrDefault("class", ""),
            attributes.getOrDefault("provider", ""),
            attributes.getOrDefault("type", ""),
            "",
            "",
            List.of(),
            List.of(),
            List.of(),
            List.of());
    Resource resource = unpacking.standAlone(element);
    resource.removed = true;
    model.resources.add(resource);
    if (model.options.stopRemoved()) {
      model.addScore(resource, null, -Scores.INFINITY);
    } else {
      resource.managed = false;
    }
    return resource;
  }

  /// Recurring operations that have run since the start are running.
  private void recurring(Resource resource, Node node, NodeHistory history) {
    if (!node.online) {
      return;
    }
    for (int i = 0; i < history.entries().size(); i++) {
      HistoryEntry entry = history.entries().get(i);
      if ((history.startIndex() < history.stopIndex() && i <= history.stopIndex())
          || i < history.startIndex()
          || entry.intervalMillis() == 0
          || entry.operationStatus() == -1) {
        continue;
      }
      Task.parse(entry.operation())
          .ifPresent(task ->
              model.action(
                  resource, new OperationKey(task, "", entry.intervalMillis()), node, true));
    }
  }

  /// What follows from the role and the failures found.
  private void apply(Resource resource, Node node, OnFailure found) {
    OnFailure onFailure = found;
    if (resource.role != RoleLevel.UNKNOWN) {
      for (Resource r = resource; r != null; r = r.parent) {
        if (!r.probed.contains(node)) {
          r.probed.add(node);
        }
        if (r.unique) {
          break;
        }
      }
    }
    boolean active = resource.role.above(RoleLevel.STOPPED);
    if (active
        && !node.online
        && !node.maintenance
        && resource.managed
        && model.options.fencing()) {
      node.fence(resource.id + " is thought to be active there", false);
    }
    boolean failedThere = onFailure != OnFailure.IGNORE;
    if (node.unclean) {
      onFailure = OnFailure.IGNORE;
    }
    handle(resource, node, onFailure, active);
    if (active) {
      addActive(resource, node, failedThere);
      switch (onFailure) {
        case IGNORE -> {}
        case DEMOTE, BLOCK -> resource.failed = true;
        default -> {
          resource.failed = true;
          resource.stopIfFailed = true;
        }
      }
    } else {
      for (Action action : resource.actions) {
        if (action.key.equals(OperationKey.STOP) && action.node == node) {
          action.set(Action.OPTIONAL);
        }
      }
    }
    if (resource.role == RoleLevel.STOPPED
        && resource.migrationSource == node
        && resource.migrationTarget != null) {
      resource.role = RoleLevel.STARTED;
    }
  }

  /// Does what a failure calls for.
  private void handle(Resource resource, Node node, OnFailure onFailure, boolean active) {
    switch (onFailure) {
      case IGNORE, RESET_REMOTE -> {}
      case RESTART_CONTAINER -> {
        resource.failed = true;
        resource.stopIfFailed = true;
        if (resource.container != null) {
          model.action(resource.container, OperationKey.STOP, node, false);
        } else if (active) {
          model.action(resource, OperationKey.STOP, node, false);
        }
      }
      case DEMOTE -> {
        resource.failed = true;
        model.action(resource, OperationKey.DEMOTE, node, false);
      }
      case FENCE -> node.fence(resource.id + " failed there", false);
      case STANDBY -> {
        node.standby = true;
      }
      case BLOCK -> {
        resource.managed = false;
        resource.blocked = true;
      }
      case BAN -> model.addScore(resource, node, -Scores.INFINITY);
      case STOP -> resource.next = RoleLevel.STOPPED;
      case RESTART -> {
        if (active) {
          resource.failed = true;
          resource.stopIfFailed = true;
          model.action(resource, OperationKey.STOP, node, false);
        }
      }
    }
  }

  /// Notes that something runs on a node.
  void addActive(Resource resource, Node node, boolean failedThere) {
    if (resource.active.contains(node)) {
      return;
    }
    resource.active.add(node);
    if (resource.isPrimitive() && !failedThere) {
      if (resource.priority != 0) {
        node.priority +=
            resource.priority
                + (resource.role == RoleLevel.PROMOTED && resource.inPromotable() ? 1 : 0);
      }
    }
    if (resource.isPrimitive() && node.maintenance) {
      resource.managed = false;
    }
    if (!resource.managed) {
      model.addScore(resource, node, Scores.INFINITY);
      for (Resource p = resource.parent; p != null && node.online; p = p.parent) {
        if (!p.active.contains(node)) {
          p.active.add(node);
        }
      }
      return;
    }
    if (resource.isPrimitive() && resource.countedActive().size() > 1) {
      multiplyActive(resource);
    }
    if (resource.parent != null) {
      addActive(resource.parent, node, false);
    }
  }

  private void multiplyActive(Resource resource) {
    switch (resource.multiplyActive) {
      case STOP_ONLY -> {
        for (Node node : model.nodes) {
          if (resource.allowed.has(node)) {
            resource.allowed.put(node, -Scores.INFINITY);
          }
        }
      }
      case BLOCK -> {
        resource.managed = false;
        resource.blocked = true;
        Resource parent = resource.parent;
        if (parent != null
            && parent.isGroup()
            && parent.multiplyActive == Resource.MultiplyActive.BLOCK) {
          for (Resource member : parent.children) {
            member.managed = false;
            member.blocked = true;
          }
        }
      }
      case STOP_START, STOP_UNEXPECTED -> {}
    }
  }
}
