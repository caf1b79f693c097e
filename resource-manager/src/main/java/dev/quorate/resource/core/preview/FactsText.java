package dev.quorate.resource.core.preview;

import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.Decision.Fact;
import dev.quorate.resource.core.policy.Decision.Placed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What speaks for and against the places of one resource, as an operator reads it.
public final class FactsText {
  private static final int INFINITY = 1_000_000;

  private FactsText() {}

  /// The resource's facts in the order in which they counted; empty if nothing is known of it.
  public static List<Fact> of(Decision decision, String resource) {
    return decision.facts().stream().filter(fact -> is(fact.resource(), resource)).toList();
  }

  /// Whether the decision is about a resource of that id.
  public static boolean knows(Decision decision, String resource) {
    return decision.after().keySet().stream().anyMatch(id -> is(id, resource))
        || !of(decision, resource).isEmpty();
  }

  /// Whether a resource or an instance of it is meant.
  private static boolean is(String id, String resource) {
    return id.equals(resource)
        || (id.startsWith(resource + ":")
            && id.substring(resource.length() + 1).chars().allMatch(Character::isDigit));
  }

  /// Line by line: for each node what was added, and where the resource shall be.
  public static List<String> lines(Decision decision, String resource) {
    List<String> lines = new ArrayList<>();
    TreeMap<String, List<Placed>> shall = new TreeMap<>();
    decision
        .after()
        .forEach((id, places) -> {
          if (is(id, resource)) {
            shall.put(id, places);
          }
        });
    lines.add("Scores of " + resource + ":");
    Map<String, List<Fact>> byPlace = new LinkedHashMap<>();
    for (Fact fact : of(decision, resource)) {
      String place =
          fact.resource() + " on " + fact.node() + (fact.promotion() ? ", promoted" : "");
      byPlace.computeIfAbsent(place, _ -> new ArrayList<>()).add(fact);
    }
    byPlace.forEach((place, facts) -> {
      lines.add("  " + place + ": " + score(sum(facts)));
      facts.forEach(fact -> lines.add("    " + score(fact.score()) + "  " + reason(fact)));
    });
    if (byPlace.isEmpty()) {
      lines.add("  nothing speaks for or against a node");
    }
    shall.forEach((id, places) ->
        lines.add(
            "  " + id + " shall be " + (places.isEmpty() ? "stopped" : PreviewText.text(places))));
    return lines;
  }

  /// One minus infinity outweighs all, one infinity the rest.
  private static int sum(List<Fact> facts) {
    if (facts.stream().anyMatch(fact -> fact.score() <= -INFINITY)) {
      return -INFINITY;
    }
    return (int) Math.min(INFINITY, facts.stream().mapToLong(Fact::score).reduce(0, Long::sum));
  }

  private static String score(int score) {
    if (Math.abs(score) >= INFINITY) {
      return score < 0 ? "-INFINITY" : "+INFINITY";
    }
    return score < 0 ? Integer.toString(score) : "+" + score;
  }

  private static String reason(Fact fact) {
    return switch (fact.source()) {
      case LOCATION -> "location " + fact.name();
      case COLOCATION -> "colocation " + fact.name();
      case STICKINESS -> "it runs there (resource-stickiness)";
      case FAILURES -> "it failed there: " + fact.name();
      case PROMOTION_SCORE -> "promotion score of its agent";
      case PLACE -> "the clone's score there";
    };
  }
}
