package dev.quorate.daemon.core;

import dev.quorate.agents.core.postgresql.LossRule;
import dev.quorate.agents.core.postgresql.PromotionPolicy;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Durability;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.NoCandidatePolicy;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.Vote;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Elects by PostgreSQL's rules, among the nodes that constraints and node states allow.
public final class PostgresElections implements ElectionPolicy {
  /// Below every other score: of those who hold as much, the last choice.
  private static final int LAST_CHOICE = -10 * Score.INFINITY;

  @Override
  public Verdict decide(
      ClusterState state, Primacy primacy, Election.Open election, boolean patient) {
    Optional<ResourceDefinition> resource = state.configuration().resource(primacy.resource());
    if (resource.isEmpty()) {
      return new Verdict.Nobody("the resource is no longer configured");
    }
    LossRule loss =
        LossRule.of(
            Durability.of(state.configuration(), resource.get()),
            NoCandidatePolicy.of(state.configuration(), resource.get()),
            resource.get().parameters());
    PromotionPolicy.Ballot ballot =
        PromotionPolicy.Ballot.of(
            primacy, election, loss, patient, scores(state, resource.get(), primacy, election));
    return switch (PromotionPolicy.decide(ballot)) {
      case PromotionPolicy.Verdict.Winner(var vote, var reason) ->
          patient && moving(primacy, vote.voter())
              ? new Verdict.Undecided()
              : new Verdict.Winner(vote.voter(), reason);
      case PromotionPolicy.Verdict.Undecided _ -> new Verdict.Undecided();
      case PromotionPolicy.Verdict.Blocked(var reason, var unblockers) ->
          new Verdict.Nobody(
              unblockers.isEmpty()
                  ? reason
                  : reason
                      + "; would help: the return of "
                      + unblockers.stream().map(NodeId::name).collect(Collectors.joining(" or ")));
    };
  }

  /// The nodes that may be promoted, each with what location constraints and its vote's wish add up
  /// to.
  private static SortedMap<NodeId, Integer> scores(
      ClusterState state, ResourceDefinition resource, Primacy primacy, Election.Open election) {
    SortedMap<NodeId, Integer> scores = new TreeMap<>();
    for (NodeDefinition node : state.configuration().nodes().values()) {
      Score score = preference(state, resource, node.id());
      boolean usable = state.online(node.id()) && !node.standby() && !node.maintenance();
      if (usable && !state.leaving(node.id()) && score.compareTo(Score.NEVER) > 0) {
        Vote vote = election.votes().get(node.id());
        int wish = moving(primacy, node.id()) ? LAST_CHOICE : 0;
        scores.put(node.id(), score.value() + wish + (vote == null ? 0 : vote.priority()));
      }
    }
    return scores;
  }

  /// Whether an operator wants the promoted instance away from this node.
  private static boolean moving(Primacy primacy, NodeId node) {
    return !primacy.switchoverTo().isEmpty()
        && primacy.holder() instanceof Holder.Released(var last, _, _, _, _)
        && last.equals(node);
  }

  private static Score preference(
      ClusterState state, ResourceDefinition resource, NodeId candidate) {
    Score sum = Score.ZERO;
    for (Constraint constraint : state.configuration().constraints()) {
      if (constraint instanceof Constraint.Location(_, var id, var role, var node, var score)
          && resource.answersTo(id)
          && (role == Role.STARTED || role == Role.PROMOTED)
          && node.equals(candidate)) {
        sum = sum.plus(score);
      }
    }
    return sum;
  }
}
