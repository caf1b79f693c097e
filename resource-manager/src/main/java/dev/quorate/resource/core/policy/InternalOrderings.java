package dev.quorate.resource.core.policy;

import static dev.quorate.resource.core.policy.Relation.FIRST_IMPLIES_THEN;
import static dev.quorate.resource.core.policy.Relation.FIRST_IMPLIES_THEN_GRAPHED;
import static dev.quorate.resource.core.policy.Relation.INTERMEDIATE_STOP;
import static dev.quorate.resource.core.policy.Relation.ORDERED;
import static dev.quorate.resource.core.policy.Relation.PROMOTED_THEN_IMPLIES_FIRST;
import static dev.quorate.resource.core.policy.Relation.THEN_CANCELS_FIRST;
import static dev.quorate.resource.core.policy.Relation.THEN_IMPLIES_FIRST;
import static dev.quorate.resource.core.policy.Relation.THEN_IMPLIES_FIRST_GRAPHED;
import static dev.quorate.resource.core.policy.Relation.UNRUNNABLE_FIRST_BLOCKS;

import org.jspecify.annotations.Nullable;

/// The orderings and colocations that hold inside resources without being configured.
final class InternalOrderings {
  private final Model model;
  private final ColocationUnpacking colocations;

  InternalOrderings(Model model, ColocationUnpacking colocations) {
    this.model = model;
    this.colocations = colocations;
  }

  void create() {
    model.resources.forEach(this::create);
  }

  private void create(Resource resource) {
    switch (resource.kind) {
      case PRIMITIVE -> primitive(resource);
      case GROUP -> group(resource);
      case CLONE -> cloned(resource);
      case BUNDLE -> {}
    }
  }

  private void primitive(Resource resource) {
    if (!resource.managed) {
      return;
    }
    model.order(
        resource,
        Task.STOP,
        resource,
        Task.START,
        ORDERED | FIRST_IMPLIES_THEN | INTERMEDIATE_STOP);
    if (resource.inPromotable() || resource.role == RoleLevel.PROMOTED) {
      model.order(resource, Task.DEMOTE, resource, Task.STOP, PROMOTED_THEN_IMPLIES_FIRST);
      model.order(resource, Task.START, resource, Task.PROMOTE, UNRUNNABLE_FIRST_BLOCKS);
    }
    model.order(
        resource,
        ShutdownLocks.FORGET,
        resource,
        OperationKey.PROBE,
        Relation.IF_ON_SAME_NODE | THEN_CANCELS_FIRST);
    model.unfencing().order(resource);
    if (resource.container != null) {
      inside(resource, resource.container);
    }
    if (model.options.utilization() && !resource.utilization.isEmpty()) {
      loads(resource);
    }
  }

  private void inside(Resource resource, Resource container) {
    model.order(
        container, Task.START, resource, Task.START, FIRST_IMPLIES_THEN | UNRUNNABLE_FIRST_BLOCKS);
    model.order(resource, Task.STOP, container, Task.STOP, THEN_IMPLIES_FIRST);
    colocations.add(
        new Colocation(
            "#resource-with-container",
            resource,
            RoleLevel.UNKNOWN,
            container,
            RoleLevel.UNKNOWN,
            Scores.INFINITY,
            "#uname",
            true,
            false));
  }

  /// What leaves a node makes room before anything comes.
  private void loads(Resource resource) {
    for (Node node : resource.active) {
      model.order(
          resource, OperationKey.STOP, loadStopped(node), Relation.IF_ON_SAME_NODE_OR_TARGET);
    }
    for (Node node : model.nodes) {
      if (!resource.allowed.has(node)) {
        continue;
      }
      Action freed = loadStopped(node);
      model.order(freed, resource, OperationKey.START, Relation.IF_ON_SAME_NODE_OR_TARGET);
      model.order(
          freed, resource, OperationKey.of(Task.MIGRATE_TO), Relation.IF_ON_SAME_NODE_OR_TARGET);
    }
  }

  private Action loadStopped(Node node) {
    Action freed =
        model.action(null, new OperationKey(Task.LOAD_STOPPED, node.name, 0), node, false);
    freed.set(Action.PSEUDO | Action.RUNNABLE);
    return freed;
  }

  private void group(Resource group) {
    model.order(group, Task.STOP, group, Task.STOPPED, UNRUNNABLE_FIRST_BLOCKS);
    model.order(group, Task.STOPPED, group, Task.START, ORDERED);
    model.order(group, Task.START, group, Task.RUNNING, UNRUNNABLE_FIRST_BLOCKS);
    boolean promotable = group.inPromotable();
    Resource previous = null;
    Resource lastActive = null;
    for (Resource member : group.children) {
      create(member);
      if (previous != null && group.collocated) {
        colocate(group, previous, member);
      }
      member(group, member, previous, promotable);
      if (previous != null && group.ordered) {
        chain(previous, member, lastActive, promotable);
      }
      if (!member.active.isEmpty()) {
        lastActive = member;
      }
      previous = member;
    }
  }

  private void colocate(Resource group, Resource previous, Resource member) {
    boolean influence = member.critical;
    for (Resource earlier : group.children) {
      if (earlier == member) {
        break;
      }
      influence &= earlier.critical || earlier == group.children.getFirst();
    }
    colocations.add(
        new Colocation(
            "#internal-group-members",
            member,
            RoleLevel.UNKNOWN,
            previous,
            RoleLevel.UNKNOWN,
            Scores.INFINITY,
            "#uname",
            influence,
            false));
  }

  private void member(
      Resource group, Resource member, @Nullable Resource previous, boolean promotable) {
    model.order(
        group,
        Task.STOP,
        member,
        Task.STOP,
        previous == null ? THEN_IMPLIES_FIRST_GRAPHED | ORDERED : THEN_IMPLIES_FIRST_GRAPHED);
    model.order(
        member,
        Task.STOP,
        group,
        Task.STOPPED,
        previous == null
            ? FIRST_IMPLIES_THEN | FIRST_IMPLIES_THEN_GRAPHED
            : FIRST_IMPLIES_THEN_GRAPHED);
    model.order(group, Task.START, member, Task.START, THEN_IMPLIES_FIRST_GRAPHED);
    model.order(
        member,
        Task.START,
        group,
        Task.RUNNING,
        UNRUNNABLE_FIRST_BLOCKS | FIRST_IMPLIES_THEN | FIRST_IMPLIES_THEN_GRAPHED);
    if (promotable) {
      model.order(group, Task.PROMOTE, member, Task.PROMOTE, THEN_IMPLIES_FIRST_GRAPHED);
      model.order(
          member,
          Task.PROMOTE,
          group,
          Task.PROMOTED,
          UNRUNNABLE_FIRST_BLOCKS | FIRST_IMPLIES_THEN | FIRST_IMPLIES_THEN_GRAPHED);
      model.order(
          group,
          Task.DEMOTE,
          member,
          Task.DEMOTE,
          THEN_IMPLIES_FIRST_GRAPHED | (previous == null ? ORDERED : 0));
      model.order(
          member,
          Task.DEMOTE,
          group,
          Task.DEMOTED,
          FIRST_IMPLIES_THEN_GRAPHED | (previous == null ? FIRST_IMPLIES_THEN : 0));
    }
  }

  private void chain(
      Resource previous, Resource member, @Nullable Resource lastActive, boolean promotable) {
    model.order(
        previous, Task.START, member, Task.START, FIRST_IMPLIES_THEN | UNRUNNABLE_FIRST_BLOCKS);
    model.order(member, Task.STOP, previous, Task.STOP, ORDERED | INTERMEDIATE_STOP);
    if (!member.active.isEmpty() && previous.active.isEmpty()) {
      model.order(
          member, Task.STOP, previous, Task.START, THEN_IMPLIES_FIRST | UNRUNNABLE_FIRST_BLOCKS);
    }
    if (promotable) {
      model.order(
          previous,
          Task.PROMOTE,
          member,
          Task.PROMOTE,
          FIRST_IMPLIES_THEN | UNRUNNABLE_FIRST_BLOCKS);
      model.order(member, Task.DEMOTE, previous, Task.DEMOTE, ORDERED);
    }
    if (lastActive != null
        && lastActive != previous
        && previous.active.isEmpty()
        && !member.active.isEmpty()) {
      model.order(member, Task.STOP, lastActive, Task.STOP, ORDERED);
    }
  }

  private void cloned(Resource clone) {
    model.order(clone, Task.STOPPED, clone, Task.START, ORDERED);
    model.order(clone, Task.START, clone, Task.RUNNING, UNRUNNABLE_FIRST_BLOCKS);
    model.order(clone, Task.STOP, clone, Task.STOPPED, UNRUNNABLE_FIRST_BLOCKS);
    if (clone.promotable) {
      model.order(clone, Task.DEMOTED, clone, Task.STOP, ORDERED);
      model.order(clone, Task.RUNNING, clone, Task.PROMOTE, UNRUNNABLE_FIRST_BLOCKS);
    }
    Resource previous = null;
    for (Resource instance : clone.children) {
      create(instance);
      model.order(
          clone,
          Task.START,
          instance,
          Task.START,
          UNRUNNABLE_FIRST_BLOCKS | THEN_IMPLIES_FIRST_GRAPHED);
      model.order(instance, Task.START, clone, Task.RUNNING, FIRST_IMPLIES_THEN_GRAPHED);
      model.order(clone, Task.STOP, instance, Task.STOP, THEN_IMPLIES_FIRST_GRAPHED);
      model.order(instance, Task.STOP, clone, Task.STOPPED, FIRST_IMPLIES_THEN_GRAPHED);
      if (clone.ordered && previous != null) {
        model.order(previous, Task.START, instance, Task.START, ORDERED);
        model.order(instance, Task.STOP, previous, Task.STOP, ORDERED);
      }
      previous = instance;
    }
    if (clone.promotable) {
      promotable(clone);
    }
  }

  private void promotable(Resource clone) {
    model.order(clone, Task.STOPPED, clone, Task.START, ORDERED);
    model.order(clone, Task.STOPPED, clone, Task.PROMOTE, ORDERED);
    model.order(clone, Task.DEMOTED, clone, Task.STOP, ORDERED);
    model.order(clone, Task.DEMOTED, clone, Task.START, ORDERED);
    model.order(clone, Task.DEMOTED, clone, Task.PROMOTE, ORDERED);
    model.order(clone, Task.RUNNING, clone, Task.PROMOTE, ORDERED);
    model.order(clone, Task.DEMOTE, clone, Task.DEMOTED, ORDERED);
    Resource previous = null;
    for (Resource instance : clone.children) {
      model.order(instance, Task.DEMOTE, instance, Task.PROMOTE, ORDERED);
      model.order(clone, Task.PROMOTE, instance, Task.PROMOTE, ORDERED);
      model.order(instance, Task.PROMOTE, clone, Task.PROMOTED, ORDERED);
      model.order(clone, Task.DEMOTE, instance, Task.DEMOTE, THEN_IMPLIES_FIRST_GRAPHED);
      model.order(instance, Task.DEMOTE, clone, Task.DEMOTED, FIRST_IMPLIES_THEN_GRAPHED);
      if (clone.ordered && previous != null) {
        model.order(previous, Task.PROMOTE, instance, Task.PROMOTE, ORDERED);
        model.order(instance, Task.DEMOTE, previous, Task.DEMOTE, ORDERED);
      }
      previous = instance;
    }
  }
}
