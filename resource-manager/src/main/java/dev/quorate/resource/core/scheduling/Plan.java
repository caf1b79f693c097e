package dev.quorate.resource.core.scheduling;

import dev.quorate.resource.ResourceId;
import dev.quorate.resource.core.transition.TransitionGraph;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// All phases of one plan, each made from the one before.
///
/// @param explanations by the primitive's id
/// @param recheck when the passing of time alone may change the plan
public record Plan(
    Eligibility eligibility,
    ScoreTable scores,
    Placement placement,
    ActionPlan actions,
    TransitionGraph graph,
    SortedMap<ResourceId, Explanation> explanations,
    Optional<Instant> recheck) {
  /// Copies the map.
  public Plan {
    explanations = Collections.unmodifiableSortedMap(new TreeMap<>(explanations));
  }

  /// Why a resource is where it is; the id may be its clone's.
  public Optional<Explanation> explain(ResourceId name) {
    return eligibility.find(name).map(c -> explanations.get(c.id()));
  }

  /// Placement, graph and what is held back.
  public String text() {
    StringBuilder text = new StringBuilder(placement.text());
    text.append(graph.text());
    actions.held().forEach(h -> text.append("not ").append(h).append('\n'));
    return text.toString();
  }
}
