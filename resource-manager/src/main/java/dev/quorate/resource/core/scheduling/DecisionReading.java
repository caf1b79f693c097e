package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Placement.Assignment;
import dev.quorate.resource.core.scheduling.Placement.Promotion;
import dev.quorate.resource.core.scheduling.ScoreTable.Fact;
import dev.quorate.resource.core.scheduling.ScoreTable.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads scores and places out of a decision, in the words of the live cluster.
final class DecisionReading {
  /// The policy engine's name for what health adds.
  private static final String NODE_HEALTH = "node-health";

  private final Eligibility eligibility;
  private final Decision decision;
  private final LivePromotion promotions;

  DecisionReading(Eligibility eligibility, Decision decision, LivePromotion promotions) {
    this.eligibility = eligibility;
    this.decision = decision;
    this.promotions = promotions;
  }

  ScoreTable scores() {
    SortedMap<ResourceId, SortedMap<NodeId, Line>> hosting = new TreeMap<>();
    SortedMap<ResourceId, SortedMap<NodeId, Line>> promotion = new TreeMap<>();
    for (Candidate candidate : eligibility.resources().values()) {
      SortedMap<NodeId, Line> hosts = new TreeMap<>();
      SortedMap<NodeId, Line> roles = new TreeMap<>();
      for (Standing standing : eligibility.nodes().values()) {
        NodeId node = standing.node();
        hosts.put(node, new Line(hosting(candidate, standing)));
        roles.put(node, new Line(facts(candidate, node, true)));
      }
      hosting.put(candidate.id(), hosts);
      if (candidate.definition().promotable()) {
        promotion.put(candidate.id(), roles);
      }
    }
    return new ScoreTable(eligibility, hosting, promotion);
  }

  private List<Fact> hosting(Candidate candidate, Standing standing) {
    List<Fact> facts = new ArrayList<>(facts(candidate, standing.node(), false));
    if (facts.isEmpty() && !eligibility.settings().symmetric()) {
      facts.add(
          new Fact(
              "symmetric-cluster=false and no location constraint",
              Score.NEVER,
              "hactl property set symmetric-cluster=true"));
    }
    FailureFact.of(eligibility, candidate, standing.node()).ifPresent(facts::add);
    if (standing.kind() != Standing.Kind.USABLE) {
      facts.add(new Fact("node " + standing.reason(), Score.NEVER, standing.remedy()));
    }
    return facts;
  }

  private List<Fact> facts(Candidate candidate, NodeId node, boolean promotion) {
    List<Fact> facts = new ArrayList<>();
    for (Decision.Fact fact : decision.facts()) {
      if (fact.promotion() == promotion
          && fact.source() != Decision.Source.FAILURES
          && fact.resource().equals(candidate.id().name())
          && fact.node().equals(node.name())
          && !(fact.source() == Decision.Source.PROMOTION_SCORE
              && eligibility.hasData(candidate.id()))) {
        facts.add(live(candidate.definition(), fact));
      }
    }
    return facts;
  }

  private Fact live(ResourceDefinition resource, Decision.Fact fact) {
    Score score = new Score(fact.score());
    String name = fact.name();
    return switch (fact.source()) {
      case LOCATION ->
          name.equals(NODE_HEALTH)
              ? new Fact(
                  "node-health-strategy (the node's #health attributes)",
                  score,
                  "hactl property set node-health-strategy=none")
              : new Fact("location " + name, score, "hactl constraint delete " + name);
      case COLOCATION ->
          new Fact(
              "colocation " + name + partner(resource, name, score),
              score,
              "hactl constraint delete " + name);
      case STICKINESS ->
          new Fact(
              "resource-stickiness (it is here)",
              score,
              "hactl resource meta " + resource.id() + " resource-stickiness=0");
      case FAILURES ->
          new Fact("failures " + name, score, "hactl resource cleanup " + resource.publicId());
      case PLACE -> new Fact("the clone's score here", score, "");
      case PROMOTION_SCORE ->
          new Fact("promotion score of the agent (promotion-" + resource.id() + ")", score, "");
    };
  }

  private String partner(ResourceDefinition resource, String name, Score score) {
    ClusterConfiguration configuration = eligibility.state().configuration();
    for (Constraint constraint : configuration.constraints()) {
      if (constraint instanceof Constraint.Colocation c && c.id().equals(name)) {
        boolean dependent = configuration.covers(c.resource(), resource);
        ResourceId other = dependent ? c.with() : c.resource();
        String role = dependent && c.withRole() != Role.STARTED ? " " + c.withRole() : "";
        return score.equals(Score.NEVER) && dependent
            ? ": " + other + role + " is elsewhere"
            : ": " + (dependent ? "with " : "for ") + other + role;
      }
    }
    return "";
  }

  Placement placement(ScoreTable scores) {
    SortedMap<ResourceId, Assignment> assignments = new TreeMap<>();
    for (Candidate candidate : eligibility.resources().values()) {
      assignments.put(candidate.id(), assignment(candidate, scores));
    }
    return new Placement(scores, assignments);
  }

  private Assignment assignment(Candidate candidate, ScoreTable scores) {
    SortedMap<NodeId, Role> roles = new TreeMap<>();
    for (Decision.Placed placed : decision.after().getOrDefault(candidate.id().name(), List.of())) {
      roles.put(new NodeId(placed.node()), role(candidate, placed.role()));
    }
    Promotion promoted = promoted(candidate, roles);
    return new Assignment(
        candidate.id(),
        roles,
        scores.hosting(candidate.id()),
        scores.promotion(candidate.id()),
        promoted,
        eligibility.unprobed(candidate),
        reason(candidate, roles));
  }

  private static Role role(Candidate candidate, String role) {
    return switch (role) {
      case "Promoted" -> Role.PROMOTED;
      case "Stopped" -> Role.STOPPED;
      default -> candidate.base();
    };
  }

  private Promotion promoted(Candidate candidate, SortedMap<NodeId, Role> roles) {
    if (!candidate.definition().promotable()) {
      return Promotion.NONE;
    }
    Primacy primacy = eligibility.state().primacies().get(candidate.id());
    List<NodeId> nodes =
        roles.entrySet().stream()
            .filter(e -> e.getValue() == Role.PROMOTED)
            .map(java.util.Map.Entry::getKey)
            .toList();
    return promotions
        .of(candidate.id())
        .orElseGet(() ->
            primacy != null
                ? new PrimacyRule(eligibility, candidate, List.of(), List.of(), primacy).choose()
                : new Promotion(nodes, scored(candidate, nodes), false, List.of()));
  }

  private static String scored(Candidate candidate, List<NodeId> nodes) {
    if (candidate.limit() != Role.PROMOTED) {
      return candidate.reason();
    }
    return nodes.isEmpty()
        ? "no instance has a promotion score of 0 or more"
        : "highest promotion score";
  }

  private String reason(Candidate candidate, SortedMap<NodeId, Role> roles) {
    if (!candidate.managed() || candidate.limit() == Role.STOPPED) {
      return candidate.reason();
    }
    boolean pinned =
        candidate.instances().values().stream()
            .anyMatch(i ->
                i.mayRun()
                    && (eligibility.standing(i.node()).pins()
                        || i.footing() == Instance.Footing.BLOCKED));
    if (pinned && !eligibility.state().configuration().cloned(candidate.definition())) {
      return "it is left alone where it is";
    }
    return roles.isEmpty() ? earlier(candidate).orElse(nowhere(candidate)) : "";
  }

  private String nowhere(Candidate candidate) {
    boolean counted =
        !eligibility
            .state()
            .configuration()
            .properties()
            .getOrDefault("placement-strategy", "default")
            .equals("default");
    return counted && !candidate.definition().utilization().isEmpty()
        ? "no node may host it and has left what it uses (utilization, placement-strategy)"
        : "no node may host it";
  }

  /// The first member of the group before this one that has no place, said as a reason.
  private Optional<String> earlier(Candidate candidate) {
    return eligibility
        .state()
        .configuration()
        .groupOf(candidate.id())
        .flatMap(g ->
            g.members().stream()
                .takeWhile(m -> !m.equals(candidate.id()))
                .filter(m -> decision.after().getOrDefault(m.name(), List.of()).isEmpty())
                .findFirst()
                .map(m -> "group " + g.id() + ": " + m + " comes first and has no place"));
  }
}
