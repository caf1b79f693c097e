package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.core.rules.NextChange;
import dev.quorate.resource.core.rules.RuleContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What one run works on: nodes, resources, actions and the orderings between them.
final class Model {
  final Cib cib;
  final Instant now;
  final NextChange nextChange;
  final RuleContext time;
  final ClusterOptions options;
  final boolean quorate;

  /// Whether facts are remembered: that costs time and memory.
  boolean explains;

  /// By name, as a reader would sort them.
  final List<Node> nodes = new ArrayList<>();

  final Map<String, Node> nodesByName = new LinkedHashMap<>();
  final Map<String, Node> nodesById = new LinkedHashMap<>();

  /// Those that are in no other, in the order in which they are decided.
  final List<Resource> resources = new ArrayList<>();

  /// All of them by id, instances by theirs.
  final Map<String, Resource> resourcesById = new LinkedHashMap<>();

  /// Templates and tags: what they stand for.
  final Map<String, List<String>> sets = new LinkedHashMap<>();

  final List<Colocation> colocations = new ArrayList<>();
  final List<Ordering> orderings = new ArrayList<>();
  final List<Action> actions = new ArrayList<>();
  final List<Action> loose = new ArrayList<>();

  /// What the scores are made of; each once.
  final Set<Decision.Fact> facts = new LinkedHashSet<>();

  /// Who is promoted where scores have no say.
  PromotionRule promotionRule = PromotionRule.NONE;

  /// What an operator should know and nothing follows from.
  final List<String> warnings = new ArrayList<>();

  /// What the document asks for and this engine does not manage.
  final List<String> refusals = new ArrayList<>();

  private @Nullable Unfencing unfencing;

  boolean haveFenceDevice;
  boolean haveUnfencing;

  /// An ordering between resources that is turned into relations once all actions are known.
  ///
  /// @param first null if `firstAction` is given
  record Ordering(
      @Nullable Resource first,
      @Nullable OperationKey firstKey,
      @Nullable Action firstAction,
      @Nullable Resource then,
      @Nullable OperationKey thenKey,
      @Nullable Action thenAction,
      int flags) {}

  Model(Cib cib, Instant now, SortedMap<String, String> properties, NextChange nextChange) {
    this.cib = cib;
    this.now = now;
    this.nextChange = nextChange;
    this.time = RuleContext.at(now);
    this.quorate = cib.attribute("have-quorum").map(ClusterOptions::truth).orElse(false);
    boolean panic = cib.attribute("no-quorum-panic").map(ClusterOptions::truth).orElse(false);
    this.options = ClusterOptions.of(properties, quorate || panic);
  }

  void unfencing(Unfencing rules) {
    unfencing = rules;
  }

  Unfencing unfencing() {
    Unfencing rules = unfencing;
    if (rules == null) {
      throw new IllegalStateException("resources are not unpacked yet");
    }
    return rules;
  }

  /// Whether a node that must be fenced can be.
  boolean canFence(Node node) {
    return options.fencing()
        && (haveFenceDevice || options.haveWatchdog())
        && (quorate
            || options.withoutQuorum() == ClusterOptions.WithoutQuorum.IGNORE
            || node.online);
  }

  /// Remembers what a score of a primitive is made of.
  void note(
      Resource resource,
      Node node,
      boolean promotion,
      Decision.Source source,
      String name,
      int score) {
    if (explains && resource.isPrimitive()) {
      facts.add(
          new Decision.Fact(
              resource.plainId, node.name, promotion, source, name, Scores.clamp(score)));
    }
  }

  void order(Resource first, Task firstTask, Resource then, Task thenTask, int flags) {
    order(first, OperationKey.of(firstTask), then, OperationKey.of(thenTask), flags);
  }

  void order(
      Resource first, OperationKey firstKey, Resource then, OperationKey thenKey, int flags) {
    orderings.add(new Ordering(first, firstKey, null, then, thenKey, null, flags));
    MigrationEquivalents.add(this, first, firstKey.task(), then, thenKey.task());
  }

  void order(Action first, Resource then, OperationKey thenKey, int flags) {
    orderings.add(new Ordering(first.resource, null, first, then, thenKey, null, flags));
  }

  void order(Resource first, OperationKey firstKey, Action then, int flags) {
    orderings.add(new Ordering(first, firstKey, null, then.resource, null, then, flags));
  }

  void order(Action first, Action then, int flags) {
    orderings.add(new Ordering(first.resource, null, first, then.resource, null, then, flags));
  }

  /// Adds to the score of a resource, and of everything in it, on a node, or on all of them if none
  /// is named: a ban holds whatever later constraints say.
  void addScore(Resource resource, @Nullable Node node, int score) {
    if (node != null) {
      resource.allowed.add(node, score);
    } else {
      for (Node each : nodes) {
        resource.allowed.add(each, score);
      }
      if (score <= -Scores.INFINITY) {
        resource.assigned = null;
      }
    }
    for (Resource child : resource.children) {
      addScore(child, node, score);
    }
  }

  /// The action, made if it is not there yet. Asked for as required, it is so from then on.
  Action action(
      @Nullable Resource resource, OperationKey key, @Nullable Node node, boolean optional) {
    Action action = find(resource, key, node);
    if (action == null) {
      action = new Action(actions.size(), resource, key, node);
      action.flags = Action.RUNNABLE | (optional ? Action.OPTIONAL : 0);
      actions.add(action);
      if (resource == null) {
        loose.add(action);
      } else {
        resource.actions.add(action);
        action.priority = resource.priority;
        if (key.task() == Task.START || key.task() == Task.PROMOTE) {
          action.needs = resource.requires.fencing() ? Requires.FENCING : resource.requires;
        }
      }
    } else if (!optional) {
      action.clear(Action.OPTIONAL);
    }
    if (resource != null) {
      if (action.node != null
          && !resource.managed
          && key.intervalMillis() == 0
          && !action.pseudo()) {
        action.set(Action.OPTIONAL);
      }
      checkRunnable(action, resource);
    }
    return action;
  }

  private @Nullable Action find(
      @Nullable Resource resource, OperationKey key, @Nullable Node node) {
    List<Action> among = resource == null ? loose : resource.actions;
    for (int i = among.size() - 1; i >= 0; i--) {
      Action action = among.get(i);
      if (!action.key.equals(key)) {
        continue;
      }
      if (node == null || action.node == node) {
        return action;
      }
      if (action.node == null) {
        action.node = node;
        return action;
      }
    }
    return null;
  }

  /// A pseudo-action of a collective.
  Action pseudo(Resource resource, OperationKey key, boolean optional, boolean runnable) {
    Action action = action(resource, key, null, optional);
    action.set(Action.PSEUDO);
    if (runnable) {
      action.set(Action.RUNNABLE);
    } else {
      action.clear(Action.RUNNABLE);
    }
    return action;
  }

  private void checkRunnable(Action action, Resource resource) {
    if (action.pseudo()) {
      return;
    }
    Node node = action.node;
    if (node == null) {
      action.clear(Action.RUNNABLE);
      return;
    }
    if (!action.central && !node.online) {
      action.clear(Action.RUNNABLE);
      if (resource.managed && action.task() == Task.STOP && !node.unclean) {
        node.fence("a stop there cannot be run", false);
      }
      return;
    }
    if (!action.central && node.pending) {
      action.clear(Action.RUNNABLE);
      return;
    }
    if (action.needs == Requires.NOTHING) {
      action.set(Action.RUNNABLE);
      return;
    }
    switch (withoutQuorum(resource)) {
      case STOP, FENCE -> action.clear(Action.RUNNABLE);
      case FREEZE -> {
        if (!resource.isActive(true) || resource.next.above(resource.role)) {
          action.clear(Action.RUNNABLE);
        }
      }
      case IGNORE, DEMOTE -> action.set(Action.RUNNABLE);
    }
  }

  /// What the lack of quorum means for a resource; as if ignored where there is quorum.
  private ClusterOptions.WithoutQuorum withoutQuorum(Resource resource) {
    if (quorate) {
      return ClusterOptions.WithoutQuorum.IGNORE;
    }
    if (options.withoutQuorum() != ClusterOptions.WithoutQuorum.DEMOTE) {
      return options.withoutQuorum();
    }
    if (resource.role.below(RoleLevel.UNPROMOTED)) {
      return ClusterOptions.WithoutQuorum.STOP;
    }
    if (resource.next.above(RoleLevel.UNPROMOTED)) {
      resource.next = RoleLevel.UNPROMOTED;
    }
    return ClusterOptions.WithoutQuorum.IGNORE;
  }

  /// Relates two actions; true if that is new.
  static boolean relate(@Nullable Action first, @Nullable Action then, int flags) {
    if (first == null || then == null || first == then || flags == 0) {
      return false;
    }
    List<Relation> fewer = first.after.size() < then.before.size() ? first.after : then.before;
    for (int i = fewer.size() - 1; i >= 0; i--) {
      Relation old = fewer.get(i);
      if (old.first == first && old.then == then && (old.flags & flags) != 0) {
        return false;
      }
    }
    Relation relation = new Relation(first, then, flags);
    first.after.add(relation);
    then.before.add(relation);
    return true;
  }
}
