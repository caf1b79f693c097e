package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that may have to be done, of the working model.
final class Action {
  static final int OPTIONAL = 1;
  static final int RUNNABLE = 1 << 1;
  static final int PSEUDO = 1 << 2;
  static final int MIGRATABLE = 1 << 3;

  final int index;
  final @Nullable Resource resource;
  final OperationKey key;
  @Nullable Node node;
  int flags;

  /// In the graph even if it is optional.
  boolean always;

  /// Executed by whoever runs the graph, not by the node.
  boolean central;

  boolean minRunnable;
  int runnableBefore;
  int requiredRunnableBefore;

  Requires needs = Requires.NOTHING;
  int priority;
  int expectedCode;

  /// The other node of a migration, else null.
  @Nullable Node peer;

  /// What stands between a fence and what it fences: `reboot`, `off` or `on`; else empty.
  String detail = "";

  /// A stop of a migration's source that leaves the start alone.
  boolean dangling;

  /// A recurring operation that runs and shall be set up anew.
  boolean rescheduled;

  final List<Relation> before = new ArrayList<>(4);
  final List<Relation> after = new ArrayList<>(4);

  Action(int index, @Nullable Resource resource, OperationKey key, @Nullable Node node) {
    this.index = index;
    this.resource = resource;
    this.key = key;
    this.node = node;
  }

  Task task() {
    return key.task();
  }

  boolean optional() {
    return (flags & OPTIONAL) != 0;
  }

  boolean required() {
    return (flags & OPTIONAL) == 0;
  }

  boolean runnable() {
    return (flags & RUNNABLE) != 0;
  }

  boolean pseudo() {
    return (flags & PSEUDO) != 0;
  }

  boolean migratable() {
    return (flags & MIGRATABLE) != 0;
  }

  void set(int flag) {
    flags |= flag;
  }

  void clear(int flag) {
    flags &= ~flag;
  }

  boolean on(Node where) {
    return node == where;
  }

  boolean isNotification() {
    return task() == Task.NOTIFY || task() == Task.NOTIFIED;
  }

  /// What one of a clone's instances does about the clone's action: a primitive, of what is over,
  /// what was begun; of a notification, what it notifies of.
  Task of(Resource instance) {
    if (!isNotification()) {
      return instance.isPrimitive() ? task().begun() : task();
    }
    String phase = key.phase();
    Task about = Task.parse(phase.substring(phase.indexOf(':') + 1)).orElse(task());
    return phase.startsWith("post") && !instance.isPrimitive() ? about.completed() : about;
  }

  @Override
  public String toString() {
    return (resource == null ? "" : resource.id + " ")
        + key.task().text
        + (key.phase().isEmpty() ? "" : " " + key.phase())
        + (key.intervalMillis() == 0 ? "" : " " + key.intervalMillis())
        + (node == null ? "" : " on " + node.name)
        + (optional() ? " (optional)" : "")
        + (runnable() ? "" : " (unrunnable)")
        + (pseudo() ? " (pseudo)" : "");
  }
}
