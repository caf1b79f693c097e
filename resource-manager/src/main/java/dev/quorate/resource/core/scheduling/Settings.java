package dev.quorate.resource.core.scheduling;

import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.FlagText;
import dev.quorate.resource.NoQuorumPolicy;
import dev.quorate.resource.TimeText;
import java.util.Optional;
import java.util.SortedMap;

/// The cluster properties that placement reads. Values that make no sense count as absent: they are
/// refused where they are set.
///
/// @param fencing whether nodes are fenced
/// @param reboot whether a fenced node comes back by itself
/// @param maintenance whether everything is left alone
/// @param stopAll whether nothing shall run
/// @param symmetric whether a resource may run where no constraint says so
record Settings(
    boolean fencing,
    boolean reboot,
    NoQuorumPolicy withoutQuorum,
    boolean maintenance,
    boolean stopAll,
    boolean symmetric) {

  static Settings of(ClusterConfiguration configuration) {
    SortedMap<String, String> properties = configuration.properties();
    return new Settings(
        flag(properties.get("stonith-enabled"), true),
        !"off".equals(properties.getOrDefault("stonith-action", "reboot")),
        NoQuorumPolicy.of(configuration),
        flag(properties.get("maintenance-mode"), false),
        flag(properties.get("stop-all-resources"), false),
        flag(properties.get("symmetric-cluster"), true));
  }

  /// A boolean in any of Pacemaker's spellings.
  static boolean flag(@org.jspecify.annotations.Nullable String text, boolean otherwise) {
    return text == null ? otherwise : FlagText.parse(text).orElse(otherwise);
  }

  /// A time in milliseconds.
  static Optional<Long> millis(String text) {
    return TimeText.parse(text).map(java.time.Duration::toMillis);
  }
}
