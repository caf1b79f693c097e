package dev.quorate.resource.core.policy;

import dev.quorate.resource.core.digest.OperationDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Nodes that must be let in before certain resources may run there.
final class Unfencing {
  private final Model model;
  private final ResourceUnpacking unpacking;
  private final Map<Node, Boolean> changed = new LinkedHashMap<>();

  Unfencing(Model model, ResourceUnpacking unpacking) {
    this.model = model;
    this.unpacking = unpacking;
  }

  /// The action that lets a node in. It is required where the devices that do it have changed.
  Action of(Node node) {
    Action action =
        model.action(null, new OperationKey(Task.FENCE, node.name + ":on", 0), node, true);
    action.detail = "on";
    if (action.optional() && changed.computeIfAbsent(node, this::devicesChanged)) {
      require(node, action);
    }
    return action;
  }

  private void require(Node node, Action action) {
    if (model.canFence(node)) {
      action.clear(Action.OPTIONAL);
    }
  }

  private static boolean letIn(Node node) {
    String unfenced = node.attributes.get("#node-unfenced");
    return unfenced != null && !unfenced.equals("0");
  }

  private boolean devicesChanged(Node node) {
    for (Resource device : devices(model.resources, new ArrayList<>())) {
      String all = node.attributes.get("#digests-all");
      if (all == null) {
        continue;
      }
      String name = device.id + ":" + device.type + ":";
      var parameters = unpacking.parameters(device, node);
      if (all.contains(name + OperationDigest.of(parameters))) {
        continue;
      }
      String secure = node.attributes.getOrDefault("#digests-secure", "");
      String digest = OperationDigest.secure(parameters, "", true, OptionalLong.empty(), "3.19.0");
      if (!secure.contains(name + digest)) {
        return true;
      }
    }
    return false;
  }

  private static List<Resource> devices(List<Resource> among, List<Resource> found) {
    for (Resource resource : among) {
      devices(resource.children, found);
      if (resource.fenceDevice()
          && resource.meta.getOrDefault("provides", "").equals("unfencing")) {
        found.add(resource);
      }
    }
    return found;
  }

  /// What stops on a node does so before, and what starts there after, the node is let in.
  void order(Resource resource) {
    if (!model.haveUnfencing || resource.requires != Requires.UNFENCING || resource.fenceDevice()) {
      return;
    }
    for (Node node : model.nodes) {
      if (!resource.allowed.has(node)) {
        continue;
      }
      Action unfence = of(node);
      model.order(
          resource, OperationKey.STOP, unfence, Relation.ORDERED | Relation.IF_ON_SAME_NODE);
      model.order(
          unfence,
          resource,
          OperationKey.START,
          Relation.FIRST_IMPLIES_SAME_NODE_THEN | Relation.IF_ON_SAME_NODE);
    }
  }

  /// Relates a probe or start on a node to letting the node in, which is required if that was never
  /// done.
  void before(Resource resource, Node node, Action action, int flags) {
    if (!model.haveUnfencing
        || (resource.requires != Requires.UNFENCING && !resource.fenceDevice())) {
      return;
    }
    Action unfence = of(node);
    Model.relate(unfence, action, flags);
    if (!letIn(node) && node.online && !node.unclean && !node.shutdown) {
      require(node, unfence);
    }
  }

  /// What a fence device was changed to holds only once the nodes that it serves are let in anew.
  void deviceChanged(Resource device, Node node) {
    if (model.haveUnfencing
        && device.fenceDevice()
        && node.online
        && !node.unclean
        && !node.shutdown) {
      require(node, of(node));
    }
  }

  /// A resource that needs the node let in stops before that is done anew.
  void afterStop(Resource resource, Node node, Action stop) {
    if (model.haveUnfencing && resource.requires == Requires.UNFENCING && !resource.fenceDevice()) {
      Model.relate(stop, of(node), Relation.THEN_IMPLIES_FIRST);
    }
  }
}
