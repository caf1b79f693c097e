package dev.quorate.resource.core.policy;

import static dev.quorate.resource.core.policy.Action.MIGRATABLE;
import static dev.quorate.resource.core.policy.Action.OPTIONAL;
import static dev.quorate.resource.core.policy.Action.PSEUDO;
import static dev.quorate.resource.core.policy.Action.RUNNABLE;

/// What a relation does to the flags of its two actions, one kind of effect at a time.
final class Effects {
  private Effects() {}

  /// Changes the flags of two related actions.
  ///
  /// @param flags what the first comes to
  /// @param filter which of the flags are looked at
  /// @param type the one kind of effect
  static void apply(Action first, Action then, int flags, int filter, int type) {
    boolean optional = (filter & OPTIONAL) != 0;
    boolean runnable = (filter & RUNNABLE) != 0;
    switch (type) {
      case Relation.ASYMMETRIC -> asymmetric(first, then);
      case Relation.THEN_IMPLIES_FIRST -> {
        if (then.required()) {
          if (optional && (flags & OPTIONAL) == 0) {
            first.clear(OPTIONAL);
          }
          if (!then.migratable()) {
            first.clear(MIGRATABLE);
          }
        }
      }
      case Relation.PROMOTED_THEN_IMPLIES_FIRST -> {
        if (optional
            && then.resource != null
            && then.resource.role == RoleLevel.PROMOTED
            && then.required()) {
          first.clear(OPTIONAL);
          if (!then.migratable()) {
            first.clear(MIGRATABLE);
          }
        }
      }
      case Relation.UNMIGRATABLE_THEN_BLOCKS -> {
        if (optional) {
          if (!(then.migratable() && then.runnable())) {
            first.clear(RUNNABLE);
          }
          if (then.required()) {
            first.clear(OPTIONAL);
          }
        }
      }
      case Relation.FIRST_ELSE_THEN -> {
        if (optional && !first.runnable()) {
          then.clear(MIGRATABLE | PSEUDO);
        }
      }
      case Relation.UNRUNNABLE_FIRST_BLOCKS -> {
        if (runnable && then.runnable() && (flags & RUNNABLE) == 0) {
          then.clear(RUNNABLE | MIGRATABLE);
        }
      }
      case Relation.FIRST_IMPLIES_THEN -> {
        if (optional && then.optional() && (flags & OPTIONAL) == 0 && !first.migratable()) {
          then.clear(OPTIONAL);
        }
      }
      case Relation.INTERMEDIATE_STOP -> restart(first, then, optional, runnable);
      default -> {}
    }
  }

  private static void restart(Action first, Action then, boolean optional, boolean runnable) {
    boolean applies = optional && then.required();
    if (runnable
        && !then.runnable()
        && then.resource != null
        && then.resource.managed
        && first.resource == then.resource) {
      applies = true;
    }
    if (!applies) {
      return;
    }
    if (first.runnable() || then.required()) {
      first.clear(OPTIONAL);
    }
    if (!then.migratable()) {
      first.clear(MIGRATABLE);
    }
    if (first.required() && !first.runnable()) {
      then.clear(RUNNABLE);
    }
  }

  private static void asymmetric(Action first, Action then) {
    Resource resource = then.resource;
    if (resource == null || first.runnable()) {
      return;
    }
    if (then.optional()) {
      if (then.task() == Task.STOP && resource.role == RoleLevel.STOPPED) {
        return;
      }
      if (then.task() == Task.START
          && !resource.role.below(RoleLevel.STARTED)
          && resource.active.size() == 1
          && resource.active.getFirst() == then.node) {
        return;
      }
    }
    then.clear(OPTIONAL | RUNNABLE);
  }

  /// Effects on an action that belongs to no resource.
  static boolean loose(Action first, Action then, int firstFlags, int type) {
    int before = then.flags;
    if ((type & Relation.FIRST_IMPLIES_THEN) != 0 && (firstFlags & OPTIONAL) == 0) {
      then.clear(OPTIONAL);
    }
    boolean changed = before != then.flags;
    if ((type & Relation.MIN_RUNNABLE) != 0 && (firstFlags & RUNNABLE) != 0) {
      then.runnableBefore++;
      if (then.runnableBefore >= then.requiredRunnableBefore && !then.runnable()) {
        then.set(RUNNABLE);
        changed = true;
      }
    }
    if ((type & Relation.UNRUNNABLE_FIRST_BLOCKS) != 0
        && (firstFlags & RUNNABLE) == 0
        && then.runnable()) {
      then.clear(RUNNABLE);
      changed = true;
    }
    return changed;
  }
}
