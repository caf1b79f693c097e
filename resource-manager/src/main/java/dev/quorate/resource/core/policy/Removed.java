package dev.quorate.resource.core.policy;

/// Tidies up after resources that are no longer configured.
final class Removed {
  private Removed() {}

  static void clearFailCounts(Model model, FailCounts failCounts) {
    for (Resource resource : model.resources) {
      if (!resource.removed || !resource.isPrimitive()) {
        continue;
      }
      for (Node node : model.nodes) {
        if (node.online && failCounts.count(resource, node, true) > 0) {
          Action clear =
              model.action(resource, OperationKey.of(Task.CLEAR_FAIL_COUNT), node, false);
          model.order(clear, resource, OperationKey.STOP, Relation.ORDERED);
        }
      }
    }
  }

  /// Forgets the history of a removed resource wherever there is one.
  static void deleteHistory(Model model) {
    if (!model.options.stopRemoved()) {
      return;
    }
    for (Resource resource : model.resources) {
      if (!resource.removed || !resource.isPrimitive() || resource.parent != null) {
        continue;
      }
      for (Node node : resource.history.keySet()) {
        if (node.available() || node.maintenance) {
          Deletion.of(model, resource, node, false);
        }
      }
    }
  }
}
