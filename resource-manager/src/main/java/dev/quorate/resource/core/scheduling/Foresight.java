package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import dev.quorate.resource.core.policy.PromotionRule;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// What would be done from a state on, all the way: nothing is held back that only waits for an
/// election, and nothing of it is ever carried out.
public final class Foresight {
  private Foresight() {}

  /// The decision.
  ///
  /// @param quorate whether there is a quorum
  /// @param winners who is supposed to have won the election of a resource, by its own id
  public static Decision of(
      ClusterState state, boolean quorate, SortedMap<ResourceId, NodeId> winners) {
    Eligibility eligibility = EligibilityPhase.of(state, quorate);
    LivePromotion live = new LivePromotion(eligibility);
    PromotionRule rule =
        (clone, hosts, forbidden) ->
            winner(eligibility, clone, winners).or(() -> live.promoted(clone, hosts, forbidden));
    return PolicyEngine.explain(
        LiveDocument.of(eligibility), Instant.ofEpochMilli(state.wallMillis()), rule);
  }

  private static Optional<List<String>> winner(
      Eligibility eligibility, String clone, SortedMap<ResourceId, NodeId> winners) {
    return eligibility
        .find(new ResourceId(clone))
        .map(Candidate::id)
        .flatMap(id -> Optional.ofNullable(winners.get(id)))
        .map(node -> List.of(node.name()));
  }
}
