package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All probes of a resource are over before something is stopped or restarted for its sake.
final class ProbeOrderings {
  private final Model model;

  ProbeOrderings(Model model) {
    this.model = model;
  }

  void add() {
    for (Model.Ordering ordering : model.orderings) {
      beforeStopFollowers(ordering);
    }
    for (Resource resource : model.resources) {
      beforeRestarts(resource);
    }
  }

  private static List<Action> probes(Resource resource) {
    List<Action> probes = List.of();
    for (Action action : resource.actions) {
      if (action.key.equals(OperationKey.PROBE) && action.node != null) {
        if (probes.isEmpty()) {
          probes = new ArrayList<>();
        }
        probes.add(action);
      }
    }
    return probes;
  }

  /// What follows a stop follows the probes that may bring one.
  private static void beforeStopFollowers(Model.Ordering ordering) {
    Resource first = ordering.first();
    Resource then = ordering.then();
    if (first == null || first == then || ordering.flags() == 0 || !isStop(ordering)) {
      return;
    }
    List<Action> probes = probes(first);
    if (probes.isEmpty()) {
      return;
    }
    int flags =
        Relation.ORDERED
            | (ordering.flags()
                & (Relation.IF_ON_SAME_NODE
                    | Relation.IF_REQUIRED_ON_SAME_NODE
                    | Relation.IF_ON_SAME_NODE_OR_TARGET));
    for (Action after : afters(ordering, then)) {
      for (Action probe : probes) {
        boolean unfences = after.detail.equals("on") && after.node == probe.node;
        boolean elsewhere = after.task() == Task.SHUTDOWN && after.node != probe.node;
        if (!unfences && !elsewhere) {
          Model.relate(probe, after, flags);
        }
      }
    }
  }

  private static List<Action> afters(Model.Ordering ordering, @Nullable Resource then) {
    if (ordering.thenAction() != null) {
      return List.of(ordering.thenAction());
    }
    List<Action> afters = new ArrayList<>();
    if (then != null && ordering.thenKey() != null) {
      for (Action action : then.actions) {
        if (action.key.equals(ordering.thenKey())) {
          afters.add(action);
        }
      }
    }
    return afters;
  }

  private static boolean isStop(Model.Ordering ordering) {
    Action action = ordering.firstAction();
    OperationKey key = action != null ? action.key : ordering.firstKey();
    return key != null && key.task() == Task.STOP;
  }

  private void beforeRestarts(Resource resource) {
    for (Resource child : resource.children) {
      beforeRestarts(child);
    }
    if (!resource.isPrimitive()) {
      return;
    }
    for (Action probe : probes(resource)) {
      for (Relation relation : List.copyOf(probe.after)) {
        inactiveInstances(probe, relation);
        follow(probe, relation.then, new LinkedHashSet<>());
      }
    }
  }

  /// A probe that cannot run keeps a clone's other instances from starting, not from running.
  private static void inactiveInstances(Action probe, Relation relation) {
    Action start = relation.then;
    Resource clone = start.resource;
    if (clone == null
        || !clone.isClone()
        || probe.runnable()
        || relation.has(Relation.UNRUNNABLE_FIRST_BLOCKS)
        || probe.resource == null
        || probe.resource.top() != clone
        || start.task() != Task.START) {
      return;
    }
    for (Relation next : List.copyOf(start.after)) {
      Resource instance = next.then.resource;
      if (instance != null
          && instance.active.isEmpty()
          && instance.top() == clone
          && next.then.task() == Task.START) {
        Model.relate(probe, next.then, Relation.ORDERED | Relation.UNRUNNABLE_FIRST_BLOCKS);
      }
    }
  }

  /// From what comes after a probe to all that is restarted with it.
  private void follow(Action probe, Action after, Set<Action> visited) {
    Resource probed = probe.resource;
    Resource resource = after.resource;
    if (probed == null || !visited.add(after)) {
      return;
    }
    if (resource != null && resource.isPrimitive() && resource != probed) {
      Task down =
          switch (after.task()) {
            case START -> Task.STOP;
            case PROMOTE -> Task.DEMOTE;
            default -> after.task();
          };
      if (down != after.task()) {
        for (Action action : resource.actions) {
          if (action.task() == down && action.node != null && !action.pseudo()) {
            Model.relate(probe, action, Relation.ORDERED);
          }
        }
      }
    }
    boolean interleave = resource != null && resource.isClone() && resource.interleave;
    Resource compatible =
        interleave && resource != null
            ? ColocationEffect.compatible(model, probed, resource, RoleLevel.UNKNOWN, false)
            : null;
    for (Relation relation : List.copyOf(after.after)) {
      if (relation.has(Relation.FIRST_IMPLIES_THEN)
          || leadsIn(probed, resource, relation.then.resource, interleave, compatible)) {
        follow(probe, relation.then, visited);
      }
    }
  }

  /// Whether an action of a collective leads to one of what is in it.
  private static boolean leadsIn(
      Resource probed,
      @Nullable Resource collective,
      @Nullable Resource member,
      boolean interleave,
      @Nullable Resource compatible) {
    return collective != null
        && collective.collective()
        && probed.parent != collective
        && member != null
        && !member.isClone()
        && member.parent == collective
        && !(collective.isClone() && interleave && compatible != member);
  }
}
