package dev.quorate.resource.core.scheduling;

import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Finds out where everything shall be, and what must be done for it.
///
/// ```
/// ClusterState → Eligibility → ScoreTable → Placement → ActionPlan → TransitionGraph
/// ```
///
/// Invariants:
/// - the same state gives the same plan, byte for byte;
/// - when a plan has been carried out, the next one is empty;
/// - nothing is started or promoted that something on a lost node may clash with, before that node
///   is fenced; nothing is sent to a node that is not online;
/// - a resource with data to lose is promoted only where the grant or an election says so;
/// - what is not known is probed before anything follows from it.
public final class PlacementScheduler {
  private PlacementScheduler() {}

  /// Plans.
  ///
  /// @param quorate whether the one who plans speaks for a majority
  public static Plan plan(ClusterState state, boolean quorate) {
    Eligibility eligibility = EligibilityPhase.of(state, quorate);
    LivePromotion promotion = new LivePromotion(eligibility);
    Decision decision =
        PolicyEngine.explain(
            LiveDocument.of(eligibility), Instant.ofEpochMilli(state.wallMillis()), promotion);
    DecisionReading reading = new DecisionReading(eligibility, decision, promotion);
    ScoreTable scores = reading.scores();
    Placement placement = reading.placement(scores);
    GraphReading.Read read = GraphReading.of(eligibility, decision, placement);
    ActionPlan actions = read.actions();
    SortedMap<ResourceId, Explanation> explanations = new TreeMap<>();
    for (Candidate candidate : eligibility.resources().values()) {
      Placement.Assignment assignment = placement.assignments().get(candidate.id());
      if (assignment != null) {
        explanations.put(candidate.id(), Explanation.of(actions, candidate, assignment));
      }
    }
    Optional<Instant> recheck =
        Stream.concat(decision.recheck().stream(), new StartPause(eligibility).firstEnd().stream())
            .min(Instant::compareTo);
    return new Plan(eligibility, scores, placement, actions, read.graph(), explanations, recheck);
  }
}
