package dev.quorate.resource.core.transition;

import dev.quorate.resource.Action;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The actions that lead from the present state to the placement, and which waits for which.
///
/// Invariants:
/// - an edge connects actions of the graph, and two actions have at most one edge;
/// - there is no cycle;
/// - actions and edges are sorted, so that equal graphs print equally.
///
/// An action leaves the graph when the state shows that it is done: the graph is made anew from
/// each state, and nothing else remembers what has happened.
///
/// @param actions sorted, each once
/// @param edges sorted, each pair once
public record TransitionGraph(List<Action> actions, List<Edge> edges) {
  /// Nothing to do.
  public static final TransitionGraph EMPTY = new TransitionGraph(List.of(), List.of());

  /// Sorts, and checks the invariants.
  ///
  /// @throws IllegalArgumentException if an edge is loose or there is a cycle
  public TransitionGraph {
    TreeSet<Action> sorted = new TreeSet<>(actions);
    TreeSet<Edge> pairs = new TreeSet<>(edges);
    for (Edge edge : pairs) {
      if (!sorted.contains(edge.before()) || !sorted.contains(edge.after())) {
        throw new IllegalArgumentException("an end of " + edge + " is not in the graph");
      }
    }
    actions = List.copyOf(sorted);
    edges = List.copyOf(pairs);
    if (order(actions, edges).size() < actions.size()) {
      throw new IllegalArgumentException("the actions wait for each other in a circle: " + edges);
    }
  }

  /// Whether nothing is to be done.
  public boolean isEmpty() {
    return actions.isEmpty();
  }

  /// Whether the action is part of it.
  public boolean contains(Action action) {
    return actions.contains(action);
  }

  /// The actions that must be done before this one, directly.
  public List<Action> predecessors(Action action) {
    return edges.stream().filter(e -> e.after().equals(action)).map(Edge::before).toList();
  }

  /// Whether one action must be done before the other, directly or not.
  public boolean precedes(Action first, Action then) {
    return reaches(edges, first, then);
  }

  /// The actions in an order in which they can be executed one by one.
  public List<Action> sequence() {
    return order(actions, edges);
  }

  /// Whether the edges lead from one action to the other.
  public static boolean reaches(Collection<Edge> edges, Action from, Action to) {
    TreeSet<Action> seen = new TreeSet<>(List.of(from));
    boolean grown = true;
    while (grown && !seen.contains(to)) {
      grown = false;
      for (Edge edge : edges) {
        if (seen.contains(edge.before())) {
          grown |= seen.add(edge.after());
        }
      }
    }
    return seen.contains(to);
  }

  private static List<Action> order(List<Action> actions, List<Edge> edges) {
    Map<Action, Integer> waiting = new TreeMap<>();
    Map<Action, List<Action>> successors = new TreeMap<>();
    for (Action action : actions) {
      waiting.put(action, 0);
      successors.put(action, new java.util.ArrayList<>());
    }
    for (Edge edge : edges) {
      waiting.merge(edge.after(), 1, Integer::sum);
      successors.getOrDefault(edge.before(), List.of()).add(edge.after());
    }
    TreeSet<Action> free = new TreeSet<>();
    waiting.forEach((action, count) -> {
      if (count == 0) {
        free.add(action);
      }
    });
    List<Action> order = new java.util.ArrayList<>();
    while (!free.isEmpty()) {
      Action next = free.removeFirst();
      order.add(next);
      for (Action successor : successors.getOrDefault(next, List.of())) {
        if (waiting.merge(successor, -1, Integer::sum) == 0) {
          free.add(successor);
        }
      }
    }
    return List.copyOf(order);
  }

  /// One line for each action in executable order, with what it waits for.
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Action action : sequence()) {
      text.append(action.key());
      List<String> before = predecessors(action).stream().map(Action::key).toList();
      if (!before.isEmpty()) {
        text.append(" <- ").append(String.join(", ", before));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
