package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What nodes have and resources need, where placement is told to look at it.
final class Utilization {
  private Utilization() {}

  /// Positive if the first node has more left than the second.
  static int compare(Node a, Node b) {
    int result = 0;
    for (Map.Entry<String, Integer> entry : a.capacity.entrySet()) {
      int other = b.capacity.getOrDefault(entry.getKey(), 0);
      result += Integer.signum(Integer.compare(entry.getValue(), other));
    }
    for (Map.Entry<String, Integer> entry : b.capacity.entrySet()) {
      if (!a.capacity.containsKey(entry.getKey())) {
        result += Integer.signum(Integer.compare(0, entry.getValue()));
      }
    }
    return result;
  }

  static void consume(Node node, Resource resource) {
    change(node, resource, -1);
  }

  static void release(Node node, Resource resource) {
    change(node, resource, 1);
  }

  private static void change(Node node, Resource resource, int sign) {
    resource.utilization.forEach(
        (name, need) -> node.capacity.computeIfPresent(name, (_, have) -> have + sign * need));
  }

  private static boolean fits(Node node, SortedMap<String, Integer> needs) {
    for (Map.Entry<String, Integer> need : needs.entrySet()) {
      if (need.getValue() > node.capacity.getOrDefault(need.getKey(), 0)) {
        return false;
      }
    }
    return true;
  }

  /// Keeps a resource off the nodes that have no room for it and for those that must be with it.
  ///
  /// @return the node with most room, if that matters; else null
  static @Nullable Node banWithoutRoom(Model model, Resource resource) {
    if (!model.options.utilization()) {
      return null;
    }
    List<Resource> together = new ArrayList<>();
    collect(resource, together);
    together.remove(resource);
    SortedMap<String, Integer> all = new TreeMap<>(resource.utilization);
    for (Resource other : together) {
      if (other.unassigned) {
        needs(other, all);
      }
    }
    boolean anyFits = false;
    Node most = null;
    for (Node node : model.nodes) {
      if (!resource.allowed.has(node)) {
        continue;
      }
      if (node.available() && resource.allowed.score(node) >= 0 && fits(node, all)) {
        anyFits = true;
      }
      if (most == null || compare(node, most) > 0) {
        most = node;
      }
    }
    SortedMap<String, Integer> limit = anyFits ? all : resource.utilization;
    for (Node node : model.nodes) {
      if (resource.allowed.has(node) && !fits(node, limit)) {
        resource.allowed.add(node, -Scores.INFINITY);
      }
    }
    return anyFits || together.isEmpty() ? null : most;
  }

  private static void needs(Resource resource, SortedMap<String, Integer> sum) {
    resource.utilization.forEach((name, need) -> sum.merge(name, need, Integer::sum));
    if (resource.isGroup()) {
      resource.children.forEach(c -> needs(c, sum));
    } else if (resource.isClone() && !resource.children.isEmpty()) {
      needs(resource.children.getFirst(), sum);
    }
  }

  private static void collect(Resource resource, List<Resource> found) {
    if (found.contains(resource)) {
      return;
    }
    found.add(resource);
    for (Colocation colocation : Colocations.thisWith(resource)) {
      Resource primary = colocation.primary();
      if (primary == resource || primary.isClone() || colocation.score() < Scores.INFINITY) {
        continue;
      }
      if (primary.isGroup() && resource.within(primary)) {
        continue;
      }
      collect(primary, found);
    }
    for (Colocation colocation : Colocations.withThis(resource)) {
      Resource dependent = colocation.dependent();
      if (dependent == resource || dependent.isClone() || colocation.score() < Scores.INFINITY) {
        continue;
      }
      collect(dependent, found);
    }
  }
}
