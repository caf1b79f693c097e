package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Creates the operations that are repeated while a resource is in a role, and ends those of other
/// roles.
final class Recurring {
  private static final int AFTER = Relation.ORDERED | Relation.UNRUNNABLE_FIRST_BLOCKS;
  private static final int WITH = Relation.FIRST_IMPLIES_THEN | Relation.UNRUNNABLE_FIRST_BLOCKS;

  private final Model model;

  Recurring(Model model) {
    this.model = model;
  }

  void create(Resource resource) {
    if (resource.blocked || resource.maintenance) {
      return;
    }
    Node target = resource.assigned;
    Action start =
        target != null
                && !target.maintenance
                && (resource.next != RoleLevel.STOPPED || !resource.managed)
            ? model.action(resource, OperationKey.START, target, true)
            : null;
    for (Operation operation : resource.operations) {
      if (operation.intervalMillis() <= 0 || !valid(operation)) {
        continue;
      }
      Task task = Task.parse(operation.name()).orElse(null);
      if (task == null) {
        continue;
      }
      if (ambiguous(resource, operation)) {
        continue;
      }
      OperationKey key = new OperationKey(task, "", operation.intervalMillis());
      if (operation.role() == RoleLevel.STOPPED) {
        inactive(resource, operation, key);
      } else if (start != null && target != null) {
        active(resource, start, target, operation, key);
      }
    }
  }

  /// Whether another operation has the same name and interval: then neither is done.
  private static boolean ambiguous(Resource resource, Operation operation) {
    int same = 0;
    for (Operation other : resource.operations) {
      if (other.name().equals(operation.name())
          && other.intervalMillis() == operation.intervalMillis()) {
        same++;
      }
    }
    return same > 1;
  }

  private static boolean valid(Operation operation) {
    return operation.enabled()
        && switch (operation.name()) {
          case "start", "stop", "promote", "demote", "migrate_to", "migrate_from", "notify" ->
              false;
          default -> true;
        };
  }

  private void active(
      Resource resource, Action start, Node node, Operation operation, OperationKey key) {
    Action existing = existing(resource, key, node);
    boolean optional = existing != null && !existing.rescheduled && start.optional();
    if (otherRole(resource, operation)) {
      if (optional) {
        endForOtherRole(resource, node, operation, key);
      }
      return;
    }
    Action monitor = model.action(resource, key, node, optional);
    if (!start.runnable() || !node.online || node.unclean) {
      monitor.clear(Action.RUNNABLE);
    }
    if (resource.next == RoleLevel.PROMOTED) {
      monitor.expectedCode = 8;
    }
    if (resource.managed) {
      orderAfterRole(resource, monitor);
    }
  }

  private static @Nullable Action existing(Resource resource, OperationKey key, Node node) {
    for (int i = resource.actions.size() - 1; i >= 0; i--) {
      Action action = resource.actions.get(i);
      if (action.key.equals(key) && action.node == node) {
        return action;
      }
    }
    return null;
  }

  private static boolean otherRole(Resource resource, Operation operation) {
    RoleLevel role = operation.role();
    if (role == RoleLevel.UNKNOWN) {
      return resource.next == RoleLevel.PROMOTED;
    }
    return role != resource.next;
  }

  private void endForOtherRole(
      Resource resource, Node node, Operation operation, OperationKey key) {
    Action cancel = cancel(resource, operation.name(), key.intervalMillis(), node);
    switch (resource.role) {
      case UNPROMOTED, STARTED -> {
        if (resource.next == RoleLevel.PROMOTED) {
          model.order(cancel, resource, OperationKey.PROMOTE, AFTER);
        } else if (resource.next == RoleLevel.STOPPED) {
          model.order(cancel, resource, OperationKey.STOP, AFTER);
        }
      }
      case PROMOTED -> model.order(cancel, resource, OperationKey.DEMOTE, AFTER);
      default -> {}
    }
  }

  private Action cancel(Resource resource, String operation, long intervalMillis, Node node) {
    Action cancel =
        model.action(
            resource, new OperationKey(Task.CANCEL, operation, intervalMillis), node, false);
    cancel.detail = operation;
    return cancel;
  }

  /// What runs no longer is not stopped under its monitor.
  static void stopFor(Model model, Resource resource, Action cancel) {
    model.order(resource, OperationKey.STOP, cancel, Relation.ORDERED);
  }

  private void orderAfterRole(Resource resource, Action monitor) {
    model.order(resource, OperationKey.START, monitor, WITH);
    model.order(resource, OperationKey.of(Task.RELOAD), monitor, WITH);
    if (resource.next == RoleLevel.PROMOTED) {
      model.order(resource, OperationKey.PROMOTE, monitor, AFTER);
    } else if (resource.role == RoleLevel.PROMOTED) {
      model.order(resource, OperationKey.DEMOTE, monitor, AFTER);
    }
  }

  private static void afterStops(Resource resource, Node node, Action monitor) {
    for (Action stop : resource.actions) {
      if (!stop.key.equals(OperationKey.STOP) || stop.node != node) {
        continue;
      }
      if (!resource.managed && stop.required()) {
        monitor.set(Action.OPTIONAL);
      }
      if (!stop.runnable()) {
        monitor.clear(Action.RUNNABLE);
      }
      if (resource.managed) {
        Model.relate(stop, monitor, WITH);
      }
    }
  }

  /// A monitor that looks for what must not run: on every node but the one where it runs.
  private void inactive(Resource resource, Operation operation, OperationKey key) {
    if (resource.anonymousInstance()) {
      return;
    }
    Node target = resource.assigned;
    if (target != null && existing(resource, key, target) != null) {
      Action cancel = cancel(resource, operation.name(), key.intervalMillis(), target);
      if (resource.next == RoleLevel.STARTED || resource.next == RoleLevel.UNPROMOTED) {
        model.order(cancel, resource, OperationKey.START, AFTER);
      }
    }
    List<Action> probes = new ArrayList<>();
    for (Action action : resource.actions) {
      if (action.key.equals(OperationKey.PROBE)) {
        probes.add(action);
      }
    }
    for (Node node : model.nodes) {
      if (node == target) {
        continue;
      }
      Action monitor = model.action(resource, key, node, existing(resource, key, node) != null);
      monitor.expectedCode = 7;
      if (resource.managed) {
        for (Action probe : probes) {
          if (probe.node == node) {
            Model.relate(probe, monitor, Relation.UNRUNNABLE_FIRST_BLOCKS);
          }
        }
      }
      afterStops(resource, node, monitor);
      if (!node.online || node.unclean) {
        monitor.clear(Action.RUNNABLE);
      }
    }
  }
}
