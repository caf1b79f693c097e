package dev.quorate.resource.core.exchange;

import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Puts a live constraint into the words of a document, for those who decide and for those who
/// read.
public final class ConstraintExport {
  private ConstraintExport() {}

  private static Optional<Role> role(Role role) {
    return role == Role.STARTED ? Optional.empty() : Optional.of(role);
  }

  private static String publicId(ResourceId name, ClusterConfiguration configuration) {
    return configuration.publicId(name).name();
  }

  /// A constraint as an element.
  ///
  /// @param id what it is called in the document, if it was not written for one
  /// @param configuration knows the clones that resources answer for
  public static ConstraintElement of(
      Constraint constraint, String id, ClusterConfiguration configuration) {
    return switch (constraint) {
      case Constraint.Written(var element) ->
          element.renamed(name -> publicId(new ResourceId(name), configuration));
      case Constraint.Location c ->
          new ConstraintElement.Location(
              id,
              publicId(c.resource(), configuration),
              "",
              List.of(),
              c.node().name(),
              Optional.of(c.score().value()),
              role(c.role()),
              "",
              List.of());
      case Constraint.Colocation c ->
          new ConstraintElement.Colocation(
              id,
              publicId(c.resource(), configuration),
              role(c.role()),
              publicId(c.with(), configuration),
              role(c.withRole()),
              c.score().value(),
              "",
              Optional.empty(),
              List.of());
      case Constraint.Ordering c ->
          new ConstraintElement.Order(
              id,
              publicId(c.first(), configuration),
              c.firstAction().name().toLowerCase(Locale.ROOT),
              publicId(c.then(), configuration),
              c.thenAction().name().toLowerCase(Locale.ROOT),
              Optional.of(
                  switch (c.kind()) {
                    case MANDATORY -> ConstraintElement.Order.Kind.MANDATORY;
                    case OPTIONAL -> ConstraintElement.Order.Kind.OPTIONAL;
                  }),
              Optional.empty(),
              Optional.of(c.symmetrical()),
              Optional.empty(),
              List.of());
    };
  }
}
