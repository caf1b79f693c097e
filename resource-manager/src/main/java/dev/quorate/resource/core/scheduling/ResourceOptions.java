package dev.quorate.resource.core.scheduling;

import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;

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
    return new ResourceOptions(
        limit(configuration.meta(resource, "target-role").orElse("Started"), resource),
        Settings.flag(configuration.meta(resource, "is-managed").orElse("true"), true)
            && !Settings.flag(configuration.meta(resource, "maintenance").orElse("false"), false),
        number(
            configuration.meta(resource, "resource-stickiness").orElse(""),
            resource.promotable() ? 1 : 0),
        threshold(configuration.meta(resource, "migration-threshold").orElse("INFINITY")),
        configuration.meta(resource, "failure-timeout").flatMap(Settings::millis).orElse(0L),
        number(configuration.meta(resource, "priority").orElse(""), 0).value());
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
