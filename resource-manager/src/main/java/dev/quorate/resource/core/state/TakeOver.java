package dev.quorate.resource.core.state;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Holder;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Whether one node alone could go on with what runs on the others, were they off now. For whoever
/// is about to give up something that works: better a primary that nothing can be decided about
/// than none.
///
/// Follows from the agreed state alone, so it can be wrong where that is not up to date. Nothing is
/// promoted because of it: the election finds out for itself.
public final class TakeOver {
  private TakeOver() {}

  /// Why it could not; empty if it could.
  ///
  /// @param promotes whether the parameters of a resource let the node be promoted
  public static Optional<String> obstacle(
      ClusterState state, NodeId node, Predicate<ResourceDefinition> promotes) {
    NodeDefinition definition = state.configuration().nodes().get(node);
    if (definition == null || !state.online(node) || state.leaving(node)) {
      return Optional.of(node + " does not take part, or is about to leave");
    }
    if (definition.standby() || definition.maintenance()) {
      return Optional.of(node + " may host nothing: it is in standby or maintenance");
    }
    if (ElectionSupervisor.flag(state, "maintenance-mode")
        || ElectionSupervisor.flag(state, "stop-all-resources")) {
      return Optional.of("the cluster starts nothing: see 'hactl property'");
    }
    return state.primacies().values().stream()
        .filter(p -> p.holder() instanceof Holder.Held(var holder, _) && !holder.equals(node))
        .flatMap(p -> obstacle(state, node, p, promotes).stream())
        .findFirst();
  }

  private static Optional<String> obstacle(
      ClusterState state, NodeId node, Primacy primacy, Predicate<ResourceDefinition> promotes) {
    Optional<ResourceDefinition> found = state.configuration().resource(primacy.resource());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    ResourceDefinition resource = found.get();
    boolean barred =
        ElectionSupervisor.unwanted(state, resource)
            || ElectionSupervisor.banned(state, resource, node)
            || neverPromoted(state, resource, node)
            || !promotes.test(resource);
    if (barred) {
      return Optional.of("%s may not be promoted on %s".formatted(resource.id(), node));
    }
    if (state.instance(resource.id(), node).filter(PrimacyRules::unpromoted).isEmpty()) {
      return Optional.of(
          "%s does not run unpromoted and well on %s".formatted(resource.id(), node));
    }
    boolean keeps =
        ElectionRules.mayLose(state.configuration(), resource)
            || ElectionRules.promised(primacy, List.of(node));
    return keeps
        ? Optional.empty()
        : Optional.of(
            "%s on %s is not promised to have every acknowledged write"
                .formatted(resource.id(), node));
  }

  private static boolean neverPromoted(
      ClusterState state, ResourceDefinition resource, NodeId node) {
    return state.configuration().constraints().stream()
        .anyMatch(c ->
            c instanceof Constraint.Location(_, var id, var role, var where, var score)
                && resource.answersTo(id)
                && role == Role.PROMOTED
                && where.equals(node)
                && score.equals(Score.NEVER));
  }
}
