package dev.quorate.resource.core.policy;

/// What an ordering between starts and stops comes to if one of the two migrates instead.
final class MigrationEquivalents {
  private static final OperationKey TO = OperationKey.of(Task.MIGRATE_TO);
  private static final OperationKey FROM = OperationKey.of(Task.MIGRATE_FROM);

  private MigrationEquivalents() {}

  static void add(Model model, Resource first, Task firstTask, Resource then, Task thenTask) {
    if (first == then
        || (!first.allowMigrate && !then.allowMigrate)
        || first.within(then)
        || then.within(first)) {
      return;
    }
    if (firstTask == Task.START && thenTask == Task.START) {
      if (first.allowMigrate && then.allowMigrate) {
        model.order(first, FROM, then, TO, Relation.ORDERED);
      }
      if (then.allowMigrate) {
        model.order(first, OperationKey.START, then, TO, flags(first));
      }
    } else if (firstTask == Task.STOP && thenTask == Task.STOP && then.allowMigrate) {
      model.order(first, OperationKey.STOP, then, TO, flags(first));
      if (then.migrationTarget != null) {
        model.order(first, OperationKey.STOP, then, FROM, flags(first));
      }
    } else if (firstTask == Task.PROMOTE && thenTask == Task.START && then.allowMigrate) {
      model.order(first, OperationKey.PROMOTE, then, TO, Relation.ORDERED);
    } else if (firstTask == Task.DEMOTE && thenTask == Task.STOP && then.allowMigrate) {
      model.order(first, OperationKey.DEMOTE, then, TO, Relation.ORDERED);
    }
  }

  private static int flags(Resource first) {
    return first.allowMigrate
        ? Relation.ORDERED | Relation.IF_FIRST_UNMIGRATABLE
        : Relation.ORDERED;
  }
}
