package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Creates what must be done with each resource to get it where it shall be.
final class ResourceActions {
  private final Model model;
  private final Recurring recurring;
  private final LiveMigration migration;

  ResourceActions(Model model) {
    this.model = model;
    this.recurring = new Recurring(model);
    this.migration = new LiveMigration(model);
  }

  void create() {
    for (Resource resource : model.resources) {
      create(resource);
    }
  }

  private void create(Resource resource) {
    switch (resource.kind) {
      case PRIMITIVE -> primitive(resource);
      case GROUP -> group(resource);
      case CLONE -> cloned(resource);
      case BUNDLE -> {}
    }
  }

  private void group(Resource group) {
    group.children.forEach(this::create);
    for (Task task : List.of(Task.START, Task.RUNNING, Task.STOP, Task.STOPPED)) {
      model.pseudo(group, OperationKey.of(task), true, true);
    }
    if (group.inPromotable()) {
      for (Task task : List.of(Task.DEMOTE, Task.DEMOTED, Task.PROMOTE, Task.PROMOTED)) {
        model.pseudo(group, OperationKey.of(task), true, true);
      }
    }
  }

  /// What a clone's instances are about to do.
  private static final class Summary {
    boolean active;
    boolean starting;
    boolean stopping;
    boolean restarting;

    void of(Resource instance) {
      for (Resource member : instance.children) {
        of(member);
      }
      if (!instance.isPrimitive()) {
        return;
      }
      active |= !instance.active.isEmpty();
      boolean starts = false;
      boolean stops = false;
      for (Action action : instance.actions) {
        if (action.optional()) {
          continue;
        }
        if (action.task() == Task.START) {
          starts |= action.runnable();
        } else if (action.task() == Task.STOP) {
          stops |= action.runnable() || action.pseudo();
        }
      }
      starting |= starts;
      stopping |= stops;
      restarting |= starts && stops;
    }
  }

  private void cloned(Resource clone) {
    Summary summary = new Summary();
    for (Resource instance : clone.children) {
      create(instance);
      summary.of(instance);
    }
    Action start = model.pseudo(clone, OperationKey.START, !summary.starting, true);
    Action running =
        model.pseudo(
            clone,
            OperationKey.of(Task.RUNNING),
            !summary.starting,
            summary.active || summary.starting);
    running.priority = Scores.INFINITY;
    Action stop = model.pseudo(clone, OperationKey.STOP, !summary.stopping, true);
    Action stopped = model.pseudo(clone, OperationKey.of(Task.STOPPED), !summary.stopping, true);
    stopped.priority = Scores.INFINITY;
    if (!summary.restarting) {
      stop.set(Action.MIGRATABLE);
    }
    if (clone.ordered) {
      inTurn(clone);
    }
    if (clone.notify) {
      Notifications.startAndStop(model, clone, start, running, stop, stopped);
    }
    if (clone.promotable) {
      promotable(clone);
    }
  }

  /// An ordered clone's instances start one after the other, and stop in the reverse order,
  /// whatever those between them do.
  private static void inTurn(Resource clone) {
    List<Resource> instances = new ArrayList<>(clone.children);
    instances.sort(Comparator.comparingInt(InstanceOrder::number));
    Action lastStart = null;
    Action lastStop = null;
    for (Resource instance : instances) {
      Action stop = instance.find(Task.STOP);
      if (stop != null && stop.required()) {
        Model.relate(stop, lastStop, Relation.ORDERED);
        lastStop = stop;
      }
      Action start = instance.find(Task.START);
      if (start != null && start.required()) {
        Model.relate(lastStart, start, Relation.ORDERED);
        lastStart = start;
      }
    }
  }

  private void promotable(Resource clone) {
    boolean promoting = false;
    boolean demoting = false;
    for (Resource instance : clone.children) {
      promoting |= requires(instance, Task.PROMOTE);
      demoting |= requires(instance, Task.DEMOTE);
    }
    Action promote = model.pseudo(clone, OperationKey.PROMOTE, !promoting, true);
    Action promoted = model.pseudo(clone, OperationKey.of(Task.PROMOTED), !promoting, true);
    promoted.priority = Scores.INFINITY;
    Action demote = model.pseudo(clone, OperationKey.DEMOTE, !demoting, true);
    Action demoted = model.pseudo(clone, OperationKey.of(Task.DEMOTED), !demoting, true);
    demoted.priority = Scores.INFINITY;
    if (clone.notify) {
      Notifications.promoteAndDemote(model, clone, promote, promoted, demote, demoted);
    }
  }

  private static boolean requires(Resource instance, Task task) {
    for (Action action : instance.actions) {
      if (action.task() == task && action.required()) {
        return true;
      }
    }
    return instance.children.stream().anyMatch(m -> requires(m, task));
  }

  private void primitive(Resource resource) {
    if (resource.next == RoleLevel.UNKNOWN) {
      resource.next = resource.assigned == null ? RoleLevel.STOPPED : RoleLevel.STARTED;
    }
    Node current = resource.current();
    Node target = resource.assigned;
    for (Node dangling : resource.danglingMigrations) {
      Action stop = model.action(resource, OperationKey.STOP, dangling, false);
      stop.dangling = true;
    }
    boolean moving =
        current != null
            && target != null
            && current != target
            && !resource.next.below(RoleLevel.STARTED);
    boolean migratable = moving && migration.possible(resource, current);
    boolean stop = moving;
    boolean promote = false;
    if (resource.migrationSource != null || resource.migrationTarget != null) {
      if (!migratable || !continues(resource, current)) {
        stop = true;
        migratable = false;
        resource.migrationSource = null;
        resource.migrationTarget = null;
      }
    } else if (resource.countedActive().size() > 1) {
      migratable = false;
      switch (resource.multiplyActive) {
        case STOP_START -> stop = true;
        case STOP_UNEXPECTED -> {
          stop = true;
          resource.keepExpected = true;
        }
        case STOP_ONLY, BLOCK -> {}
      }
    }
    if (resource.startPending && target != null) {
      model.action(resource, OperationKey.START, target, true).always = true;
    }
    if (!moving) {
      if (resource.failed) {
        if (resource.stopIfFailed) {
          stop = true;
        } else if (resource.next == RoleLevel.PROMOTED) {
          promote = true;
        }
      } else if (resource.blocked) {
        stop = true;
      } else if (resource.role.above(RoleLevel.STARTED) && current != null && target != null) {
        stop |= model.action(resource, OperationKey.START, target, true).required();
      }
    }
    restart(resource, current, stop, promote);
    RoleLevel role = resource.role;
    while (role != resource.next) {
      RoleLevel next = role.towards(resource.next);
      step(resource, role, next, target, false);
      role = next;
    }
    recurring.create(resource);
    if (migratable) {
      migration.create(resource, current);
    }
  }

  private static boolean continues(Resource resource, @Nullable Node current) {
    return resource.migrationSource != null
        && resource.migrationTarget != null
        && resource.assigned == resource.migrationTarget
        && resource.active.size() == 2
        && current == resource.migrationSource
        && resource.active.contains(resource.migrationTarget);
  }

  /// Down to stopped and up again to the role that it has, only if anything asks for it.
  private void restart(Resource resource, @Nullable Node current, boolean stop, boolean promote) {
    RoleLevel role = resource.role;
    while (role != RoleLevel.STOPPED && role != RoleLevel.UNKNOWN) {
      RoleLevel next = role.towards(RoleLevel.STOPPED);
      step(resource, role, next, current, !stop);
      role = next;
    }
    while (!resource.role.above(resource.next)
        && role != resource.role
        && resource.role != RoleLevel.UNKNOWN
        && !resource.blocked) {
      RoleLevel next = role.towards(resource.role);
      boolean required = stop || (next == RoleLevel.PROMOTED && promote);
      step(resource, role, next, resource.assigned, !required);
      role = next;
    }
  }

  private void step(
      Resource resource, RoleLevel from, RoleLevel to, @Nullable Node node, boolean optional) {
    switch (from) {
      case UNKNOWN, STOPPED -> {
        if (to != RoleLevel.STOPPED && to != RoleLevel.UNKNOWN) {
          start(resource, node, optional);
        }
      }
      case STARTED -> {
        if (to == RoleLevel.STOPPED) {
          stop(resource, optional);
        } else if (to == RoleLevel.PROMOTED) {
          promote(resource, node, optional);
        }
      }
      case UNPROMOTED -> {
        if (to == RoleLevel.PROMOTED) {
          promote(resource, node, optional);
        } else {
          stop(resource, optional);
        }
      }
      case PROMOTED -> demote(resource, optional);
    }
  }

  /// Whether a resource that runs in several places may stay in this one.
  private static boolean expected(Resource resource, @Nullable Node node) {
    return resource.keepExpected
        && resource.next.above(RoleLevel.STOPPED)
        && resource.assigned != null
        && resource.assigned == node;
  }

  private void stop(Resource resource, boolean optional) {
    for (Node node : List.copyOf(resource.active)) {
      if (expected(resource, node)) {
        continue;
      }
      boolean here = optional;
      if (resource.migrationTarget != null) {
        if (node == resource.migrationTarget && node == resource.assigned) {
          continue;
        }
        here = false;
      }
      Action stop = model.action(resource, OperationKey.STOP, node, here);
      if (!resource.managed) {
        stop.clear(Action.RUNNABLE);
      }
      if (model.options.removeAfterStop()) {
        Deletion.of(model, resource, node, here);
      }
      model.unfencing().afterStop(resource, node, stop);
    }
  }

  private void start(Resource resource, @Nullable Node node, boolean optional) {
    Action start = model.action(resource, OperationKey.START, node, true);
    if (node != null) {
      model.unfencing().before(resource, node, start, Relation.FIRST_IMPLIES_THEN);
    }
    if (start.runnable() && !optional) {
      start.clear(Action.OPTIONAL);
    }
    if (expected(resource, node)) {
      start.set(Action.PSEUDO);
    }
  }

  private void promote(Resource resource, @Nullable Node node, boolean optional) {
    boolean runnable = true;
    for (Action action : resource.actions) {
      if (action.key.equals(OperationKey.START) && action.node == node && !action.runnable()) {
        runnable = false;
      }
    }
    if (runnable) {
      Action promote = model.action(resource, OperationKey.PROMOTE, node, optional);
      if (expected(resource, node)) {
        promote.set(Action.PSEUDO);
      }
      return;
    }
    for (Action action : resource.actions) {
      if (action.key.equals(OperationKey.PROMOTE) && action.node == node) {
        action.clear(Action.RUNNABLE);
      }
    }
  }

  private void demote(Resource resource, boolean optional) {
    for (Node node : resource.active) {
      if (!expected(resource, node)) {
        model.action(resource, OperationKey.DEMOTE, node, optional);
      }
    }
  }
}
