package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a colocation does to its dependent once its primary has its place.
final class ColocationEffect {
  private final Model model;
  private final Assignment assignment;

  ColocationEffect(Model model, Assignment assignment) {
    this.model = model;
    this.assignment = assignment;
  }

  void apply(Resource dependent, Resource primary, Colocation colocation) {
    if (dependent.isGroup()) {
      if (dependent.children.isEmpty()) {
        return;
      }
      if (dependent.collocated) {
        apply(dependent.children.getFirst(), primary, colocation);
      } else if (colocation.score() < Scores.INFINITY) {
        dependent.children.forEach(member -> apply(member, primary, colocation));
      }
      return;
    }
    switch (primary.kind) {
      case PRIMITIVE -> primitive(dependent, primary, colocation);
      case GROUP -> group(dependent, primary, colocation);
      case CLONE -> cloned(dependent, primary, colocation);
      case BUNDLE -> {}
    }
  }

  private void group(Resource dependent, Resource group, Colocation colocation) {
    if (group.unassigned || group.children.isEmpty()) {
      return;
    }
    if (group.collocated) {
      Resource member =
          colocation.score() >= Scores.INFINITY
              ? group.children.getLast()
              : group.children.getFirst();
      apply(dependent, member, colocation);
    } else if (colocation.score() < Scores.INFINITY) {
      group.children.forEach(member -> apply(dependent, member, colocation));
    }
  }

  private void primitive(Resource dependent, Resource primary, Colocation colocation) {
    if (primary.unassigned) {
      return;
    }
    if (colocation.dependentRole().compareTo(RoleLevel.UNPROMOTED) >= 0
        && dependent.parent != null
        && dependent.inPromotable()
        && !dependent.unassigned) {
      priority(dependent, primary, colocation);
      return;
    }
    if (!dependent.unassigned) {
      return;
    }
    if (colocation.dependentRole() != RoleLevel.UNKNOWN
        && colocation.dependentRole() != dependent.next) {
      return;
    }
    if (colocation.primaryRole() != RoleLevel.UNKNOWN && colocation.primaryRole() != primary.next) {
      return;
    }
    scores(dependent, primary, colocation);
  }

  private void scores(Resource dependent, Resource primary, Colocation colocation) {
    Node place = primary.assigned;
    if (place == null && colocation.score() < 0) {
      return;
    }
    NodeTable work = dependent.allowed.copy();
    for (Node node : model.nodes) {
      if (!work.has(node)) {
        continue;
      }
      if (place == null) {
        work.add(node, -colocation.score());
      } else if (same(node, place, colocation)) {
        if (colocation.score() < Scores.INFINITY) {
          work.add(node, colocation.score());
        }
      } else if (colocation.score() >= Scores.INFINITY) {
        work.put(node, -Scores.INFINITY);
      }
    }
    if (colocation.mandatory() || work.anyAvailable(model.nodes)) {
      dependent.allowed = work;
    }
  }

  static boolean same(Node a, Node b, Colocation colocation) {
    if (colocation.attribute().equals("#uname")) {
      return a == b;
    }
    return Objects.equals(a.attribute(colocation.attribute()), b.attribute(colocation.attribute()));
  }

  private static void priority(Resource dependent, Resource primary, Colocation colocation) {
    Node there = primary.assigned;
    Node here = dependent.assigned;
    if (here == null) {
      return;
    }
    if (there == null || !same(here, there, colocation)) {
      if (colocation.score() >= Scores.INFINITY
          && colocation.dependentRole() == RoleLevel.PROMOTED) {
        prefer(dependent, -Scores.INFINITY);
      }
      return;
    }
    if (colocation.primaryRole() != RoleLevel.UNKNOWN && colocation.primaryRole() != primary.next) {
      return;
    }
    int sign = colocation.dependentRole() == RoleLevel.UNPROMOTED ? -1 : 1;
    prefer(dependent, sign * colocation.score());
  }

  /// Changes how much an instance wants to be promoted; a member of a group speaks for the group.
  private static void prefer(Resource dependent, int score) {
    for (Resource each = dependent; each != null && !each.isClone(); each = each.parent) {
      each.promotionPriority = Scores.add(score, each.promotionPriority);
    }
  }

  private void cloned(Resource dependent, Resource clone, Colocation colocation) {
    if (clone.unassigned) {
      return;
    }
    if (clone.promotable && colocation.primaryRole() != RoleLevel.UNKNOWN) {
      if (dependent.unassigned) {
        withRole(dependent, clone, colocation);
      } else if (colocation.dependentRole() == RoleLevel.PROMOTED) {
        if (inRoleNearby(dependent, clone, colocation)) {
          prefer(dependent, colocation.score());
        } else if (colocation.score() >= Scores.INFINITY) {
          prefer(dependent, -Scores.INFINITY);
        }
      }
      return;
    }
    if (interleaved(colocation)) {
      Resource instance = compatible(model, dependent, clone, RoleLevel.UNKNOWN, false);
      if (instance != null) {
        apply(dependent, instance, colocation);
      } else if (colocation.score() >= Scores.INFINITY) {
        assignment.place(dependent, null, true, true);
      }
      return;
    }
    if (colocation.score() >= Scores.INFINITY) {
      List<Node> places = new ArrayList<>();
      for (Resource instance : clone.children) {
        Node node = instance.location(false);
        if (node != null && !instance.blockedAnywhere()) {
          places.add(node);
        }
      }
      intersect(dependent, clone, colocation, places, false);
      return;
    }
    for (Resource instance : clone.children) {
      apply(dependent, instance, colocation);
    }
  }

  /// Whether an instance of a clone will have the role where the dependent will be.
  private static boolean inRoleNearby(Resource dependent, Resource clone, Colocation colocation) {
    Node here = dependent.location(false);
    if (here == null) {
      return false;
    }
    for (Resource instance : clone.children) {
      Node there = instance.location(false);
      if (there != null
          && instance.role(false) == colocation.primaryRole()
          && !instance.blockedAnywhere()
          && same(here, there, colocation)) {
        return true;
      }
    }
    return false;
  }

  private void withRole(Resource dependent, Resource clone, Colocation colocation) {
    List<Node> places = new ArrayList<>();
    for (Resource instance : clone.children) {
      Node node = instance.location(false);
      if (node == null || instance.role(false) != colocation.primaryRole()) {
        continue;
      }
      places.add(node);
      if (colocation.score() < Scores.INFINITY) {
        for (Node each : model.nodes) {
          if (dependent.allowed.has(each) && same(each, node, colocation)) {
            dependent.allowed.add(each, colocation.score());
          }
        }
      }
    }
    if (colocation.score() >= Scores.INFINITY
        && !(colocation.dependentRole() == RoleLevel.PROMOTED
            && colocation.primaryRole() == RoleLevel.PROMOTED)) {
      intersect(dependent, clone, colocation, places, true);
    }
  }

  private void intersect(
      Resource dependent,
      Resource primary,
      Colocation colocation,
      List<Node> places,
      boolean merge) {
    for (Node node : model.nodes) {
      if (!dependent.allowed.has(node)) {
        continue;
      }
      Node match = null;
      for (Node place : places) {
        if (same(node, place, colocation)) {
          match = place;
          break;
        }
      }
      if (match == null) {
        dependent.allowed.put(node, -Scores.INFINITY);
      } else if (merge) {
        dependent.allowed.add(node, primary.allowed.score(match));
      }
    }
  }

  private static boolean interleaved(Colocation colocation) {
    Resource dependent = colocation.dependent();
    Resource primary = colocation.primary();
    return dependent.isClone()
        && primary.isClone()
        && dependent.interleave
        && dependent.cloneNodeMax == primary.cloneNodeMax;
  }

  /// The instance of a collective that is (or will be) where another resource is; for one that has
  /// no place yet, where it would be most welcome.
  static @Nullable Resource compatible(
      Model model, Resource match, Resource collective, RoleLevel role, boolean current) {
    Node place = match.location(current);
    if (place != null) {
      return on(collective, place, role, current);
    }
    @Nullable Resource[] there = new Resource[model.nodes.size()];
    boolean any = false;
    for (Resource instance : collective.children) {
      if (role != RoleLevel.UNKNOWN && instance.role(current) != role) {
        continue;
      }
      Node node = instance.location(current);
      if (node != null && there[node.index] == null && !instance.blockedAnywhere()) {
        there[node.index] = instance;
        any = true;
      }
    }
    if (!any) {
      return null;
    }
    Comparator<Node> order = NodeOrder.comparator(model, match.allowed, null);
    Node best = null;
    for (Node node : model.nodes) {
      if (there[node.index] != null
          && match.allowed.has(node)
          && (best == null || order.compare(node, best) < 0)) {
        best = node;
      }
    }
    return best == null ? null : there[best.index];
  }

  private static @Nullable Resource on(
      Resource collective, Node node, RoleLevel role, boolean current) {
    for (Resource instance : collective.children) {
      if (role != RoleLevel.UNKNOWN && instance.role(current) != role) {
        continue;
      }
      if (instance.location(current) == node && !instance.blockedAnywhere()) {
        return instance;
      }
    }
    return null;
  }
}
