package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Chooses the actions that are carried out, and the relations that order them.
final class GraphSelection {
  private final Model model;

  GraphSelection(Model model) {
    this.model = model;
  }

  /// An action and what it waits for.
  record Step(Action action, List<Action> inputs) {
    Step {
      inputs = List.copyOf(inputs);
    }
  }

  List<Step> select() {
    breakLoops();
    List<Step> steps = new ArrayList<>();
    for (Action action : model.actions) {
      if (!enters(action)) {
        continue;
      }
      List<Action> inputs = new ArrayList<>(action.before.size());
      for (Relation relation : action.before) {
        if (counts(action, relation)
            && enters(relation.first)
            && !inputs.contains(relation.first)) {
          inputs.add(relation.first);
        }
      }
      steps.add(new Step(action, inputs));
    }
    return steps;
  }

  /// What makes room on a node may itself wait for the migration that needs the room: then it does
  /// not wait.
  private void breakLoops() {
    for (Action action : model.actions) {
      if (action.task() != Task.MIGRATE_TO || !enters(action)) {
        continue;
      }
      for (Relation relation : action.before) {
        if (relation.first.task() == Task.LOAD_STOPPED
            && counts(action, relation)
            && waitsFor(relation.first, action, new LinkedHashSet<>())) {
          relation.flags = 0;
        }
      }
    }
  }

  private static boolean waitsFor(Action action, Action other, Set<Action> seen) {
    for (Relation relation : action.before) {
      Action first = relation.first;
      if (!counts(action, relation) || !enters(first)) {
        continue;
      }
      if (first == other || (seen.add(first) && waitsFor(first, other, seen))) {
        return true;
      }
    }
    return false;
  }

  private static boolean enters(Action action) {
    if (!action.runnable() || (action.optional() && !action.always)) {
      return false;
    }
    Resource resource = action.resource;
    if (resource != null
        && !resource.managed
        && action.task() != Task.MONITOR
        && !(action.task() == Task.CANCEL && action.key.intervalMillis() > 0)) {
      return false;
    }
    if (action.pseudo()
        || action.task() == Task.FENCE
        || action.task() == Task.SHUTDOWN
        || action.central) {
      return true;
    }
    Node node = action.node;
    return node != null && node.online && !node.unclean;
  }

  private static boolean counts(Action then, Relation relation) {
    Action first = relation.first;
    if (relation.flags == 0 || !first.runnable()) {
      return false;
    }
    if (relation.has(Relation.IF_FIRST_UNMIGRATABLE) && first.migratable()) {
      return false;
    }
    if (relation.flags == Relation.ORDERED
        && first.migratable()
        && first.task() == Task.STOP
        && first.resource != null) {
      return false;
    }
    if (relation.has(Relation.IF_ON_SAME_NODE_OR_TARGET)) {
      Node where =
          then.task() == Task.MIGRATE_TO && then.resource != null
              ? then.resource.assigned
              : then.node;
      if (first.node != where || first.optional()) {
        return false;
      }
    } else if (relation.has(Relation.IF_REQUIRED_ON_SAME_NODE)) {
      if ((first.node != null && then.node != null && first.node != then.node)
          || first.optional()) {
        return false;
      }
    }
    Resource resource = first.resource;
    return !(resource != null
        && resource != then.resource
        && resource.failed
        && !resource.managed
        && first.task() == Task.STOP
        && then.resource != null
        && then.resource.isClone());
  }
}
