package dev.quorate.resource.core.policy;

/// Forgets what was done with a resource on a node.
final class Deletion {
  private Deletion() {}

  static void of(Model model, Resource resource, Node node, boolean optional) {
    if (resource.failed || !node.online || node.unclean) {
      return;
    }
    Action delete = model.action(resource, OperationKey.of(Task.DELETE), node, optional);
    delete.central = false;
    model.order(
        resource,
        OperationKey.STOP,
        resource,
        OperationKey.of(Task.DELETE),
        optional ? Relation.FIRST_IMPLIES_THEN : Relation.ORDERED);
    model.order(
        resource,
        OperationKey.of(Task.DELETE),
        resource,
        OperationKey.START,
        optional ? Relation.FIRST_IMPLIES_THEN : Relation.ORDERED);
  }
}
