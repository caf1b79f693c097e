package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the halves of a live migration say of where a resource is.
final class Migrations {
  private final Model model;

  Migrations(Model model) {
    this.model = model;
  }

  private List<HistoryEntry> entries(Resource resource, String nodeName) {
    for (NodeState state : model.cib.status().nodes()) {
      if (!state.name().equals(nodeName)) {
        continue;
      }
      for (ResourceHistory history : state.history()) {
        if (history.id().equals(resource.historyId) || history.id().equals(resource.plainId)) {
          return history.entries();
        }
      }
    }
    return List.of();
  }

  private @Nullable HistoryEntry find(
      Resource resource, String operation, String nodeName, String source, String target) {
    HistoryEntry found = null;
    for (HistoryEntry entry : entries(resource, nodeName)) {
      if (entry.operation().equals(operation)
          && (source.isEmpty() || entry.attribute("migrate_source").equals(source))
          && (target.isEmpty() || entry.attribute("migrate_target").equals(target))
          && (found == null || newer(entry, found, true))) {
        found = entry;
      }
    }
    return found;
  }

  private static boolean newer(HistoryEntry a, HistoryEntry b, boolean sameNode) {
    if (a.id().equals(b.id()) && a.callId() == b.callId()) {
      return false;
    }
    if (sameNode) {
      return NodeHistory.sorted(List.of(a, b)).getLast().equals(a);
    }
    return b.lastChangeSeconds() > 0 && a.lastChangeSeconds() > b.lastChangeSeconds();
  }

  private boolean actedAfter(
      Resource resource, String nodeName, HistoryEntry since, boolean sameNode) {
    for (HistoryEntry entry : entries(resource, nodeName)) {
      boolean state =
          switch (entry.operation()) {
            case "start", "stop", "migrate_to", "migrate_from", "promote", "demote" -> true;
            default -> false;
          };
      if (state && newer(entry, since, sameNode)) {
        return true;
      }
    }
    return false;
  }

  private boolean notRunningAfter(
      Resource resource, String nodeName, HistoryEntry since, boolean sameNode) {
    for (HistoryEntry entry : entries(resource, nodeName)) {
      if (entry.operation().equals("monitor")
          && entry.exitCode() == 7
          && newer(entry, since, sameNode)) {
        return true;
      }
    }
    return false;
  }

  private boolean newerState(
      Resource resource, String nodeName, HistoryEntry to, @Nullable HistoryEntry from) {
    HistoryEntry event = from != null ? from : to;
    if (to.attribute("migrate_source").equals(nodeName)) {
      event = to;
    }
    boolean sameNode = entries(resource, nodeName).contains(event);
    return actedAfter(resource, nodeName, event, sameNode)
        || notRunningAfter(resource, nodeName, event, sameNode);
  }

  private boolean unknownOn(Resource resource, String nodeName) {
    List<HistoryEntry> entries = entries(resource, nodeName);
    return entries.stream().allMatch(e -> e.exitCode() == 193 || e.operationStatus() == -1);
  }

  void toSucceeded(Resource resource, Node node, HistoryEntry to, HistoryUnpacking unpack) {
    String source = to.attribute("migrate_source");
    String target = to.attribute("migrate_target");
    if (source.isEmpty() || target.isEmpty() || !source.equals(node.name)) {
      return;
    }
    boolean sourceMoved = actedAfter(resource, source, to, true);
    HistoryEntry from = find(resource, "migrate_from", target, source, "");
    if (from != null && sourceMoved) {
      return;
    }
    boolean targetMoved = newerState(resource, target, to, from);
    if (sourceMoved && targetMoved) {
      return;
    }
    if (from != null && from.exitCode() == 0 && from.operationStatus() == 0) {
      resource.role = RoleLevel.STOPPED;
      resource.danglingMigrations.add(node);
      return;
    }
    resource.role = RoleLevel.STARTED;
    Node targetNode = model.nodesByName.get(target);
    boolean activeThere = !targetMoved && targetNode != null && targetNode.online;
    if (from != null && from.operationStatus() != -1) {
      if (activeThere && targetNode != null) {
        unpack.addActive(resource, targetNode, true);
      } else {
        failed(resource);
      }
      return;
    }
    if (targetNode != null && targetNode.online && unknownOn(resource, target)) {
      return;
    }
    if (activeThere && targetNode != null) {
      Node sourceNode = model.nodesByName.get(source);
      unpack.addActive(resource, targetNode, false);
      if (sourceNode != null && sourceNode.online) {
        resource.migrationTarget = targetNode;
        resource.migrationSource = sourceNode;
      }
    } else if (!sourceMoved) {
      failed(resource);
    }
  }

  private static void failed(Resource resource) {
    resource.failed = true;
    resource.stopIfFailed = true;
    resource.allowMigrate = false;
  }

  void toFailed(Resource resource, Node node, HistoryEntry to, HistoryUnpacking unpack) {
    String source = to.attribute("migrate_source");
    String target = to.attribute("migrate_target");
    if (source.isEmpty() || target.isEmpty()) {
      return;
    }
    resource.role = RoleLevel.STARTED;
    HistoryEntry from = find(resource, "migrate_from", target, source, "");
    if (!unknownOn(resource, target) && !newerState(resource, target, to, from)) {
      Node targetNode = model.nodesByName.get(target);
      if (targetNode != null && targetNode.online) {
        unpack.addActive(resource, targetNode, false);
      }
    } else if (!actedAfter(resource, source, to, true)) {
      resource.danglingMigrations.add(node);
    }
  }

  void fromFailed(Resource resource, Node node, HistoryEntry from, HistoryUnpacking unpack) {
    String source = from.attribute("migrate_source");
    String target = from.attribute("migrate_target");
    if (source.isEmpty() || target.isEmpty()) {
      return;
    }
    resource.role = RoleLevel.STARTED;
    HistoryEntry to = find(resource, "migrate_to", source, "", target);
    if (to == null || !newerState(resource, source, to, from)) {
      Node sourceNode = model.nodesByName.get(source);
      if (sourceNode != null && sourceNode != node && sourceNode.online) {
        unpack.addActive(resource, sourceNode, true);
      }
    }
  }
}
