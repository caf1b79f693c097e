package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which of several nodes a resource would rather be on.
final class NodeOrder {
  private NodeOrder() {}

  /// The nodes that a resource may be considered for, the best first.
  ///
  /// @param current where it runs; null if nowhere
  static List<Node> sorted(Model model, Resource resource, @Nullable Node current) {
    List<Node> nodes = new ArrayList<>(model.nodes.size());
    for (Node node : model.nodes) {
      if (resource.allowed.has(node)) {
        nodes.add(node);
      }
    }
    nodes.sort(comparator(model, resource.allowed, current));
    return nodes;
  }

  static Comparator<Node> comparator(Model model, NodeTable table, @Nullable Node current) {
    boolean balanced = model.options.placementStrategy().equals("balanced");
    boolean minimal = model.options.placementStrategy().equals("minimal");
    return (a, b) -> {
      int scoreA = a.available() ? table.score(a) : -Scores.INFINITY;
      int scoreB = b.available() ? table.score(b) : -Scores.INFINITY;
      if (scoreA != scoreB) {
        return Integer.compare(scoreB, scoreA);
      }
      if (balanced) {
        int capacity = Utilization.compare(b, a);
        if (capacity != 0) {
          return capacity;
        }
      }
      if (!minimal && a.assigned != b.assigned) {
        return Integer.compare(a.assigned, b.assigned);
      }
      if (!minimal && (a == current || b == current)) {
        return a == b ? 0 : a == current ? -1 : 1;
      }
      return a.name.compareTo(b.name);
    };
  }

  /// The best of the nodes, without sorting the others.
  static @Nullable Node best(Model model, Resource resource, @Nullable Node current) {
    Comparator<Node> comparator = comparator(model, resource.allowed, current);
    Node best = null;
    for (Node node : model.nodes) {
      if (resource.allowed.has(node) && (best == null || comparator.compare(node, best) < 0)) {
        best = node;
      }
    }
    return best;
  }
}
