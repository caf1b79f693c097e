package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns orderings between resources into relations between their actions.
final class OrderingExpansion {
  private final Model model;

  OrderingExpansion(Model model) {
    this.model = model;
  }

  void expand() {
    for (int i = 0; i < model.orderings.size(); i++) {
      Model.Ordering ordering = model.orderings.get(i);
      Resource first = ordering.first();
      if (first != null) {
        first(ordering, first);
      } else if (ordering.firstAction() != null && ordering.then() != null) {
        then(ordering.firstAction(), ordering, ordering.then());
      } else {
        Model.relate(ordering.firstAction(), ordering.thenAction(), ordering.flags());
      }
    }
  }

  private static List<Action> matching(Resource resource, OperationKey key) {
    List<Action> found = List.of();
    for (int i = resource.actions.size() - 1; i >= 0; i--) {
      Action action = resource.actions.get(i);
      if (action.key.equals(key)) {
        if (found.isEmpty()) {
          found = new ArrayList<>(1);
        }
        found.add(action);
      }
    }
    return found;
  }

  private void first(Model.Ordering ordering, Resource resource) {
    List<Action> firsts;
    Action given = ordering.firstAction();
    OperationKey key = ordering.firstKey();
    if (given != null) {
      firsts = List.of(given);
    } else if (key == null) {
      return;
    } else {
      firsts = matching(resource, key);
      if (firsts.isEmpty()) {
        Action made = missing(ordering, resource, key);
        if (made == null) {
          return;
        }
        firsts = List.of(made);
      }
    }
    for (Action first : firsts) {
      if (ordering.then() == null) {
        Model.relate(first, ordering.thenAction(), ordering.flags());
      } else {
        then(first, ordering, ordering.then());
      }
    }
  }

  /// A first action that there is no cause for stands for what will not happen.
  private @Nullable Action missing(Model.Ordering ordering, Resource resource, OperationKey key) {
    if (resource == ordering.then()) {
      return null;
    }
    RoleLevel role = resource.role(true);
    if (key.task() == Task.STOP && (role == RoleLevel.STOPPED || role == RoleLevel.UNKNOWN)) {
      return null;
    }
    if (key.task() == Task.DEMOTE && role == RoleLevel.UNPROMOTED) {
      return null;
    }
    return model.action(resource, key, null, true);
  }

  private static void then(Action first, Model.Ordering ordering, Resource resource) {
    int flags = ordering.flags();
    if (first.resource == resource && first.dangling) {
      flags &= ~Relation.FIRST_IMPLIES_THEN;
    }
    if (ordering.thenAction() != null) {
      Model.relate(first, ordering.thenAction(), flags);
      return;
    }
    OperationKey key = ordering.thenKey();
    if (key == null) {
      return;
    }
    for (Action then : matching(resource, key)) {
      Model.relate(first, then, flags);
    }
  }
}
