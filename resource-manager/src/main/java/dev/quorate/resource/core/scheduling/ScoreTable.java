package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Score;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Phase 2: how much each resource wants to be on each node, before it looks at other resources.
///
/// @param hosting by the primitive's id
/// @param promotion for promotable resources: how much each node wants the promoted instance
public record ScoreTable(
    Eligibility eligibility,
    SortedMap<ResourceId, SortedMap<NodeId, Line>> hosting,
    SortedMap<ResourceId, SortedMap<NodeId, Line>> promotion) {

  /// One reason for or against a node.
  ///
  /// @param source the constraint, option or fact that it comes from
  /// @param remedy the command that would change it, or empty
  public record Fact(String source, Score score, String remedy) {
    @Override
    public String toString() {
      return score + " " + source + (remedy.isEmpty() ? "" : " [" + remedy + "]");
    }
  }

  /// All reasons for and against a node, and their sum.
  public record Line(List<Fact> facts) {
    /// No reasons.
    static final Line EMPTY = new Line(List.of());

    /// Copies the list.
    public Line {
      facts = List.copyOf(facts);
    }

    /// The sum.
    public Score total() {
      Score sum = Score.ZERO;
      for (Fact fact : facts) {
        sum = sum.plus(fact.score());
      }
      return sum;
    }

    Line and(Fact fact) {
      return new Line(
          java.util.stream.Stream.concat(facts.stream(), java.util.stream.Stream.of(fact))
              .toList());
    }

    /// The fact that forbids the node, if one does.
    Optional<Fact> ban() {
      return facts.stream().filter(f -> f.score().equals(Score.NEVER)).findFirst();
    }
  }

  /// Copies the maps.
  public ScoreTable {
    hosting = copy(hosting);
    promotion = copy(promotion);
  }

  static SortedMap<ResourceId, SortedMap<NodeId, Line>> copy(
      SortedMap<ResourceId, SortedMap<NodeId, Line>> table) {
    SortedMap<ResourceId, SortedMap<NodeId, Line>> copy = new TreeMap<>();
    table.forEach(
        (id, lines) -> copy.put(id, Collections.unmodifiableSortedMap(new TreeMap<>(lines))));
    return Collections.unmodifiableSortedMap(copy);
  }

  SortedMap<NodeId, Line> hosting(ResourceId resource) {
    return hosting.getOrDefault(resource, Collections.emptySortedMap());
  }

  SortedMap<NodeId, Line> promotion(ResourceId resource) {
    return promotion.getOrDefault(resource, Collections.emptySortedMap());
  }

  /// One line for each fact.
  public String text() {
    StringBuilder text = new StringBuilder();
    hosting.forEach((id, lines) -> lines.forEach((n, line) -> append(text, id + " on " + n, line)));
    promotion.forEach((id, lines) ->
        lines.forEach((n, line) -> append(text, "promote " + id + " on " + n, line)));
    return text.toString();
  }

  private static void append(StringBuilder text, String what, Line line) {
    text.append(what).append(": ").append(line.total()).append('\n');
    line.facts().forEach(f -> text.append("  ").append(f).append('\n'));
  }
}
