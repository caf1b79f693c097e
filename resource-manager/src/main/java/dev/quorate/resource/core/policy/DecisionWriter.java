package dev.quorate.resource.core.policy;

import dev.quorate.resource.core.policy.Decision.Edge;
import dev.quorate.resource.core.policy.Decision.Placed;
import dev.quorate.resource.core.policy.Decision.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Puts what was decided into words that outlive the working model.
final class DecisionWriter {
  private DecisionWriter() {}

  static SortedMap<String, List<Placed>> placements(Model model) {
    SortedMap<String, List<Placed>> placements = new TreeMap<>();
    for (Resource resource : model.resources) {
      collect(resource, placements);
    }
    placements
        .values()
        .forEach(
            p -> p.sort(java.util.Comparator.comparing(Placed::node).thenComparing(Placed::role)));
    return placements;
  }

  private static void collect(Resource resource, SortedMap<String, List<Placed>> placements) {
    if (resource.isPrimitive()) {
      for (Node node : resource.active) {
        if (!resource.countsAt(node)) {
          continue;
        }
        placements
            .computeIfAbsent(name(resource), _ -> new ArrayList<>())
            .add(new Placed(node.name, role(resource)));
      }
    }
    resource.children.forEach(c -> collect(c, placements));
  }

  private static String role(Resource resource) {
    if (resource.pendingTask != null && resource.role.compareTo(RoleLevel.STARTED) >= 0) {
      if (resource.pendingTask.equals("start")) {
        return "Starting";
      }
      if (resource.pendingTask.equals("stop")) {
        return "Stopping";
      }
    }
    return resource.role.text;
  }

  private static String name(Resource resource) {
    if (resource.parent == null) {
      return resource.removed ? HistoryUnpacking.plain(resource.id) : resource.id;
    }
    Resource top = resource.top();
    boolean numbered = top.unique && top.saidUnique;
    return top.isClone() && !numbered ? resource.plainId : resource.id;
  }

  static Decision decision(
      Model model, SortedMap<String, List<Placed>> before, List<GraphSelection.Step> selected) {
    int[] index = new int[model.actions.size()];
    java.util.Arrays.fill(index, -1);
    List<Step> steps = new ArrayList<>();
    for (GraphSelection.Step step : selected) {
      index[step.action().index] = steps.size();
      steps.add(step(step.action()));
    }
    List<Edge> edges = new ArrayList<>();
    for (GraphSelection.Step step : selected) {
      for (Action input : step.inputs()) {
        edges.add(new Edge(index[input.index], index[step.action().index]));
      }
    }
    List<String> promotable = new ArrayList<>();
    for (Resource resource : model.resources) {
      if (resource.promotable) {
        for (Resource child : resource.children) {
          promotable(child, promotable);
        }
      }
    }
    return new Decision(
        before,
        steps,
        edges,
        promotable.stream().distinct().sorted().toList(),
        model.nextChange.earliest(),
        after(model),
        held(model),
        List.copyOf(model.facts),
        model.warnings,
        model.refusals);
  }

  private static SortedMap<String, List<Placed>> after(Model model) {
    SortedMap<String, List<Placed>> after = new TreeMap<>();
    for (Resource resource : model.resources) {
      after(resource, after);
    }
    return after;
  }

  private static void after(Resource resource, SortedMap<String, List<Placed>> after) {
    resource.children.forEach(c -> after(c, after));
    if (!resource.isPrimitive()) {
      return;
    }
    List<Placed> places = after.computeIfAbsent(name(resource), _ -> new ArrayList<>());
    if (resource.assigned != null && resource.next.above(RoleLevel.STOPPED)) {
      places.add(new Placed(resource.assigned.name, resource.next.text));
    }
  }

  private static List<Decision.Held> held(Model model) {
    List<Decision.Held> held = new ArrayList<>();
    for (Action action : model.actions) {
      Resource resource = action.resource;
      boolean needed =
          switch (action.task()) {
            case START, STOP, PROMOTE, DEMOTE -> action.required() && !action.runnable();
            default -> false;
          };
      if (needed && resource != null && resource.isPrimitive() && action.node != null) {
        held.add(new Decision.Held(step(action), why(action)));
      }
    }
    return held;
  }

  private static String why(Action action) {
    for (Relation relation : action.before) {
      Action first = relation.first;
      if (relation.flags != 0
          && !first.runnable()
          && relation.has(
              Relation.UNRUNNABLE_FIRST_BLOCKS
                  | Relation.INTERMEDIATE_STOP
                  | Relation.ASYMMETRIC)) {
        String where = first.node == null ? "" : " on " + first.node.name;
        return first.resource == null
            ? "what it waits for cannot be done"
            : first.task().text + " of " + first.resource.plainId + where + " cannot be done";
      }
    }
    return action.node != null && !action.node.online
        ? "node " + action.node.name + " is not there"
        : "there is no quorum";
  }

  private static void promotable(Resource resource, List<String> names) {
    if (resource.isPrimitive()) {
      names.add(name(resource));
    }
    resource.children.forEach(c -> promotable(c, names));
  }

  private static Step step(Action action) {
    Resource resource = action.resource;
    String name = resource == null ? "" : name(resource);
    Node where = action.node;
    String node = where == null ? "" : where.name;
    if (action.pseudo()) {
      if (action.task() == Task.STOP || action.task() == Task.DEMOTE) {
        return new Step("pseudo", "pseudo", action.toString(), "", "");
      }
      return new Step("pseudo", "pseudo", action.toString(), "", "");
    }
    return switch (action.task()) {
      case MONITOR ->
          action.key.intervalMillis() == 0
              ? new Step("probe", "probe", name, node, "")
              : new Step(
                  "monitor", "recurring", name, node, Long.toString(action.key.intervalMillis()));
      case CANCEL ->
          new Step("cancel", "recurring", name, node, Long.toString(action.key.intervalMillis()));
      case NOTIFY -> new Step("notify", "notify", name, node, action.detail);
      case FENCE -> new Step("fence", "core", "", node, action.detail);
      case SHUTDOWN -> new Step("shutdown", "core", "", node, "");
      case MIGRATE_TO, MIGRATE_FROM ->
          new Step(
              action.task().text, "core", name, node, action.peer == null ? "" : action.peer.name);
      case CLEAR_FAIL_COUNT -> new Step("clear_failcount", "admin", name, node, "");
      case DELETE ->
          new Step(action.detail.equals("lock") ? "lrm_delete" : "delete", "admin", name, node, "");
      default -> new Step(action.task().text, "core", name, node, "");
    };
  }
}
