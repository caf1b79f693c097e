package dev.quorate.resource.core.scheduling;

import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.util.Optional;
import java.util.SortedMap;

/// The meta-attributes of a resource that placement reads, defaults applied.
///
/// @param limit the highest role wanted (`target-role`)
/// @param managed whether it may be touched (`is-managed`, `maintenance`)
/// @param threshold failures on a node after which it is banned there; 0 for never
/// @param failureTimeout milliseconds after which failures are forgotten; 0 for never
record ResourceOptions(
    Role limit,
    boolean managed,
    Score stickiness,
    int threshold,
    long failureTimeout,
    int priority) {

  static ResourceOptions of(ClusterConfiguration configuration, ResourceDefinition resource) {
    SortedMap<String, String> meta = configuration.meta(resource);
    return new ResourceOptions(
        limit(meta.getOrDefault("target-role", "Started"), resource),
        Settings.flag(meta.get("is-managed"), true)
            && !Settings.flag(meta.get("maintenance"), false),
        number(
            meta.getOrDefault("resource-stickiness", ""), configuration.cloned(resource) ? 1 : 0),
        threshold(meta.getOrDefault("migration-threshold", "INFINITY")),
        Optional.ofNullable(meta.get("failure-timeout")).flatMap(Settings::millis).orElse(0L),
        number(meta.getOrDefault("priority", ""), 0).value());
  }

  private static Role limit(String text, ResourceDefinition resource) {
    Role most = resource.promotable() ? Role.PROMOTED : Role.STARTED;
    return switch (text.toLowerCase(java.util.Locale.ROOT)) {
      case "stopped" -> Role.STOPPED;
      case "unpromoted", "slave" -> resource.promotable() ? Role.UNPROMOTED : most;
      default -> most;
    };
  }

  private static int threshold(String text) {
    int value = number(text, Score.INFINITY).value();
    return value < 0 ? Score.INFINITY : value;
  }

  static Score number(String text, int otherwise) {
    if (text.isEmpty()) {
      return new Score(otherwise);
    }
    try {
      return Score.parse(text);
    } catch (IllegalArgumentException _) {
      return new Score(otherwise);
    }
  }
}
