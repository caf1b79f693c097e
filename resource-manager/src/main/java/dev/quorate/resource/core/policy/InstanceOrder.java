package dev.quorate.resource.core.policy;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which of a clone's instances comes first where not all can.
final class InstanceOrder implements Comparator<Resource> {
  private final Model model;
  private final ColocatedScores colocated;
  private final Map<Resource, Integer> ownScores = new LinkedHashMap<>();

  InstanceOrder(Model model, ColocatedScores colocated) {
    this.model = model;
    this.colocated = colocated;
  }

  void sort(List<Resource> instances) {
    ownScores.clear();
    Sorting.stable(instances, this);
  }

  @Override
  public int compare(Resource a, Resource b) {
    int activeA = a.active.size();
    int activeB = b.active.size();
    if (activeA > 0 && activeB > 0 && activeA != activeB) {
      return Integer.compare(activeA, activeB);
    }
    Node nodeA = a.current();
    Node nodeB = b.current();
    boolean fineA = nodeA == null || allowed(a, nodeA);
    boolean fineB = nodeB == null || allowed(b, nodeB);
    if (!fineA) {
      nodeA = null;
    }
    if (!fineB) {
      nodeB = null;
    }
    if (fineA != fineB) {
      return fineA ? -1 : 1;
    }
    if (a.priority != b.priority) {
      return Integer.compare(b.priority, a.priority);
    }
    if (nodeA == null || nodeB == null) {
      return nodeA == nodeB ? 0 : nodeA == null ? 1 : -1;
    }
    if (nodeA.available() != nodeB.available()) {
      return nodeA.available() ? -1 : 1;
    }
    return active(a, nodeA, b, nodeB);
  }

  private int active(Resource a, Node nodeA, Resource b, Node nodeB) {
    Resource clone = a.parent;
    if (clone == null) {
      return 0;
    }
    boolean knownA = clone.allowed.has(nodeA);
    boolean knownB = clone.allowed.has(nodeB);
    if (!knownA || !knownB) {
      return knownA == knownB ? 0 : knownA ? -1 : 1;
    }
    int[] counts = clone.counts;
    if (counts != null && counts[nodeA.index] != counts[nodeB.index]) {
      return Integer.compare(counts[nodeA.index], counts[nodeB.index]);
    }
    boolean failedA = failed(a);
    boolean failedB = failed(b);
    if (failedA != failedB) {
      return failedA ? 1 : -1;
    }
    int score = Integer.compare(own(b, nodeB), own(a, nodeA));
    return score != 0 ? score : number(a) - number(b);
  }

  private static boolean allowed(Resource resource, Node node) {
    return resource.allowed.has(node) && resource.allowed.score(node) >= 0;
  }

  private static boolean failed(Resource resource) {
    return resource.failed || resource.children.stream().anyMatch(InstanceOrder::failed);
  }

  /// How welcome an instance is where it is, with all that must be with it.
  private int own(Resource instance, Node node) {
    Integer known = ownScores.get(instance);
    if (known != null) {
      return known;
    }
    NodeTable table = new NodeTable(model.nodes.size());
    table.put(node, node.online && !node.shutdown ? node.baseScore : -Scores.INFINITY);
    for (Colocation colocation : Colocations.thisWith(instance)) {
      table =
          colocated.add(
              colocation.primary(),
              instance,
              table,
              colocation,
              colocation.factor(),
              ColocatedScores.Mode.COMPARING);
    }
    for (Colocation colocation : Colocations.withThis(instance)) {
      if (colocation.influences()) {
        table =
            colocated.add(
                colocation.dependent(),
                instance,
                table,
                colocation,
                colocation.factor(),
                ColocatedScores.Mode.NONNEGATIVE);
      }
    }
    int score = table.score(node);
    ownScores.put(instance, score);
    return score;
  }

  static int number(Resource instance) {
    int colon = instance.id.lastIndexOf(':');
    return colon < 0 ? 0 : Integer.parseInt(instance.id.substring(colon + 1));
  }
}
