package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.ScoreTable.Fact;
import dev.quorate.resource.core.scheduling.ScoreTable.Line;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Makes phase 2 from phase 1: location constraints, stickiness, failures, node states.
final class ScorePhase {
  private final Eligibility eligibility;
  private final ClusterState state;

  private ScorePhase(Eligibility eligibility) {
    this.eligibility = eligibility;
    this.state = eligibility.state();
  }

  static ScoreTable of(Eligibility eligibility) {
    ScorePhase phase = new ScorePhase(eligibility);
    SortedMap<ResourceId, SortedMap<NodeId, Line>> hosting = new TreeMap<>();
    SortedMap<ResourceId, SortedMap<NodeId, Line>> promotion = new TreeMap<>();
    for (Candidate candidate : eligibility.resources().values()) {
      SortedMap<NodeId, Line> lines = new TreeMap<>();
      SortedMap<NodeId, Line> roles = new TreeMap<>();
      for (Standing standing : eligibility.nodes().values()) {
        lines.put(standing.node(), new Line(phase.hosting(candidate, standing)));
        roles.put(standing.node(), new Line(phase.promotion(candidate, standing.node())));
      }
      hosting.put(candidate.id(), lines);
      if (candidate.definition().promotable()) {
        promotion.put(candidate.id(), roles);
      }
    }
    return new ScoreTable(eligibility, hosting, promotion);
  }

  private List<Fact> hosting(Candidate candidate, Standing standing) {
    NodeId node = standing.node();
    List<Fact> facts = new ArrayList<>(locations(candidate, node, false));
    if (facts.isEmpty() && !eligibility.settings().symmetric()) {
      facts.add(
          new Fact(
              "symmetric-cluster=false and no location constraint",
              Score.NEVER,
              "hactl property set symmetric-cluster=true"));
    }
    stickiness(candidate, node).ifPresent(facts::add);
    failures(candidate, node).ifPresent(facts::add);
    if (standing.kind() != Standing.Kind.USABLE) {
      facts.add(new Fact("node " + standing.reason(), Score.NEVER, standing.remedy()));
    }
    return facts;
  }

  private List<Fact> locations(Candidate candidate, NodeId node, boolean promoted) {
    List<Fact> facts = new ArrayList<>();
    for (Constraint constraint : state.configuration().constraints()) {
      if (constraint instanceof Constraint.Location location
          && candidate.definition().answersTo(location.resource())
          && location.node().equals(node)
          && location.role() != Role.STOPPED
          && (location.role() == Role.PROMOTED) == promoted) {
        facts.add(
            new Fact(
                "location " + location.id(),
                location.score(),
                "hactl constraint delete " + location.id()));
      }
    }
    return facts;
  }

  private Optional<Fact> stickiness(Candidate candidate, NodeId node) {
    Score stickiness = eligibility.options(candidate.definition()).stickiness();
    boolean alone =
        candidate.definition().promotable()
            || candidate.instances().values().stream().filter(i -> i.role().active()).count() == 1;
    if (!candidate.managed()
        || stickiness.value() <= 0
        || !alone
        || !candidate.instance(node).role().active()) {
      return Optional.empty();
    }
    return Optional.of(
        new Fact(
            "resource-stickiness (it is here)",
            stickiness,
            "hactl resource meta " + candidate.id() + " resource-stickiness=0"));
  }

  private Optional<Fact> failures(Candidate candidate, NodeId node) {
    FailCount failed =
        state.failCounts().getOrDefault(candidate.id(), Collections.emptySortedMap()).get(node);
    if (failed == null) {
      return Optional.empty();
    }
    ResourceOptions options = eligibility.options(candidate.definition());
    long expiry = failed.lastFailureMillis() + options.failureTimeout();
    boolean expired = options.failureTimeout() > 0 && state.wallMillis() > expiry;
    int count = expired ? 0 : failed.count();
    boolean banned = options.threshold() > 0 && count > 0 && count >= options.threshold();
    String what =
        "fail count "
            + new Score(count)
            + " of "
            + new Score(options.threshold())
            + " (migration-threshold): "
            + failed.operation().name().toLowerCase(java.util.Locale.ROOT)
            + ": "
            + failed.reason();
    return Optional.of(
        new Fact(
            what,
            banned ? Score.NEVER : Score.ZERO,
            "hactl resource cleanup " + candidate.definition().publicId()));
  }

  private List<Fact> promotion(Candidate candidate, NodeId node) {
    if (!candidate.definition().promotable()) {
      return List.of();
    }
    List<Fact> facts = new ArrayList<>(locations(candidate, node, true));
    if (!eligibility.hasData(candidate.id())) {
      facts.add(agentWish(candidate.id(), node));
    }
    return facts;
  }

  private Fact agentWish(ResourceId resource, NodeId node) {
    for (String name : List.of("promotion-" + resource, "master-" + resource)) {
      Optional<String> value = attribute(node, name);
      if (value.isPresent()) {
        return new Fact(
            "promotion score of the agent (promotion-" + resource + ")",
            ResourceOptions.number(value.get(), 0),
            "");
      }
    }
    return new Fact(
        "no promotion score from the agent (promotion-" + resource + ")", new Score(-1), "");
  }

  private Optional<String> attribute(NodeId node, String name) {
    String transientValue =
        state.attributes().getOrDefault(node, Collections.emptySortedMap()).get(name);
    NodeDefinition definition = state.configuration().nodes().get(node);
    return transientValue != null || definition == null
        ? Optional.ofNullable(transientValue)
        : Optional.ofNullable(definition.attributes().get(name));
  }
}
