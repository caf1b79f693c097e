package dev.quorate.resource.core.state;

import dev.quorate.resource.Constraint;
import dev.quorate.resource.ResourceId;
import java.util.List;

/// The names of resources, groups and clones in constraints.
final class ConstraintNames {
  private ConstraintNames() {}

  static List<ResourceId> of(Constraint constraint) {
    return switch (constraint) {
      case Constraint.Location l -> List.of(l.resource());
      case Constraint.Colocation c -> List.of(c.resource(), c.with());
      case Constraint.Ordering o -> List.of(o.first(), o.then());
    };
  }

  /// The same about something that has another name now.
  static Constraint renamed(Constraint constraint, ResourceId from, ResourceId to) {
    return switch (constraint) {
      case Constraint.Location(var id, var resource, var role, var node, var score) ->
          new Constraint.Location(id, one(resource, from, to), role, node, score);
      case Constraint.Colocation(
              var id,
              var resource,
              var role,
              var with,
              var withRole,
              var score) ->
          new Constraint.Colocation(
              id, one(resource, from, to), role, one(with, from, to), withRole, score);
      case Constraint.Ordering(
              var id,
              var first,
              var firstAction,
              var then,
              var thenAction,
              var kind,
              var symmetrical) ->
          new Constraint.Ordering(
              id,
              one(first, from, to),
              firstAction,
              one(then, from, to),
              thenAction,
              kind,
              symmetrical);
    };
  }

  private static ResourceId one(ResourceId name, ResourceId from, ResourceId to) {
    return name.equals(from) ? to : name;
  }
}
