package dev.quorate.resource.core.policy;

/// Finds out where resources run that were never asked for.
final class Probes {
  private final Model model;

  Probes(Model model) {
    this.model = model;
  }

  void create() {
    for (Node node : model.nodes) {
      if (!node.online || node.unclean) {
        continue;
      }
      for (Resource resource : model.resources) {
        create(resource, node);
      }
    }
  }

  private boolean create(Resource resource, Node node) {
    return switch (resource.kind) {
      case PRIMITIVE -> primitive(resource, node);
      case GROUP -> {
        boolean any = false;
        for (Resource member : resource.children) {
          any |= create(member, node);
        }
        yield any;
      }
      case CLONE -> cloned(resource, node);
      case BUNDLE -> false;
    };
  }

  private boolean cloned(Resource clone, Node node) {
    if (clone.exclusiveDiscovery
        && (!clone.allowed.has(node)
            || clone.discovery(node) != LocationRule.Discovery.EXCLUSIVE)) {
      return false;
    }
    Resource top = clone;
    if (!clone.unique && clone.kind == Resource.Kind.CLONE) {
      return anonymous(top, node);
    }
    boolean any = false;
    for (Resource instance : clone.children) {
      any |= create(instance, node);
    }
    return any;
  }

  /// One probe speaks for all instances of an anonymous clone.
  private boolean anonymous(Resource clone, Node node) {
    Resource instance = null;
    for (Resource child : clone.children) {
      if (child.probed.contains(node)) {
        instance = child;
        break;
      }
    }
    if (instance == null) {
      for (Resource child : clone.children) {
        if (child.location(false) == node) {
          instance = child;
          break;
        }
      }
    }
    if (instance == null && !clone.children.isEmpty()) {
      instance = clone.children.getFirst();
    }
    return instance != null && create(instance, node);
  }

  private boolean primitive(Resource resource, Node node) {
    if (!model.options.startupProbes() || resource.removed || resource.probed.contains(node)) {
      return false;
    }
    if (node.remote || resource.container != null) {
      return false;
    }
    Resource top = resource.top();
    if (resource.exclusiveDiscovery || top.exclusiveDiscovery) {
      Resource which = resource.exclusiveDiscovery ? resource : top;
      if (!which.allowed.has(node) || which.discovery(node) != LocationRule.Discovery.EXCLUSIVE) {
        return false;
      }
    }
    if (resource.allowed.has(node) && resource.discovery(node) == LocationRule.Discovery.NEVER) {
      return false;
    }
    probe(resource, node);
    return true;
  }

  private void probe(Resource resource, Node node) {
    Action probe = model.action(resource, OperationKey.PROBE, node, false);
    probe.clear(Action.OPTIONAL);
    model.unfencing().before(resource, node, probe, Relation.ORDERED);
    if (!resource.active.contains(node)) {
      probe.expectedCode = 7;
    } else if (resource.role == RoleLevel.PROMOTED) {
      probe.expectedCode = 8;
    }
    Resource top = resource.top().isClone() ? resource.top() : resource;
    model.order(probe, top, OperationKey.START, flags(probe, top));
    model.order(probe, top, OperationKey.of(Task.RELOAD), Relation.ORDERED);
  }

  private static int flags(Action probe, Resource top) {
    return !probe.runnable() && !top.isActive(false)
        ? Relation.ORDERED | Relation.UNRUNNABLE_FIRST_BLOCKS
        : Relation.ORDERED;
  }
}
