package dev.quorate.resource.core.scheduling;

import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.scheduling.ActionPlan.Held;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import java.util.List;
import java.util.Optional;

/// Says in an operator's words why something cannot be done now: by what was configured and by what
/// a lost node may still run.
final class HeldReasons {
  private final Eligibility eligibility;
  private final Placement placement;

  HeldReasons(Eligibility eligibility, Placement placement) {
    this.eligibility = eligibility;
    this.placement = placement;
  }

  Held better(Held held) {
    OperationAction action = held.action();
    boolean up = action.kind() == OperationKind.START || action.kind() == OperationKind.PROMOTE;
    Candidate candidate = eligibility.resources().get(action.resource());
    if (!up || candidate == null) {
      return held;
    }
    return lost(candidate)
        .or(() -> constrained(candidate, action.kind()))
        .map(reason -> new Held(action, reason))
        .orElse(held);
  }

  private Optional<String> lost(Candidate candidate) {
    if (eligibility.hasData(candidate.id())) {
      return Optional.empty();
    }
    for (Instance other : candidate.instances().values()) {
      Standing standing = eligibility.standing(other.node());
      if (standing.kind() == Standing.Kind.UNCLEAN && other.mayRun()) {
        return Optional.of(
            "it may still run on "
                + other.node()
                + ", which is lost and not fenced [hactl stonith confirm "
                + other.node()
                + "]");
      }
      if (standing.kind() == Standing.Kind.FROZEN && other.footing() == Instance.Footing.UNKNOWN) {
        return Optional.of("it may run on " + other.node() + ", whose daemon is away");
      }
    }
    return Optional.empty();
  }

  private Optional<String> constrained(Candidate candidate, OperationKind kind) {
    for (Constraint constraint : eligibility.state().configuration().constraints()) {
      switch (constraint) {
        case Constraint.Ordering order -> {
          if (order.kind() == Constraint.Ordering.Kind.MANDATORY
              && order.thenAction() == kind
              && covers(order.then(), candidate)
              && !wanted(order.first(), order.firstAction())) {
            return Optional.of(
                "order "
                    + order.id()
                    + ": "
                    + order.first()
                    + " is not to be "
                    + (order.firstAction() == OperationKind.PROMOTE ? "promoted" : "started")
                    + remedy(order));
          }
        }
        case Constraint.Colocation colocation -> {
          if (colocation.score().equals(Score.MUST)
              && covers(colocation.resource(), candidate)
              && !wanted(
                  colocation.with(),
                  colocation.withRole() == Role.PROMOTED
                      ? OperationKind.PROMOTE
                      : OperationKind.START)) {
            return Optional.of(
                "colocation "
                    + colocation.id()
                    + ": "
                    + colocation.with()
                    + " is not to be there"
                    + remedy(colocation));
          }
        }
        case Constraint.Location _, Constraint.Written _ -> {}
      }
    }
    return Optional.empty();
  }

  private static String remedy(Constraint constraint) {
    return " [hactl constraint delete " + constraint.id() + "]";
  }

  private boolean covers(ResourceId name, Candidate candidate) {
    return eligibility.state().configuration().covers(name, candidate.definition());
  }

  private boolean wanted(ResourceId name, OperationKind kind) {
    Role role = kind == OperationKind.PROMOTE ? Role.PROMOTED : Role.STARTED;
    List<ResourceDefinition> parts = eligibility.state().configuration().named(name);
    return !parts.isEmpty()
        && parts.stream()
            .map(r -> placement.assignments().get(r.id()))
            .allMatch(a -> a != null && !a.nodes(role).isEmpty());
  }
}
