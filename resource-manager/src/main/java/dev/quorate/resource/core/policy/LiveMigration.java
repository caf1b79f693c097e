package dev.quorate.resource.core.policy;

import org.jspecify.annotations.Nullable;

/// Moves a resource without stopping it.
final class LiveMigration {
  private static final int CHAIN = Relation.ORDERED | Relation.UNMIGRATABLE_THEN_BLOCKS;

  private final Model model;

  LiveMigration(Model model) {
    this.model = model;
  }

  boolean possible(Resource resource, @Nullable Node current) {
    Node target = resource.assigned;
    return resource.allowMigrate
        && resource.managed
        && !resource.failed
        && !resource.startPending
        && current != null
        && !current.unclean
        && target != null
        && !target.unclean
        && target.online;
  }

  void create(Resource resource, @Nullable Node current) {
    Node target = resource.assigned;
    if (current == null || target == null || current == target) {
      return;
    }
    Action start = model.action(resource, OperationKey.START, target, true);
    Action stop = model.action(resource, OperationKey.STOP, current, true);
    start.set(Action.PSEUDO);
    Action from = model.action(resource, OperationKey.of(Task.MIGRATE_FROM), target, true);
    from.peer = current;
    from.needs = start.needs;
    if (resource.migrationTarget == null) {
      Action to = model.action(resource, OperationKey.of(Task.MIGRATE_TO), current, true);
      to.peer = target;
      to.needs = start.needs;
      to.set(Action.MIGRATABLE);
      from.set(Action.MIGRATABLE);
      start.set(Action.MIGRATABLE);
      stop.set(Action.MIGRATABLE);
      model.order(
          resource,
          OperationKey.PROBE,
          resource,
          OperationKey.of(Task.MIGRATE_TO),
          Relation.ORDERED);
      model.order(
          resource,
          OperationKey.of(Task.MIGRATE_TO),
          resource,
          OperationKey.of(Task.MIGRATE_FROM),
          CHAIN);
    } else {
      from.set(Action.MIGRATABLE);
      start.set(Action.MIGRATABLE);
      stop.set(Action.MIGRATABLE);
      model.order(
          resource,
          OperationKey.PROBE,
          resource,
          OperationKey.of(Task.MIGRATE_FROM),
          Relation.ORDERED);
    }
    model.order(resource, OperationKey.of(Task.MIGRATE_FROM), resource, OperationKey.STOP, CHAIN);
    model.order(
        resource,
        OperationKey.of(Task.MIGRATE_FROM),
        resource,
        OperationKey.START,
        CHAIN | Relation.FIRST_ELSE_THEN);
  }
}
