package dev.quorate.resource.core.policy;

import dev.quorate.resource.ConstraintElement.Order;
import dev.quorate.resource.ConstraintElement.Order.Kind;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Turns ordering constraints into orderings between the actions of two resources.
final class OrderUnpacking {
  /// Which way an ordering is read.
  private enum Way {
    ASYMMETRIC,
    SYMMETRIC,
    INVERSE
  }

  private final Model model;

  OrderUnpacking(Model model) {
    this.model = model;
  }

  void unpack(Order order) {
    Kind kind = kind(order);
    if (!order.sets().isEmpty()) {
      sets(order, kind);
      return;
    }
    List<String> firsts = Names.expand(model, order.first());
    List<String> thens = Names.expand(model, order.then());
    if (firsts.size() != 1 || thens.size() != 1) {
      tagged(order, kind, firsts, thens);
      return;
    }
    List<Resource> first = Names.resources(model, order.id(), firsts);
    List<Resource> then = Names.resources(model, order.id(), thens);
    if (first.isEmpty() || then.isEmpty()) {
      return;
    }
    simple(order, kind, first.getFirst(), then.getFirst());
  }

  private void tagged(Order order, Kind kind, List<String> firsts, List<String> thens) {
    for (Resource first : Names.resources(model, order.id(), firsts)) {
      for (Resource then : Names.resources(model, order.id(), thens)) {
        simple(order, kind, first, then);
      }
    }
  }

  private static Kind kind(Order order) {
    return order
        .kind()
        .orElse(order.score().orElse(Scores.INFINITY) == 0 ? Kind.OPTIONAL : Kind.MANDATORY);
  }

  private static Way way(Kind kind, Optional<Boolean> symmetrical) {
    if (kind == Kind.SERIALIZE) {
      return Way.ASYMMETRIC;
    }
    return symmetrical.orElse(true) ? Way.SYMMETRIC : Way.ASYMMETRIC;
  }

  private static Task task(String text, Task otherwise) {
    return text.isEmpty() ? otherwise : Task.parse(text).orElse(otherwise);
  }

  private static int flags(Kind kind, Task first, Way way) {
    return switch (kind) {
      case OPTIONAL -> Relation.ORDERED;
      case SERIALIZE -> Relation.ORDERED | Relation.SERIALIZE;
      case MANDATORY ->
          Relation.ORDERED
              | switch (way) {
                case ASYMMETRIC -> Relation.ASYMMETRIC;
                case INVERSE -> Relation.THEN_IMPLIES_FIRST;
                case SYMMETRIC ->
                    Relation.FIRST_IMPLIES_THEN
                        | (first == Task.START || first == Task.PROMOTE
                            ? Relation.UNRUNNABLE_FIRST_BLOCKS
                            : 0);
              };
    };
  }

  private void simple(Order order, Kind kind, Resource first, Resource then) {
    Task firstTask = task(order.firstAction(), Task.START);
    Task thenTask = task(order.thenAction(), firstTask);
    Way way = way(kind, order.symmetrical());
    int flags = flags(kind, firstTask, way);
    int enough =
        !first.isClone()
            ? 0
            : first.cloneMin > 0 ? first.cloneMin : order.requireAll().orElse(true) ? 0 : 1;
    if (enough > 0) {
      Action met = pseudo("clone-min:" + order.id() + ":" + first.id + ":" + then.id);
      met.requiredRunnableBefore = enough;
      for (Resource instance : first.children) {
        model.order(
            instance,
            OperationKey.of(firstTask),
            met,
            Relation.MIN_RUNNABLE | Relation.FIRST_IMPLIES_THEN_GRAPHED);
      }
      model.order(met, then, OperationKey.of(thenTask), flags | Relation.UNRUNNABLE_FIRST_BLOCKS);
    } else {
      model.order(first, firstTask, then, thenTask, flags);
    }
    if (way == Way.SYMMETRIC) {
      inverse(kind, then, thenTask.inverse(), first, firstTask.inverse());
    }
  }

  private void inverse(Kind kind, Resource leaving, Task task, Resource staying, Task stayingTask) {
    model.order(leaving, task, staying, stayingTask, flags(kind, task, Way.INVERSE));
  }

  private Action pseudo(String name) {
    Action action = model.action(null, new OperationKey(Task.ONE_OR_MORE, name, 0), null, true);
    action.set(Action.PSEUDO | Action.RUNNABLE);
    action.minRunnable = true;
    return action;
  }

  /// A set with its resources found.
  private record Members(ResourceSet set, List<Resource> resources, Task task) {
    boolean sequential() {
      return set.sequential().orElse(true);
    }

    /// What stands for the set towards another: one end of it only where it is said to be
    /// sequential.
    List<Resource> side(boolean last) {
      if (!set.sequential().orElse(false) || resources.isEmpty()) {
        return resources;
      }
      return List.of(last ? resources.getLast() : resources.getFirst());
    }
  }

  private void sets(Order order, Kind kind) {
    Members last = null;
    for (ResourceSet set : order.sets()) {
      List<Resource> resources = Names.resources(model, order.id(), set.resources());
      Members members = new Members(set, resources, task(set.action(), Task.START));
      inside(order, kind, members);
      if (last != null) {
        between(order, last, members, kind, way(kind, order.symmetrical()));
        if (way(kind, order.symmetrical()) == Way.SYMMETRIC) {
          between(order, members, last, kind, Way.INVERSE);
        }
      }
      last = members;
    }
  }

  private void inside(Order order, Kind inherited, Members members) {
    Kind kind =
        switch (members.set().kind().toLowerCase(java.util.Locale.ROOT)) {
          case "optional" -> Kind.OPTIONAL;
          case "serialize" -> Kind.SERIALIZE;
          case "mandatory" -> Kind.MANDATORY;
          default -> inherited;
        };
    Way way = way(kind, order.symmetrical());
    Task task = members.task();
    int flags = flags(kind, task, way);
    List<Resource> resources = members.resources();
    if (kind == Kind.SERIALIZE) {
      for (int i = 0; i < resources.size(); i++) {
        for (int j = i + 1; j < resources.size(); j++) {
          model.order(resources.get(i), task, resources.get(j), task, flags);
        }
      }
    } else if (members.sequential()) {
      for (int i = 1; i < resources.size(); i++) {
        model.order(resources.get(i - 1), task, resources.get(i), task, flags);
      }
    }
    if (way == Way.ASYMMETRIC || !members.sequential()) {
      return;
    }
    for (int i = 1; i < resources.size(); i++) {
      inverse(kind, resources.get(i), task.inverse(), resources.get(i - 1), task.inverse());
    }
  }

  private void between(Order order, Members one, Members two, Kind kind, Way way) {
    boolean inverse = way == Way.INVERSE;
    Task firstTask = inverse ? one.task().inverse() : one.task();
    Task thenTask = inverse ? two.task().inverse() : two.task();
    int flags = flags(kind, firstTask, way);
    boolean down = firstTask == Task.STOP || firstTask == Task.DEMOTE;
    if (!one.set().requireAll().orElse(true) && !down) {
      Action any =
          pseudo("one-or-more:" + order.id() + ":" + one.set().id() + (inverse ? "-" : ""));
      for (Resource first : one.resources()) {
        model.order(
            first,
            OperationKey.of(firstTask),
            any,
            Relation.MIN_RUNNABLE | Relation.FIRST_IMPLIES_THEN_GRAPHED);
      }
      for (Resource then : two.resources()) {
        model.order(any, then, OperationKey.of(thenTask), flags | Relation.UNRUNNABLE_FIRST_BLOCKS);
      }
      return;
    }
    List<Resource> firsts = new ArrayList<>(one.side(!inverse));
    List<Resource> thens = new ArrayList<>(two.side(inverse));
    for (Resource first : firsts) {
      for (Resource then : thens) {
        model.order(first, firstTask, then, thenTask, flags);
      }
    }
  }
}
