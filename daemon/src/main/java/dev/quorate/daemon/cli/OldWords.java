package dev.quorate.daemon.cli;

import java.util.Map;

/// Words of older tools that are accepted and never printed.
final class OldWords {
  /// The verb with which pcs 0.9 made a resource promotable.
  static final String PROMOTABLE_VERB = "master";

  private static final Map<String, String> ROLES =
      Map.of("master", "promoted", "slave", "unpromoted");
  private static final Map<String, String> CLONE_OPTIONS =
      Map.of("master-max", "promoted-max", "master-node-max", "promoted-node-max");
  private static final Map<String, String> FENCE_OPTIONS =
      Map.of("ipaddr", "ip", "login", "username", "passwd", "password");

  private OldWords() {}

  /// The present word for a role, in lower case.
  static String role(String word) {
    String lower = word.toLowerCase(java.util.Locale.ROOT);
    return ROLES.getOrDefault(lower, lower);
  }

  static String cloneOption(String name) {
    return CLONE_OPTIONS.getOrDefault(name, name);
  }

  static String fenceOption(String name) {
    return FENCE_OPTIONS.getOrDefault(name, name);
  }

  /// Whether the flag asks for the promoted instance.
  static boolean promotedFlag(String flag) {
    return flag.equals("--promoted") || flag.equals("--master");
  }
}
