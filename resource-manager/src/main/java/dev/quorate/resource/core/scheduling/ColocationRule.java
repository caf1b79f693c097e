package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Constraint.Colocation;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Placement.Assignment;
import dev.quorate.resource.core.scheduling.ScoreTable.Fact;
import dev.quorate.resource.core.scheduling.ScoreTable.Line;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What colocations do to scores: the dependent follows its primary, and the primary, while it is
/// still choosing, respects the wishes of its dependents.
final class ColocationRule {
  private final ScoreTable scores;
  private final Eligibility eligibility;

  ColocationRule(ScoreTable scores) {
    this.scores = scores;
    this.eligibility = scores.eligibility();
  }

  /// The colocations in which the resource depends on another, mandatory ones first.
  List<Colocation> of(Candidate dependent) {
    return all().filter(c -> dependent.definition().answersTo(c.resource())).toList();
  }

  private List<Colocation> with(Candidate primary) {
    return all().filter(c -> primary.definition().answersTo(c.with())).toList();
  }

  private java.util.stream.Stream<Colocation> all() {
    return eligibility.state().configuration().constraints().stream()
        .filter(Colocation.class::isInstance)
        .map(Colocation.class::cast)
        .filter(c -> c.score().value() != 0)
        .filter(c ->
            eligibility.find(c.resource()).isPresent() && eligibility.find(c.with()).isPresent())
        .sorted(Comparator.comparingInt(c -> mandatory(c) ? 0 : 1));
  }

  static boolean mandatory(Colocation colocation) {
    return Math.abs(colocation.score().value()) == Score.INFINITY;
  }

  /// Whether a colocation is about the promoted instance of its dependent only.
  static boolean aboutPromotion(Colocation colocation) {
    return colocation.role() == Role.PROMOTED;
  }

  /// The dependent's scores, now that its primary has a place.
  SortedMap<NodeId, Line> follow(
      SortedMap<NodeId, Line> lines, Colocation colocation, Assignment primary) {
    List<NodeId> places = primary.nodes(colocation.withRole());
    int score = colocation.score().value();
    SortedMap<NodeId, Line> next = new TreeMap<>(lines);
    for (NodeId node : lines.keySet()) {
      boolean together = places.contains(node);
      int effect;
      if (score == Score.INFINITY) {
        effect = together ? 0 : -Score.INFINITY;
      } else if (score > 0 && places.isEmpty()) {
        effect = -score;
      } else {
        effect = together ? score : 0;
      }
      if (effect != 0) {
        String what = together ? " is here" : places.isEmpty() ? " is nowhere" : " is elsewhere";
        next.merge(
            node,
            line(colocation, primary.resource() + role(colocation) + what, effect),
            ColocationRule::join);
      }
    }
    return mandatory(colocation) || possible(next) ? next : lines;
  }

  private static String role(Colocation colocation) {
    return colocation.withRole() == Role.STARTED ? "" : " " + colocation.withRole();
  }

  private static Line line(Colocation colocation, String what, int effect) {
    return new Line(
        List.of(
            new Fact(
                "colocation " + colocation.id() + ": " + what,
                new Score(effect),
                "hactl constraint delete " + colocation.id())));
  }

  private static Line join(Line old, Line more) {
    Line joined = old;
    for (Fact fact : more.facts()) {
      joined = joined.and(fact);
    }
    return joined;
  }

  /// The primary's scores with the wishes of those that depend on it.
  ///
  /// @param promoted whether to regard those that follow its promoted instance, or the others
  /// @param placed those that have chosen already and have no wishes any more
  SortedMap<NodeId, Line> respect(
      SortedMap<NodeId, Line> lines,
      Candidate primary,
      boolean promoted,
      SortedMap<ResourceId, Assignment> placed) {
    SortedMap<NodeId, Line> next = lines;
    TreeSet<ResourceId> visited = new TreeSet<>(List.of(primary.id()));
    for (Colocation colocation : with(primary)) {
      if ((colocation.withRole() == Role.PROMOTED) == promoted && !aboutPromotion(colocation)) {
        double factor = (double) colocation.score().value() / Score.INFINITY;
        next = wishes(next, colocation, factor, primary.definition().promotable(), placed, visited);
      }
    }
    return next;
  }

  private SortedMap<NodeId, Line> wishes(
      SortedMap<NodeId, Line> lines,
      Colocation colocation,
      double factor,
      boolean neverNegative,
      SortedMap<ResourceId, Assignment> placed,
      java.util.Set<ResourceId> visited) {
    Candidate dependent = eligibility.find(colocation.resource()).orElseThrow();
    if (placed.containsKey(dependent.id())
        || dependent.limit() == Role.STOPPED
        || !dependent.managed()
        || !visited.add(dependent.id())) {
      return lines;
    }
    SortedMap<NodeId, Line> next = new TreeMap<>(lines);
    for (NodeId node : lines.keySet()) {
      Score wish = scores.hosting(dependent.id()).getOrDefault(node, Line.EMPTY).total();
      int effect = wish(wish.allows() ? wish : Score.NEVER, factor);
      int before = lines.getOrDefault(node, Line.EMPTY).total().value();
      if (neverNegative && before >= 0 && (long) before + effect < 0) {
        effect = before > 0 ? 1 - before : 0;
      }
      if (effect != 0) {
        next.merge(
            node, line(colocation, "wish of " + dependent.id(), effect), ColocationRule::join);
      }
    }
    if (possible(next)) {
      for (Colocation further : with(dependent)) {
        double deeper = factor * further.score().value() / Score.INFINITY;
        next = wishes(next, further, deeper, neverNegative, placed, visited);
      }
    } else {
      next = new TreeMap<>(lines);
    }
    visited.remove(dependent.id());
    return next;
  }

  private static int wish(Score score, double factor) {
    if (factor < 0 && score.value() < 0) {
      return 0;
    }
    double exact = factor * score.value();
    int rounded = (int) (Math.signum(exact) * Math.round(Math.abs(exact)));
    return rounded == 0 && exact != 0 ? (int) Math.signum(factor) : rounded;
  }

  /// Whether some node is left.
  static boolean possible(SortedMap<NodeId, Line> lines) {
    return lines.values().stream().anyMatch(l -> l.total().allows());
  }
}
