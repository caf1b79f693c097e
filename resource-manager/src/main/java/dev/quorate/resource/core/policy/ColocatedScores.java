package dev.quorate.resource.core.policy;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Lets a resource take account of where those want to be that must be with it.
final class ColocatedScores {
  /// How preferences are added.
  enum Mode {
    /// As they are.
    DEFAULT,
    /// A node that was welcome stays so, if only just.
    NONNEGATIVE,
    /// Along the primaries, in place of the dependents, and whatever comes of it.
    PRIMARIES,
    /// Along the dependents, whatever comes of it.
    COMPARING
  }

  private static final int BARELY = -Scores.INFINITY * 100;

  private final Model model;

  ColocatedScores(Model model) {
    this.model = model;
  }

  /// What a table comes to with the preferences of `source` and of those that depend on it.
  ///
  /// @param table null to begin with the source's own
  NodeTable add(
      Resource source,
      Resource target,
      @Nullable NodeTable table,
      @Nullable Colocation colocation,
      float factor,
      Mode mode) {
    if (source.isGroup()) {
      return addGroup(source, target, table, colocation, factor, mode);
    }
    if (source.updatingScores) {
      return table == null ? source.allowed.copy() : table;
    }
    source.updatingScores = true;
    try {
      return addSingle(source, target, table, colocation, factor, mode);
    } finally {
      source.updatingScores = false;
    }
  }

  private NodeTable addGroup(
      Resource group,
      Resource target,
      @Nullable NodeTable table,
      @Nullable Colocation colocation,
      float factor,
      Mode mode) {
    if (group.updatingScores || group.children.isEmpty()) {
      return table == null ? group.allowed.copy() : table;
    }
    group.updatingScores = true;
    try {
      Resource member =
          table == null && mode == Mode.PRIMARIES
              ? group.children.getLast()
              : group.children.getFirst();
      return add(member, target, table, colocation, factor, mode);
    } finally {
      group.updatingScores = false;
    }
  }

  private NodeTable addSingle(
      Resource source,
      Resource target,
      @Nullable NodeTable table,
      @Nullable Colocation colocation,
      float factor,
      Mode mode) {
    NodeTable work;
    if (table == null) {
      work = source.allowed.copy();
    } else {
      work = table.copy();
      if (colocation != null) {
        match(work, source, target, colocation, factor, mode == Mode.NONNEGATIVE);
      }
    }
    boolean keep = mode == Mode.PRIMARIES || mode == Mode.COMPARING;
    if (work.anyAvailable(model.nodes)) {
      List<Colocation> next =
          mode == Mode.PRIMARIES ? Colocations.thisWith(source) : Colocations.withThis(source);
      for (Colocation each : next) {
        Resource other;
        if (mode == Mode.PRIMARIES) {
          other = each.primary();
        } else if (each.influences()) {
          other = each.dependent();
        } else {
          continue;
        }
        float share = factor * each.score() / (float) Scores.INFINITY;
        work = add(other, target, work, each, share, mode);
      }
    } else if (!keep && table != null) {
      return table;
    }
    if (mode == Mode.NONNEGATIVE) {
      for (Node node : model.nodes) {
        if (work.has(node) && work.score(node) == BARELY) {
          work.put(node, 1);
        }
      }
    }
    return work;
  }

  private void match(
      NodeTable work,
      Resource source,
      Resource target,
      Colocation colocation,
      float factor,
      boolean onlyPositive) {
    NodeTable table = preferences(colocation, source);
    boolean byName = colocation.attribute().equals("#uname");
    SortedMap<String, Integer> best = byName ? new TreeMap<>() : best(colocation, table);
    for (Node node : model.nodes) {
      if (!work.has(node)) {
        continue;
      }
      int score =
          byName
              ? node.available() ? table.score(node) : -Scores.INFINITY
              : best.getOrDefault(value(node, colocation), -Scores.INFINITY);
      if (factor < 0
          && score < 0
          && !(target.stickiness < -score && colocation.influences() && allowedOnOne(source))) {
        continue;
      }
      int old = work.score(node);
      if (old == BARELY) {
        continue;
      }
      int sum = Scores.add(Scores.share(factor, score), old);
      if (onlyPositive && sum < 0 && old > 0) {
        work.put(node, BARELY);
      } else if (!(onlyPositive && sum < 0 && old == 0)) {
        work.put(node, sum);
      }
    }
  }

  /// The source's own scores; those of a group's later members count with the group's locations.
  private NodeTable preferences(Colocation colocation, Resource source) {
    Resource parent = source.parent;
    if (source != colocation.dependent()
        || !colocation.explicit()
        || parent == null
        || !parent.isGroup()
        || parent.children.getFirst() == source) {
      return source.allowed;
    }
    NodeTable table = source.allowed.copy();
    for (LocationRule rule : parent.locations) {
      if (rule.role() == RoleLevel.UNKNOWN) {
        for (Node each : model.nodes) {
          if (rule.scores().has(each)) {
            table.add(each, rule.scores().score(each));
          }
        }
      }
    }
    return table;
  }

  /// The best score over the nodes that count as the same for a colocation, by what they have in
  /// common.
  private SortedMap<String, Integer> best(Colocation colocation, NodeTable table) {
    SortedMap<String, Integer> best = new TreeMap<>();
    for (Node node : model.nodes) {
      if (table.has(node) && node.available()) {
        best.merge(value(node, colocation), table.score(node), Math::max);
      }
    }
    return best;
  }

  /// The value of the attribute, marked; one that is not set is unlike any that is.
  private static String value(Node node, Colocation colocation) {
    String value = node.attribute(colocation.attribute());
    return value == null ? "" : "=" + value;
  }

  private boolean allowedOnOne(Resource source) {
    int allowed = 0;
    for (Node node : model.nodes) {
      if (source.allowed.has(node) && source.allowed.score(node) >= 0) {
        allowed++;
      }
    }
    return allowed == 1;
  }
}
