package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Chooses which of a clone's instances are promoted.
final class Promotion {
  private static final String ATTRIBUTE = "master-";

  private final Model model;
  private final ColocatedScores colocated;
  private final ColocationEffect effect;
  private final InstanceOrder order;

  Promotion(Model model, ColocatedScores colocated, ColocationEffect effect, InstanceOrder order) {
    this.model = model;
    this.colocated = colocated;
    this.effect = effect;
    this.order = order;
  }

  /// Lets instances prefer the nodes where they could be promoted.
  void addScores(Resource clone) {
    for (Resource instance : clone.children) {
      for (Node node : model.nodes) {
        if (!instance.allowed.has(node) || !node.available()) {
          continue;
        }
        Integer score = score(instance, node);
        if (score == null || score <= 0) {
          continue;
        }
        instance.allowed.add(node, score);
        instance.priority = Math.max(instance.priority, score);
      }
    }
  }

  /// What the agent thinks of promoting an instance on a node; null if it has said nothing.
  private @Nullable Integer score(Resource instance, Node node) {
    if (!instance.children.isEmpty()) {
      Integer sum = null;
      for (Resource member : instance.children) {
        Integer its = score(member, node);
        if (its != null) {
          sum = sum == null ? its : Scores.add(sum, its);
        }
      }
      return sum;
    }
    if (!applies(instance, node)) {
      return null;
    }
    String value = node.attributes.get(ATTRIBUTE + instance.historyId);
    if (value == null && !instance.unique) {
      value = node.attributes.get(ATTRIBUTE + instance.plainId);
    }
    return value == null ? null : ClusterOptions.score(value, 0);
  }

  private static boolean applies(Resource instance, Node node) {
    boolean counts = false;
    Resource clone = instance.top();
    if (!instance.unique) {
      Resource active = null;
      boolean probed = false;
      for (Resource child : clone.children) {
        Resource same = same(child, instance.plainId);
        if (same == null) {
          continue;
        }
        if (active == null && same.active.contains(node)) {
          active = same;
        }
        probed |= same.probed.contains(node);
      }
      counts = active == instance || (active == null && probed);
    }
    counts |= instance.active.isEmpty() && instance.probed.isEmpty();
    counts |= instance.probed.contains(node) || instance.active.contains(node);
    return counts && instance.allowed.has(node) && instance.allowed.score(node) >= 0;
  }

  private static @Nullable Resource same(Resource instance, String plainId) {
    if (instance.plainId.equals(plainId) && instance.isPrimitive()) {
      return instance;
    }
    for (Resource member : instance.children) {
      if (member.plainId.equals(plainId)) {
        return member;
      }
    }
    return null;
  }

  void chooseRoles(Resource clone) {
    for (Resource instance : clone.children) {
      prioritise(clone, instance);
    }
    sortIndexes(clone);
    applyRule(clone);
    List<Resource> sorted = new ArrayList<>(clone.children);
    Sorting.stable(
        sorted,
        (a, b) -> {
          if (a.sortIndex != b.sortIndex) {
            return Integer.compare(b.sortIndex, a.sortIndex);
          }
          RoleLevel roleA = a.role(true);
          RoleLevel roleB = b.role(true);
          return roleA != roleB ? roleB.compareTo(roleA) : order.compare(a, b);
        });
    clone.children.clear();
    clone.children.addAll(sorted);
    int[] onNode = new int[model.nodes.size()];
    int promoted = 0;
    for (Resource instance : clone.children) {
      if ((promoted < clone.promotedMax || !clone.managed) && eligible(clone, instance, onNode)) {
        Node node = instance.location(false);
        if (node != null) {
          onNode[node.index]++;
        }
        promote(instance);
        promoted++;
      } else {
        keepUnpromoted(instance);
      }
    }
  }

  /// Where a rule says who is promoted, it is those and nobody else.
  private void applyRule(Resource clone) {
    List<String> hosts = new ArrayList<>();
    List<String> forbidden = new ArrayList<>();
    for (Resource instance : clone.children) {
      Node node = instance.location(false);
      if (node != null) {
        hosts.add(node.name);
        if (instance.promotionPriority <= -Scores.INFINITY) {
          forbidden.add(node.name);
        }
      }
    }
    model
        .promotionRule
        .promoted(clone.id, hosts, forbidden)
        .ifPresent(chosen -> {
          for (Resource instance : clone.children) {
            Node node = instance.location(false);
            boolean promoted = node != null && chosen.contains(node.name);
            instance.promotionPriority = promoted ? Scores.INFINITY : -Scores.INFINITY;
            instance.sortIndex = instance.promotionPriority;
          }
        });
  }

  private void prioritise(Resource clone, Resource instance) {
    Node node = instance.location(false);
    if (node == null) {
      instance.promotionPriority = -Scores.INFINITY;
      return;
    }
    switch (instance.role(false)) {
      case UNKNOWN, STARTED -> {
        Integer score = score(instance, node);
        instance.promotionPriority = score == null ? -1 : score;
        model.note(
            instance, node, true, Decision.Source.PROMOTION_SCORE, "", instance.promotionPriority);
      }
      case UNPROMOTED, STOPPED -> instance.promotionPriority = -Scores.INFINITY;
      case PROMOTED -> {}
    }
    locations(instance, instance.locations, node);
    locations(instance, clone.locations, node);
    for (Colocation colocation : Colocations.thisWith(instance)) {
      int before = instance.promotionPriority;
      effect.apply(instance, colocation.primary(), colocation);
      if (instance.promotionPriority != before) {
        model.note(
            instance,
            node,
            true,
            Decision.Source.COLOCATION,
            colocation.id(),
            instance.promotionPriority <= -Scores.INFINITY
                ? -Scores.INFINITY
                : instance.promotionPriority - before);
      }
    }
    if (instance.role(false) == RoleLevel.PROMOTED) {
      instance.promotionPriority = Scores.INFINITY;
    }
  }

  private void locations(Resource instance, List<LocationRule> rules, Node node) {
    for (LocationRule rule : rules) {
      if (rule.role() == RoleLevel.PROMOTED && rule.scores().has(node)) {
        int score = rule.scores().score(node);
        instance.promotionPriority = Scores.add(instance.promotionPriority, score);
        model.note(instance, node, true, Decision.Source.LOCATION, rule.id(), score);
      }
    }
  }

  private void sortIndexes(Resource clone) {
    NodeTable table = clone.allowed.copy();
    for (Resource instance : clone.children) {
      Node node = instance.location(false);
      if (node != null && instance.promotionPriority >= 0) {
        int place = clone.allowed.score(node);
        if (place != 0) {
          model.note(instance, node, true, Decision.Source.PLACE, "", place);
        }
        table.add(node, instance.promotionPriority);
      }
    }
    for (Colocation colocation : Colocations.withThis(clone)) {
      if (colocation.primaryRole() == RoleLevel.PROMOTED && colocation.influences()) {
        NodeTable before = table;
        table =
            colocated.add(
                colocation.dependent(),
                clone,
                table,
                colocation,
                colocation.factor(),
                ColocatedScores.Mode.NONNEGATIVE);
        note(clone, before, table, colocation);
      }
    }
    if (clone.promotionForbidden) {
      for (Node node : model.nodes) {
        table.put(node, -Scores.INFINITY);
      }
    }
    for (Resource instance : clone.children) {
      Node node = instance.location(false);
      if (node == null) {
        instance.sortIndex = -Scores.INFINITY;
      } else if (!instance.managed && instance.role(false) == RoleLevel.PROMOTED) {
        instance.sortIndex = Scores.INFINITY;
      } else if (instance.promotionPriority < 0 && !clone.promotionForbidden) {
        instance.sortIndex = instance.promotionPriority;
      } else {
        instance.sortIndex = table.score(node);
        instance.promotionPriority = instance.sortIndex;
      }
    }
  }

  private void note(Resource clone, NodeTable before, NodeTable after, Colocation colocation) {
    for (Resource instance : clone.children) {
      Node node = instance.location(false);
      if (node != null && after.has(node) && after.score(node) != before.score(node)) {
        int change = after.score(node) - before.score(node);
        model.note(instance, node, true, Decision.Source.COLOCATION, colocation.id(), change);
      }
    }
  }

  private boolean eligible(Resource clone, Resource instance, int[] onNode) {
    for (Resource member : instance.children) {
      if (!eligibleMember(member)) {
        return false;
      }
    }
    Node node = instance.location(false);
    if (node == null) {
      return false;
    }
    boolean managed = instance.managed;
    if (!managed && instance.role(false) == RoleLevel.PROMOTED) {
      return true;
    }
    if (!managed && instance.role(true) != RoleLevel.PROMOTED) {
      return false;
    }
    if (instance.promotionPriority < 0 || !node.available() || !clone.allowed.has(node)) {
      return false;
    }
    if (!model.quorate
        && model.options.withoutQuorum() == ClusterOptions.WithoutQuorum.FREEZE
        && instance.role(true).below(RoleLevel.PROMOTED)) {
      return false;
    }
    return onNode[node.index] < clone.promotedNodeMax || !managed;
  }

  private static boolean eligibleMember(Resource member) {
    return member.assigned != null && (member.managed || member.role == RoleLevel.PROMOTED);
  }

  private static void promote(Resource resource) {
    if (resource.next == RoleLevel.UNKNOWN) {
      resource.next = RoleLevel.PROMOTED;
    }
    resource.children.forEach(Promotion::promote);
  }

  private static void keepUnpromoted(Resource resource) {
    resource.next = resource.location(false) == null ? RoleLevel.STOPPED : RoleLevel.UNPROMOTED;
    resource.children.forEach(Promotion::keepUnpromoted);
  }
}
