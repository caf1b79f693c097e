package dev.quorate.resource.core.transition;

import dev.quorate.resource.Action;
import java.util.Comparator;

/// One action waits for another.
///
/// @param reason what demands it: a constraint's id or a rule, for a human
public record Edge(Action before, Action after, String reason) implements Comparable<Edge> {
  private static final Comparator<Edge> ORDER =
      Comparator.comparing(Edge::before).thenComparing(Edge::after);

  @Override
  public int compareTo(Edge other) {
    return ORDER.compare(this, other);
  }
}
