package dev.quorate.resource.core.policy;

import static dev.quorate.resource.core.policy.Action.OPTIONAL;
import static dev.quorate.resource.core.policy.Action.RUNNABLE;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lets what is required or impossible of one action tell on those related to it, until nothing
/// changes any more.
final class Propagation {
  private static final int FIRST_CHANGED = 1;
  private static final int THEN_CHANGED = 2;

  private final Model model;
  private final Assignment assignment;

  Propagation(Model model, Assignment assignment) {
    this.model = model;
    this.assignment = assignment;
  }

  void run() {
    for (int i = model.actions.size() - 1; i >= 0; i--) {
      blockDependents(model.actions.get(i));
    }
    new ProbeOrderings(model).add();
    for (int i = model.actions.size() - 1; i >= 0; i--) {
      update(model.actions.get(i));
    }
  }

  /// What must be with something that cannot come up does not come up either.
  private void blockDependents(Action action) {
    Resource resource = action.resource;
    boolean start = action.task() == Task.START;
    if (action.runnable()
        || resource == null
        || (resource.parent != null && !resource.managed && !resource.active.isEmpty())
        || !(start || action.task() == Task.PROMOTE)) {
      return;
    }
    Resource top = resource.top();
    for (Resource child : top.children) {
      Action its = child.find(action.task());
      if (its == null || its.runnable()) {
        return;
      }
    }
    for (Colocation colocation : top.withThis) {
      if (colocation.score() < Scores.INFINITY
          || (!start && colocation.primaryRole() != RoleLevel.PROMOTED)
          || (colocation.primaryRole() == RoleLevel.PROMOTED && !top.promotable)) {
        continue;
      }
      block(
          colocation.dependent(),
          colocation.dependentRole() == RoleLevel.PROMOTED ? Task.PROMOTE : Task.START);
    }
  }

  private void block(Resource resource, Task task) {
    for (Action action : List.copyOf(resource.actions)) {
      if (action.task() == task && action.key.phase().isEmpty() && action.runnable()) {
        action.clear(RUNNABLE);
        blockDependents(action);
        update(action);
      }
    }
    for (Resource child : resource.children) {
      block(child, task);
    }
  }

  private void updateAfter(Action action) {
    for (int i = action.after.size() - 1; i >= 0; i--) {
      update(action.after.get(i).then);
    }
  }

  private void update(Action then) {
    int flagsBefore = then.flags;
    int changed = 0;
    if (then.minRunnable) {
      then.runnableBefore = 0;
      if (then.requiredRunnableBefore == 0) {
        then.requiredRunnableBefore = 1;
      }
      then.clear(RUNNABLE);
    }
    for (int i = then.before.size() - 1; i >= 0; i--) {
      changed |= update(then, then.before.get(i));
    }
    if (then.minRunnable) {
      changed = flagsBefore == then.flags ? changed & ~THEN_CHANGED : changed | THEN_CHANGED;
    }
    if ((changed & THEN_CHANGED) != 0) {
      blockDependents(then);
      update(then);
      updateAfter(then);
    }
  }

  private int update(Action then, Relation relation) {
    Action first = relation.first;
    if (relation.flags == 0) {
      return 0;
    }
    Node firstNode = place(first);
    Node thenNode = place(then);
    if (relation.has(Relation.IF_ON_SAME_NODE)
        && firstNode != null
        && thenNode != null
        && firstNode != thenNode) {
      relation.flags = 0;
      return 0;
    }
    if (relation.has(Relation.THEN_CANCELS_FIRST) && then.required()) {
      first.set(OPTIONAL);
      if (first.task() == Task.RELOAD && first.resource != null) {
        first.resource.reload = false;
      }
    }
    Action meant = first;
    if (first.resource != null
        && then.resource != null
        && first.resource != then.resource
        && !then.resource.within(first.resource)) {
      meant = completed(first, first.resource);
    }
    int changed = 0;
    if (meant == first) {
      changed = apply(first, then, relation, firstNode, thenNode);
    } else if (Model.relate(meant, then, relation.flags)) {
      relation.flags = 0;
      changed = THEN_CHANGED;
    }
    if ((changed & FIRST_CHANGED) != 0) {
      updateAfter(first);
      update(first);
    }
    return changed & THEN_CHANGED;
  }

  private static @Nullable Node place(Action action) {
    Resource resource = action.resource;
    return resource != null && resource.isGroup() && action.task() == Task.START
        ? resource.location(false)
        : action.node;
  }

  /// What an action of a collective is over with: for others, that is what counts.
  private static Action completed(Action action, Resource resource) {
    if (!resource.collective() || action.isNotification() || action.key.intervalMillis() > 0) {
      return action;
    }
    Task task = action.task().completed();
    Task base = action.task().begun();
    if (task == base) {
      return action;
    }
    if (resource.notify && resource.isClone()) {
      OperationKey confirmed = Notifications.confirmedPost(base);
      for (Action each : resource.actions) {
        if (each.key.equals(confirmed)) {
          return each;
        }
      }
      return action;
    }
    Action found = resource.find(task);
    return found == null ? action : found;
  }

  private int apply(
      Action first,
      Action then,
      Relation relation,
      @Nullable Node firstNode,
      @Nullable Node thenNode) {
    int firstFlags = Flags.forOrdering(first, thenNode);
    int thenFlags = Flags.forOrdering(then, firstNode);
    int type = relation.flags;
    Node node = then.node;
    if (relation.has(Relation.FIRST_IMPLIES_SAME_NODE_THEN)) {
      type = (type & ~Relation.FIRST_IMPLIES_SAME_NODE_THEN) | Relation.FIRST_IMPLIES_THEN;
      node = first.node;
    }
    int changed =
        then.resource != null || first.resource != null
            ? related(first, then, node, firstFlags, type)
            : 0;
    if (then.resource == null) {
      if (Effects.loose(first, then, firstFlags, type)) {
        changed |= THEN_CHANGED;
      }
    }
    if ((type & Relation.FIRST_IMPLIES_THEN_GRAPHED) != 0
        && first.runnable()
        && (firstFlags & OPTIONAL) == 0) {
      then.always = true;
    }
    if ((type & Relation.THEN_IMPLIES_FIRST_GRAPHED) != 0 && (thenFlags & OPTIONAL) == 0) {
      first.always = true;
    }
    Resource resource = first.resource;
    if ((type
                & (Relation.FIRST_IMPLIES_THEN
                    | Relation.THEN_IMPLIES_FIRST
                    | Relation.INTERMEDIATE_STOP))
            != 0
        && resource != null
        && !resource.managed
        && resource.blocked
        && !first.runnable()
        && first.task() == Task.STOP
        && then.runnable()) {
      then.clear(RUNNABLE);
      changed |= THEN_CHANGED;
    }
    return changed;
  }

  /// A kind of effect.
  ///
  /// @param filter the flags that it looks at
  /// @param onlyRequired whether only that the first is required counts
  /// @param firstDecides whether the first's kind of resource takes it, not the second's
  private record Kind(int flag, int filter, boolean onlyRequired, boolean firstDecides) {}

  /// In the order in which they are applied.
  private static final List<Kind> KINDS =
      List.of(
          new Kind(Relation.FIRST_IMPLIES_THEN, OPTIONAL, true, false),
          new Kind(Relation.INTERMEDIATE_STOP, OPTIONAL | RUNNABLE, false, false),
          new Kind(Relation.THEN_IMPLIES_FIRST, OPTIONAL, false, true),
          new Kind(Relation.PROMOTED_THEN_IMPLIES_FIRST, OPTIONAL, true, false),
          new Kind(Relation.MIN_RUNNABLE, RUNNABLE, false, false),
          new Kind(Relation.UNRUNNABLE_FIRST_BLOCKS, RUNNABLE, false, false),
          new Kind(Relation.UNMIGRATABLE_THEN_BLOCKS, OPTIONAL, false, false),
          new Kind(Relation.FIRST_ELSE_THEN, OPTIONAL, false, false),
          new Kind(Relation.ORDERED, RUNNABLE, false, false),
          new Kind(Relation.ASYMMETRIC, RUNNABLE, false, false));

  /// Each kind of effect in its turn, as the kind of resource takes it.
  private int related(Action first, Action then, @Nullable Node node, int firstFlags, int type) {
    int changed = 0;
    for (Kind kind : KINDS) {
      Resource resource = kind.firstDecides() ? first.resource : then.resource;
      if ((type & kind.flag()) != 0 && resource != null) {
        int flags = kind.onlyRequired() ? firstFlags & OPTIONAL : firstFlags;
        changed |= effect(resource, first, then, node, flags, kind.filter(), kind.flag());
      }
    }
    return changed;
  }

  private int effect(
      Resource resource,
      Action first,
      Action then,
      @Nullable Node node,
      int flags,
      int filter,
      int type) {
    return switch (resource.kind) {
      case PRIMITIVE -> single(first, then, flags, filter, type);
      case GROUP -> {
        int changed = single(first, then, flags, filter, type);
        Resource group = then.resource;
        if (group != null) {
          for (Resource member : group.children) {
            Action its = member.find(then.task(), node);
            if (its != null) {
              int here = effect(member, first, its, node, flags, filter, type);
              if ((here & THEN_CHANGED) != 0) {
                updateAfter(its);
              }
              changed |= here;
            }
          }
        }
        yield changed;
      }
      case CLONE, BUNDLE -> collective(first, then, node, flags, filter, type);
    };
  }

  private int collective(
      Action first, Action then, @Nullable Node node, int flags, int filter, int type) {
    Resource clone = then.resource;
    if (clone == null) {
      return 0;
    }
    if (interleaves(first, then)) {
      return interleaved(first, then, node, filter, type);
    }
    int changed = single(first, then, flags, filter, type);
    if (!clone.collective()) {
      return changed;
    }
    for (Resource instance : clone.children) {
      Action its = instance.find(then.task(), node);
      if (its == null || (Flags.of(its, node) & RUNNABLE) == 0) {
        continue;
      }
      int here = effect(instance, first, its, node, flags, filter, type);
      if ((here & THEN_CHANGED) != 0) {
        updateAfter(its);
      }
      changed |= here;
    }
    return changed;
  }

  private static boolean interleaves(Action first, Action then) {
    Resource one = first.resource;
    Resource other = then.resource;
    if (one == null || other == null || one == other || !one.isClone() || !other.isClone()) {
      return false;
    }
    boolean down = then.task() == Task.STOP || then.task() == Task.DEMOTE;
    return down ? one.interleave : other.interleave;
  }

  private int interleaved(Action first, Action then, @Nullable Node node, int filter, int type) {
    Resource firstClone = first.resource;
    Resource thenClone = then.resource;
    if (firstClone == null || thenClone == null) {
      return 0;
    }
    boolean current = first.task() == Task.STOPPED || first.task() == Task.DEMOTED;
    int changed = 0;
    for (Resource thenInstance : thenClone.children) {
      Resource firstInstance =
          ColocationEffect.compatible(model, thenInstance, firstClone, RoleLevel.UNKNOWN, current);
      if (firstInstance == null) {
        boolean needs =
            (type & (Relation.UNRUNNABLE_FIRST_BLOCKS | Relation.FIRST_IMPLIES_THEN)) != 0;
        if (!current && needs && assignment.place(thenInstance, null, true, true)) {
          changed |= THEN_CHANGED;
        }
        continue;
      }
      Action firstAction = firstInstance.find(first.of(firstInstance), node);
      Action thenAction = thenInstance.find(then.task(), node);
      if (firstAction == null || thenAction == null) {
        continue;
      }
      if (Model.relate(firstAction, thenAction, type)) {
        changed |= FIRST_CHANGED | THEN_CHANGED;
      }
      changed |=
          effect(
              thenInstance,
              firstAction,
              thenAction,
              node,
              Flags.of(firstAction, node),
              filter,
              type);
    }
    return changed;
  }

  private int single(Action first, Action then, int flags, int filter, int type) {
    int firstBefore = first.flags;
    int thenBefore = then.flags;
    Effects.apply(first, then, flags, filter, type);
    int changed = 0;
    if (then.flags != thenBefore) {
      changed |= THEN_CHANGED;
      if (then.resource != null && then.resource.parent != null) {
        update(then);
      }
    }
    if (first.flags != firstBefore) {
      changed |= FIRST_CHANGED;
    }
    return changed;
  }
}
