package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Spreads a clone's instances over the nodes, and leaves those that run where they are if it can.
final class CloneAssignment {
  private final Model model;
  private final Assignment assignment;
  private final ColocatedScores colocated;
  private final Promotion promotion;
  private final InstanceOrder order;

  CloneAssignment(
      Model model, Assignment assignment, ColocatedScores colocated, ColocationEffect effect) {
    this.model = model;
    this.assignment = assignment;
    this.colocated = colocated;
    this.order = new InstanceOrder(model, colocated);
    this.promotion = new Promotion(model, colocated, effect, order);
  }

  void assign(Resource clone, @Nullable Node preferred, boolean stopIfFailed) {
    if (!clone.unassigned || clone.assigning) {
      return;
    }
    clone.assigning = true;
    if (clone.promotable) {
      promotion.addScores(clone);
    }
    for (Colocation colocation : Colocations.thisWith(clone)) {
      assignment.assign(colocation.primary(), preferred, stopIfFailed);
    }
    for (Colocation colocation : Colocations.withThis(clone)) {
      if (colocation.influences()) {
        clone.allowed =
            colocated.add(
                colocation.dependent(),
                clone,
                clone.allowed,
                colocation,
                colocation.factor(),
                ColocatedScores.Mode.NONNEGATIVE);
      }
    }
    clone.counts = new int[model.nodes.size()];
    order.sort(clone.children);
    distribute(clone);
    if (clone.promotable) {
      promotion.chooseRoles(clone);
    }
    clone.unassigned = false;
    clone.assigning = false;
  }

  private void distribute(Resource clone) {
    int available = 0;
    for (Node node : model.nodes) {
      if (clone.allowed.has(node) && node.available()) {
        available++;
      }
    }
    int optimal = available == 0 ? 1 : Math.max(1, clone.cloneMax / available);
    int placed = 0;
    for (Resource instance : clone.children) {
      if (placed >= clone.cloneMax) {
        break;
      }
      Node current = keepable(clone, instance, optimal);
      if (current != null && early(clone, instance, current, clone.cloneMax - placed)) {
        placed++;
      }
    }
    for (Resource instance : clone.children) {
      if (!instance.unassigned) {
        continue;
      }
      if (placed >= clone.cloneMax) {
        model.addScore(instance, null, -Scores.INFINITY);
        assignment.assign(instance, null, true);
      } else if (attempt(clone, instance, null) != null) {
        placed++;
      }
    }
  }

  /// The node where an instance runs, if it should stay there.
  private @Nullable Node keepable(Resource clone, Resource instance, int optimal) {
    if (instance.active.isEmpty() || !instance.unassigned || instance.failed) {
      return null;
    }
    Node node = instance.current();
    if (node == null || !node.available()) {
      return null;
    }
    int[] counts = clone.counts;
    return counts != null && counts[node.index] >= optimal ? null : node;
  }

  /// Tries to leave an instance where it is. Where it would go elsewhere, that place is kept for
  /// another, and it is tried again.
  private boolean early(Resource clone, Resource instance, Node current, int tries) {
    int[] counts = counts(clone);
    int[] before = counts.clone();
    List<NodeTable> tables = tables(instance);
    NodeTable cloneTable = clone.allowed;
    Node chosen = null;
    int reserved = 0;
    while (reserved < tries) {
      chosen = attempt(clone, instance, current);
      if (chosen == current) {
        break;
      }
      restore(instance, tables);
      clone.allowed = cloneTable;
      if (chosen == null) {
        assignment.release(instance);
        break;
      }
      reserved++;
      assignment.release(instance);
    }
    System.arraycopy(before, 0, counts, 0, counts.length);
    if (chosen != current) {
      return false;
    }
    counts[current.index]++;
    return true;
  }

  private static int[] counts(Resource clone) {
    int[] counts = clone.counts;
    if (counts == null) {
      throw new IllegalStateException("clone " + clone.id + " is not being assigned");
    }
    return counts;
  }

  private static List<NodeTable> tables(Resource instance) {
    List<NodeTable> tables = new ArrayList<>();
    tables.add(instance.allowed.copy());
    for (Resource member : instance.children) {
      tables.addAll(tables(member));
    }
    return tables;
  }

  private static void restore(Resource instance, List<NodeTable> tables) {
    restore(instance, tables.iterator());
  }

  private static void restore(Resource instance, java.util.Iterator<NodeTable> tables) {
    instance.allowed = tables.next().copy();
    for (Resource member : instance.children) {
      restore(member, tables);
    }
  }

  private @Nullable Node attempt(Resource clone, Resource instance, @Nullable Node preferred) {
    if (instance.assigning) {
      return null;
    }
    int[] counts = counts(clone);
    for (Node node : model.nodes) {
      if (instance.allowed.has(node) && !canRun(clone, instance, node, counts)) {
        instance.allowed.put(node, -Scores.INFINITY);
        for (Resource member : instance.children) {
          if (member.allowed.has(node)) {
            member.allowed.put(node, -Scores.INFINITY);
          }
        }
      }
    }
    Node chosen = assignment.assign(instance, preferred, preferred == null);
    if (chosen != null) {
      counts[chosen.index]++;
    }
    return chosen;
  }

  private static boolean canRun(Resource clone, Resource instance, Node node, int[] counts) {
    return !instance.removed
        && node.available()
        && clone.allowed.has(node)
        && clone.allowed.score(node) >= 0
        && counts[node.index] < clone.cloneNodeMax;
  }
}
