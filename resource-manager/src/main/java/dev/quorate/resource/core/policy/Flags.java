package dev.quorate.resource.core.policy;

import static dev.quorate.resource.core.policy.Action.OPTIONAL;
import static dev.quorate.resource.core.policy.Action.PSEUDO;
import static dev.quorate.resource.core.policy.Action.RUNNABLE;

import org.jspecify.annotations.Nullable;

/// What an action comes to: for one of a collective, what those of its members come to.
final class Flags {
  private Flags() {}

  /// As an ordering sees it that concerns a node.
  static int forOrdering(Action action, @Nullable Node node) {
    Resource resource = action.resource;
    if (resource == null) {
      return action.flags;
    }
    int flags = of(action, null);
    if (node == null || !resource.isClone()) {
      return flags;
    }
    int here = of(action, node);
    return (flags & RUNNABLE) != 0 ? here | RUNNABLE : here;
  }

  static int of(Action action, @Nullable Node node) {
    Resource resource = action.resource;
    if (resource == null) {
      return action.flags;
    }
    return switch (resource.kind) {
      case PRIMITIVE -> action.flags;
      case GROUP -> group(action, resource, node);
      case CLONE, BUNDLE -> cloned(action, resource, node);
    };
  }

  private static int group(Action action, Resource group, @Nullable Node node) {
    int flags = OPTIONAL | RUNNABLE | PSEUDO;
    for (Resource member : group.children) {
      Task task = action.task().begun();
      Action its = member.find(task, node);
      if (its != null) {
        int memberFlags = of(its, node);
        if ((memberFlags & OPTIONAL) == 0) {
          flags &= ~OPTIONAL;
          action.clear(OPTIONAL);
        }
        if (task != action.task() && (memberFlags & RUNNABLE) == 0) {
          flags &= ~RUNNABLE;
        }
      } else if (task != Task.STOP && task != Task.DEMOTE) {
        flags &= ~RUNNABLE;
      }
    }
    return flags;
  }

  private static int cloned(Action action, Resource clone, @Nullable Node node) {
    int flags = OPTIONAL | RUNNABLE | PSEUDO;
    boolean anyRunnable = false;
    for (Resource instance : clone.children) {
      Action its = instance.find(action.of(instance), instance.isPrimitive() ? node : null);
      if (its == null) {
        continue;
      }
      int instanceFlags = of(its, node);
      if ((instanceFlags & OPTIONAL) == 0) {
        flags &= ~OPTIONAL;
        action.clear(OPTIONAL);
      }
      anyRunnable |= (instanceFlags & RUNNABLE) != 0;
    }
    if (!anyRunnable) {
      flags &= ~RUNNABLE;
      if (node == null) {
        action.clear(RUNNABLE);
      }
    }
    return flags;
  }
}
