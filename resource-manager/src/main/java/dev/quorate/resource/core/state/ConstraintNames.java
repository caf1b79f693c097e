package dev.quorate.resource.core.state;

import dev.quorate.resource.Constraint;
import dev.quorate.resource.ResourceId;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The names of resources, groups and clones in constraints.
final class ConstraintNames {
  private ConstraintNames() {}

  static List<ResourceId> of(Constraint constraint) {
    return switch (constraint) {
      case Constraint.Location l -> List.of(l.resource());
      case Constraint.Colocation c -> List.of(c.resource(), c.with());
      case Constraint.Ordering o -> List.of(o.first(), o.then());
      case Constraint.Written w ->
          w.element().names().stream().flatMap(name -> legal(name).stream()).toList();
    };
  }

  /// The name of a resource; what is not legal names none.
  static Optional<ResourceId> legal(String name) {
    try {
      return Optional.of(new ResourceId(name));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// What is left of a constraint when resources go: sets go on without them.
  static Optional<Constraint> without(Constraint constraint, Predicate<ResourceId> gone) {
    if (constraint instanceof Constraint.Written(var element)) {
      return element
          .without(name -> legal(name).filter(gone).isPresent())
          .map(Constraint.Written::new);
    }
    return of(constraint).stream().anyMatch(gone) ? Optional.empty() : Optional.of(constraint);
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
      case Constraint.Written(var element) ->
          new Constraint.Written(
              element.renamed(name -> name.equals(from.name()) ? to.name() : name));
    };
  }

  private static ResourceId one(ResourceId name, ResourceId from, ResourceId to) {
    return name.equals(from) ? to : name;
  }
}
