package dev.quorate.resource.core.policy;

/// What an instance is or shall be, in the order in which a role is more than another.
enum RoleLevel {
  UNKNOWN("Unknown"),
  STOPPED("Stopped"),
  STARTED("Started"),
  UNPROMOTED("Unpromoted"),
  PROMOTED("Promoted");

  final String text;

  RoleLevel(String text) {
    this.text = text;
  }

  boolean above(RoleLevel other) {
    return compareTo(other) > 0;
  }

  boolean below(RoleLevel other) {
    return compareTo(other) < 0;
  }

  /// The next role on the way from this one to another.
  RoleLevel towards(RoleLevel goal) {
    return switch (this) {
      case UNKNOWN, STOPPED -> goal == PROMOTED ? UNPROMOTED : goal;
      case STARTED -> goal;
      case UNPROMOTED -> goal == PROMOTED ? PROMOTED : STOPPED;
      case PROMOTED -> UNPROMOTED;
    };
  }

  static RoleLevel of(dev.quorate.resource.Role role) {
    return switch (role) {
      case STOPPED -> STOPPED;
      case STARTED -> STARTED;
      case UNPROMOTED -> UNPROMOTED;
      case PROMOTED -> PROMOTED;
    };
  }

  static RoleLevel parse(String text) {
    return switch (text.toLowerCase(java.util.Locale.ROOT)) {
      case "stopped" -> STOPPED;
      case "started" -> STARTED;
      case "unpromoted", "slave" -> UNPROMOTED;
      case "promoted", "master" -> PROMOTED;
      default -> UNKNOWN;
    };
  }
}
