package dev.quorate.resource.core.policy;

/// What an action does.
enum Task {
  START("start"),
  RUNNING("running"),
  STOP("stop"),
  STOPPED("stopped"),
  PROMOTE("promote"),
  PROMOTED("promoted"),
  DEMOTE("demote"),
  DEMOTED("demoted"),
  MONITOR("monitor"),
  CANCEL("cancel"),
  MIGRATE_TO("migrate_to"),
  MIGRATE_FROM("migrate_from"),
  RELOAD("reload-agent"),
  NOTIFY("notify"),
  NOTIFIED("notified"),
  DELETE("delete"),
  CLEAR_FAIL_COUNT("clear_failcount"),
  FENCE("stonith"),
  SHUTDOWN("do_shutdown"),
  LOAD_STOPPED("load_stopped"),
  ONE_OR_MORE("one-or-more");

  final String text;

  Task(String text) {
    this.text = text;
  }

  /// The action of a collective that says that this one is done by all; itself if there is none.
  Task completed() {
    return switch (this) {
      case START -> RUNNING;
      case STOP -> STOPPED;
      case PROMOTE -> PROMOTED;
      case DEMOTE -> DEMOTED;
      default -> this;
    };
  }

  /// The reverse of [#completed()].
  Task begun() {
    return switch (this) {
      case RUNNING -> START;
      case STOPPED -> STOP;
      case PROMOTED -> PROMOTE;
      case DEMOTED -> DEMOTE;
      default -> this;
    };
  }

  /// The task that undoes this one, as an ordering's reverse needs it; itself if there is none.
  Task inverse() {
    return switch (this) {
      case START -> STOP;
      case STOP -> START;
      case PROMOTE -> DEMOTE;
      case DEMOTE -> PROMOTE;
      case RUNNING -> STOPPED;
      case STOPPED -> RUNNING;
      case PROMOTED -> DEMOTED;
      case DEMOTED -> PROMOTED;
      default -> this;
    };
  }

  static java.util.Optional<Task> parse(String text) {
    for (Task task : values()) {
      if (task.text.equals(text)) {
        return java.util.Optional.of(task);
      }
    }
    return java.util.Optional.empty();
  }
}
