package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.List;

/// Ends nodes that must not be trusted, and lets those go that want to.
final class Fencing {
  private final Model model;

  Fencing(Model model) {
    this.model = model;
  }

  void create() {
    boolean managed = anyManaged(model.resources);
    List<Action> fences = new ArrayList<>();
    List<Action> shutdowns = new ArrayList<>();
    Action dcFence = null;
    Action dcShutdown = null;
    for (Node node : model.nodes) {
      if (node.remote) {
        continue;
      }
      if (managed && node.unclean && model.canFence(node)) {
        Action fence = fence(node);
        orderAgainstResources(fence, node);
        if (node.dc) {
          dcFence = fence;
        } else {
          if (!model.options.concurrentFencing() && !fences.isEmpty()) {
            Model.relate(fences.getLast(), fence, Relation.ORDERED);
          }
          fences.add(fence);
        }
      } else if (node.online && node.shutdown) {
        Action shutdown = shutdown(node);
        if (node.dc) {
          dcShutdown = shutdown;
        } else {
          shutdowns.add(shutdown);
        }
      } else if (node.unclean) {
        model.warnings.add("node " + node.name + " is unclean and cannot be fenced");
      }
    }
    if (dcShutdown != null) {
      for (Action shutdown : shutdowns) {
        Model.relate(shutdown, dcShutdown, Relation.ORDERED);
      }
      beforeAll(fences, dcShutdown);
    }
    if (dcFence != null) {
      beforeAll(fences, dcFence);
    }
  }

  private static void beforeAll(List<Action> fences, Action last) {
    for (Action fence : fences) {
      Model.relate(fence, last, Relation.ORDERED);
    }
  }

  private static boolean anyManaged(List<Resource> resources) {
    for (Resource resource : resources) {
      if (resource.isPrimitive() ? resource.managed : anyManaged(resource.children)) {
        return true;
      }
    }
    return false;
  }

  private Action fence(Node node) {
    Action fence =
        model.action(
            null,
            new OperationKey(Task.FENCE, node.name + ":" + model.options.fencingAction(), 0),
            node,
            false);
    fence.detail = model.options.fencingAction();
    return fence;
  }

  private Action shutdown(Node node) {
    Action shutdown =
        model.action(null, new OperationKey(Task.SHUTDOWN, node.name, 0), node, false);
    for (Action action : model.actions) {
      Resource resource = action.resource;
      if (resource == null
          || action.node != node
          || action.task() != Task.STOP
          || resource.maintenance
          || node.maintenance
          || (!resource.managed && !resource.blocked)) {
        continue;
      }
      action.clear(Action.OPTIONAL);
      model.order(action, shutdown, Relation.ORDERED | Relation.UNRUNNABLE_FIRST_BLOCKS);
    }
    return shutdown;
  }

  private void orderAgainstResources(Action fence, Node node) {
    for (Resource resource : model.resources) {
      order(resource, fence, node);
    }
  }

  private void order(Resource resource, Action fence, Node node) {
    if (!resource.isPrimitive()) {
      for (Resource child : resource.children) {
        order(child, fence, node);
      }
      return;
    }
    if (!resource.managed) {
      return;
    }
    beforeStarts(resource, fence, node);
    impliedStops(resource, fence, node);
  }

  private void beforeStarts(Resource resource, Action fence, Node node) {
    boolean known = resource.probed.contains(node);
    for (Action action : resource.actions) {
      switch (action.needs) {
        case FENCING, UNFENCING -> Model.relate(fence, action, Relation.ORDERED);
        case QUORUM -> {
          if (action.task() == Task.START && resource.allowed.has(node) && !known) {
            Model.relate(fence, action, Relation.ORDERED | Relation.UNRUNNABLE_FIRST_BLOCKS);
          }
        }
        case NOTHING -> {}
      }
    }
  }

  private void impliedStops(Resource resource, Action fence, Node node) {
    Resource top = resource.top();
    boolean ordered = resource.requires.fencing();
    for (Action action : List.copyOf(resource.actions)) {
      if (action.node != node) {
        continue;
      }
      if (action.task() == Task.STOP) {
        action.set(Action.PSEUDO | Action.RUNNABLE);
        if (top.isClone() && top.notify) {
          Notifications.afterFencing(model, top, resource, fence);
        }
        if (ordered) {
          Model.relate(fence, action, Relation.ORDERED);
          Action topStop = top == resource ? null : top.find(Task.STOP, (Node) null);
          if (topStop != null) {
            Model.relate(fence, topStop, Relation.ORDERED);
          }
        }
      } else if (action.task() == Task.DEMOTE
          && (!node.online || node.unclean || resource.failed)) {
        action.set(Action.PSEUDO | Action.RUNNABLE);
        if (ordered) {
          Model.relate(fence, action, Relation.ORDERED);
        }
      }
    }
  }
}
