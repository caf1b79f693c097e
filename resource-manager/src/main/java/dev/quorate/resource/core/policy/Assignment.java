package dev.quorate.resource.core.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gives every resource a place.
final class Assignment {
  private final Model model;
  private final ColocatedScores colocated;
  private final ColocationEffect effect;
  private final CloneAssignment clones;

  Assignment(Model model) {
    this.model = model;
    this.colocated = new ColocatedScores(model);
    this.effect = new ColocationEffect(model, this);
    this.clones = new CloneAssignment(model, this, colocated, effect);
  }

  void assignAll() {
    if (model.options.utilization()) {
      new ResourceOrder(model, colocated).sort();
    }
    for (Resource resource : List.copyOf(model.resources)) {
      assign(resource, null, true);
    }
  }

  /// Assigns a resource and what it depends on.
  ///
  /// @param preferred the node that wins if it is as good as the best
  /// @param stopIfFailed whether a resource without a place is to be stopped, or merely was tried
  @Nullable Node assign(Resource resource, @Nullable Node preferred, boolean stopIfFailed) {
    return switch (resource.kind) {
      case PRIMITIVE -> primitive(resource, preferred, stopIfFailed);
      case GROUP -> group(resource, preferred, stopIfFailed);
      case CLONE -> {
        clones.assign(resource, preferred, stopIfFailed);
        yield null;
      }
      case BUNDLE -> null;
    };
  }

  private @Nullable Node group(Resource group, @Nullable Node preferred, boolean stopIfFailed) {
    if (!group.unassigned) {
      return group.assigned;
    }
    if (group.assigning) {
      return null;
    }
    if (group.children.isEmpty()) {
      group.unassigned = false;
      return null;
    }
    group.assigning = true;
    Node first = null;
    for (Resource member : group.children) {
      Node node = assign(member, preferred, stopIfFailed);
      if (first == null) {
        first = node;
      }
    }
    group.next = group.children.getFirst().next;
    group.assigning = false;
    group.unassigned = false;
    group.assigned = group.collocated ? first : null;
    return group.assigned;
  }

  private @Nullable Node primitive(
      Resource resource, @Nullable Node preferred, boolean stopIfFailed) {
    Resource parent = resource.parent;
    if (parent != null && !parent.assigning) {
      assign(parent, preferred, stopIfFailed);
    }
    if (!resource.unassigned) {
      return resource.assigned;
    }
    if (resource.assigning) {
      return null;
    }
    resource.assigning = true;
    List<Colocation> thisWith = Colocations.thisWith(resource);
    List<Colocation> withThis = Colocations.withThis(resource);
    applyThisWith(resource, thisWith, true);
    addWithThis(resource, withThis, true);
    applyThisWith(resource, thisWith, false);
    addWithThis(resource, withThis, false);
    if (resource.next == RoleLevel.STOPPED) {
      model.addScore(resource, null, -Scores.INFINITY);
    } else if (resource.next.above(resource.role)
        && !model.quorate
        && model.options.withoutQuorum() == ClusterOptions.WithoutQuorum.FREEZE) {
      resource.next = resource.role;
    }
    if (model.options.fencing() && !model.haveFenceDevice && !model.options.haveWatchdog()) {
      resource.managed = false;
    }
    if (!resource.managed) {
      resource.next = resource.role;
      place(resource, resource.current(), true, stopIfFailed);
    } else if (model.options.stopAll()) {
      place(resource, null, true, stopIfFailed);
    } else {
      choose(resource, preferred, stopIfFailed);
    }
    resource.assigning = false;
    return resource.assigned;
  }

  private void applyThisWith(Resource resource, List<Colocation> colocations, boolean mandatory) {
    for (Colocation colocation : colocations) {
      if (colocation.mandatory() != mandatory) {
        continue;
      }
      boolean revertible =
          colocation.dependentRole() == RoleLevel.PROMOTED
              || (colocation.score() < 0 && colocation.score() > -Scores.INFINITY);
      NodeTable before = revertible || model.explains ? resource.allowed.copy() : null;
      if (colocation.primary().unassigned) {
        assign(colocation.primary(), null, true);
      }
      effect.apply(resource, colocation.primary(), colocation);
      if (before != null && revertible && !resource.allowed.anyAvailable(model.nodes)) {
        resource.allowed = before;
      }
      note(resource, before, colocation);
    }
  }

  private void addWithThis(Resource resource, List<Colocation> colocations, boolean mandatory) {
    for (Colocation colocation : colocations) {
      if (colocation.mandatory() == mandatory && colocation.influences()) {
        NodeTable before = resource.allowed;
        resource.allowed =
            colocated.add(
                colocation.dependent(),
                resource,
                before,
                colocation,
                colocation.factor(),
                ColocatedScores.Mode.DEFAULT);
        note(resource, before, colocation);
      }
    }
  }

  private void note(Resource resource, @Nullable NodeTable before, Colocation colocation) {
    if (!model.explains || before == null || before == resource.allowed) {
      return;
    }
    for (Node node : model.nodes) {
      int now = resource.allowed.score(node);
      if (resource.allowed.has(node) && now != before.score(node)) {
        int change = now <= -Scores.INFINITY ? now : now - before.score(node);
        model.note(resource, node, false, Decision.Source.COLOCATION, colocation.id(), change);
      }
    }
  }

  private void choose(Resource resource, @Nullable Node preferred, boolean stopIfFailed) {
    Node roomiest = Utilization.banWithoutRoom(model, resource);
    Node wished = preferred == null ? roomiest : preferred;
    if (!resource.unassigned) {
      return;
    }
    Node current = resource.current();
    Node best = NodeOrder.best(model, resource, current);
    Node chosen = null;
    if (best != null) {
      NodeTable allowed = resource.allowed;
      if (wished != null
          && allowed.has(wished)
          && wished.available()
          && allowed.score(wished) >= 0
          && allowed.score(wished) >= allowed.score(best)) {
        chosen = wished;
      } else {
        chosen = best;
        boolean uniqueInstance =
            resource.parent != null && resource.parent.isClone() && resource.parent.unique;
        if (!uniqueInstance
            && allowed.score(best) > 0
            && best.available()
            && current != null
            && current.available()
            && allowed.has(current)
            && allowed.score(current) == allowed.score(best)) {
          chosen = current;
        }
      }
    }
    place(resource, chosen, false, stopIfFailed);
  }

  /// Puts a resource, or everything in it, on a node.
  ///
  /// @param force whether it may be one that cannot take it on
  /// @return whether that is a change
  boolean place(Resource resource, @Nullable Node wished, boolean force, boolean stopIfFailed) {
    if (!resource.children.isEmpty()) {
      boolean changed = false;
      for (Resource child : resource.children) {
        changed |= place(child, wished, force, stopIfFailed);
      }
      return changed;
    }
    Node node = wished;
    if (!force && node != null && (resource.allowed.score(node) < 0 || !node.available())) {
      if (stopIfFailed) {
        resource.next = RoleLevel.STOPPED;
      }
      node = null;
    }
    boolean changed = resource.assigned != node;
    release(resource);
    resource.unassigned = false;
    if (node == null) {
      if (!stopIfFailed) {
        return changed;
      }
      resource.next = RoleLevel.STOPPED;
      for (Action action : resource.actions) {
        if (action.task() == Task.STOP) {
          action.clear(Action.OPTIONAL);
        } else if (action.task() == Task.START) {
          action.clear(Action.RUNNABLE);
        } else if (action.key.intervalMillis() > 0 && action.expectedCode != 7) {
          action.clear(Action.RUNNABLE);
        }
      }
      return changed;
    }
    resource.assigned = node;
    node.assigned++;
    Utilization.consume(node, resource);
    return changed;
  }

  /// Takes the place of a resource, or of everything in it, away again.
  void release(Resource resource) {
    Node old = resource.assigned;
    for (Resource child : resource.children) {
      release(child);
    }
    resource.unassigned = true;
    if (old == null) {
      return;
    }
    resource.assigned = null;
    if (resource.isPrimitive()) {
      old.assigned--;
      Utilization.release(old, resource);
    }
  }
}
