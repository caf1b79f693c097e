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
          w.element().names().stream().flatMap(name -> ResourceId.legal(name).stream()).toList();
    };
  }

  /// What is left of a constraint when resources go: sets go on without them.
  static Optional<Constraint> without(Constraint constraint, Predicate<ResourceId> gone) {
    if (constraint instanceof Constraint.Written(var element)) {
      return element
          .without(name -> ResourceId.legal(name).filter(gone).isPresent())
          .map(Constraint.Written::new);
    }
    return of(constraint).stream().anyMatch(gone) ? Optional.empty() : Optional.of(constraint);
  }
}
