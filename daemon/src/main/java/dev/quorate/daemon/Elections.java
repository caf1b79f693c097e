package dev.quorate.daemon;

import dev.quorate.agents.core.postgresql.PromotionPolicy;
import dev.quorate.daemon.core.ElectionPolicy;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Durability;
import dev.quorate.resource.Election;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Vote;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Has votes counted by the policy of those whose data it is.
final class Elections {
  private Elections() {}

  static ElectionPolicy policy() {
    return Elections::decide;
  }

  private static ElectionPolicy.Verdict decide(
      ClusterState state, Primacy primacy, Election.Open round) {
    Optional<ResourceDefinition> resource = state.configuration().resource(primacy.resource());
    boolean lossAllowed =
        resource
            .filter(r -> Durability.of(state.configuration(), r) == Durability.ASYNC)
            .isPresent();
    SortedMap<NodeId, Integer> scores = new TreeMap<>();
    for (Vote vote : round.votes().values()) {
      if (vote.eligible() && state.online(vote.node())) {
        scores.put(vote.node(), vote.priority());
      }
    }
    PromotionPolicy.Ballot ballot =
        PromotionPolicy.Ballot.of(primacy, round, lossAllowed, false, scores);
    return switch (PromotionPolicy.decide(ballot)) {
      case PromotionPolicy.Verdict.Winner(var vote, var reason) ->
          new ElectionPolicy.Verdict.Winner(vote.voter(), reason);
      case PromotionPolicy.Verdict.Undecided(var missing) ->
          new ElectionPolicy.Verdict.Nobody("votes are missing from " + missing);
      case PromotionPolicy.Verdict.Blocked(var reason, var unblockers) ->
          new ElectionPolicy.Verdict.Nobody(
              unblockers.isEmpty()
                  ? reason
                  : reason + "; the return of one of " + unblockers + " helps");
    };
  }
}
