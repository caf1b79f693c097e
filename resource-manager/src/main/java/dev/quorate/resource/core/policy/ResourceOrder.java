package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The order in which resources are assigned where utilization counts: those go first that have
/// most to lose.
final class ResourceOrder {
  private final Model model;
  private final ColocatedScores colocated;
  private final Map<Resource, NodeTable> tables = new LinkedHashMap<>();

  ResourceOrder(Model model, ColocatedScores colocated) {
    this.model = model;
    this.colocated = colocated;
  }

  void sort() {
    List<Node> nodes = new ArrayList<>(model.nodes);
    NodeTable base = new NodeTable(model.nodes.size());
    for (Node node : nodes) {
      base.put(node, node.baseScore);
    }
    nodes.sort(NodeOrder.comparator(model, base, null));
    Sorting.stable(model.resources, (a, b) -> compare(a, b, nodes));
  }

  private int compare(Resource a, Resource b, List<Node> nodes) {
    if (a.priority != b.priority) {
      return Integer.compare(b.priority, a.priority);
    }
    NodeTable tableA = table(a);
    NodeTable tableB = table(b);
    int currentA = current(a, tableA);
    int currentB = current(b, tableB);
    if (currentA != currentB) {
      return Integer.compare(currentB, currentA);
    }
    for (Node node : nodes) {
      int scoreA = tableA.score(node);
      int scoreB = tableB.score(node);
      if (scoreA != scoreB) {
        return Integer.compare(scoreB, scoreA);
      }
    }
    return 0;
  }

  private static int current(Resource resource, NodeTable table) {
    Node node = resource.current();
    return node == null ? -Scores.INFINITY : table.score(node);
  }

  private NodeTable table(Resource resource) {
    NodeTable known = tables.get(resource);
    if (known == null) {
      known = colocated.add(resource, resource, null, null, 1f, ColocatedScores.Mode.PRIMARIES);
      tables.put(resource, known);
    }
    return known;
  }
}
