package dev.quorate.resource.core.policy;

import dev.quorate.resource.FlagText;
import dev.quorate.resource.core.rules.Durations;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The cluster options that decisions follow from. Values that make no sense count as absent.
record ClusterOptions(
    WithoutQuorum withoutQuorum,
    boolean symmetric,
    boolean fencing,
    String fencingAction,
    boolean startupFencing,
    boolean concurrentFencing,
    boolean startupProbes,
    boolean stopRemoved,
    boolean cancelRemoved,
    boolean removeAfterStop,
    boolean maintenance,
    boolean stopAll,
    String placementStrategy,
    String healthStrategy,
    Map<String, String> values,
    long priorityFencingDelayMillis,
    long pendingTimeoutMillis,
    boolean shutdownLock,
    long shutdownLockLimitMillis,
    boolean haveWatchdog) {

  /// What happens to resources without quorum.
  enum WithoutQuorum {
    STOP,
    FREEZE,
    IGNORE,
    DEMOTE,
    FENCE
  }

  static ClusterOptions of(Map<String, String> values, boolean hadQuorum) {
    boolean fencing = flag(values, "fencing-enabled", "stonith-enabled", true);
    return new ClusterOptions(
        withoutQuorum(values.get("no-quorum-policy"), fencing, hadQuorum),
        flag(values, "symmetric-cluster", "symmetric_cluster", true),
        fencing,
        fencingAction(values),
        flag(values, "startup-fencing", "startup_fencing", true),
        flag(values, "concurrent-fencing", "", true),
        flag(values, "enable-startup-probes", "", true),
        flag(values, "stop-removed-resources", "stop-orphan-resources", true),
        flag(values, "cancel-removed-actions", "stop-orphan-actions", true),
        flag(values, "remove-after-stop", "", false),
        flag(values, "maintenance-mode", "", false),
        flag(values, "stop-all-resources", "", false),
        values.getOrDefault("placement-strategy", "default"),
        values.getOrDefault("node-health-strategy", "none"),
        values,
        millis(values.get("priority-fencing-delay"), 0),
        millis(values.get("node-pending-timeout"), 0),
        flag(values, "shutdown-lock", "", false),
        millis(values.get("shutdown-lock-limit"), 0),
        flag(values, "have-watchdog", "", false));
  }

  private static String fencingAction(Map<String, String> values) {
    String action =
        values.getOrDefault("fencing-action", values.getOrDefault("stonith-action", "reboot"));
    return action.equals("poweroff") ? "off" : action;
  }

  private static WithoutQuorum withoutQuorum(
      @Nullable String text, boolean fencing, boolean hadQuorum) {
    return switch (text == null ? "stop" : text.toLowerCase(Locale.ROOT)) {
      case "ignore" -> WithoutQuorum.IGNORE;
      case "freeze" -> WithoutQuorum.FREEZE;
      case "demote" -> WithoutQuorum.DEMOTE;
      case "fence", "suicide" -> fencing && hadQuorum ? WithoutQuorum.FENCE : WithoutQuorum.STOP;
      default -> WithoutQuorum.STOP;
    };
  }

  boolean utilization() {
    return !placementStrategy.equals("default");
  }

  static boolean flag(Map<String, String> values, String name, String oldName, boolean otherwise) {
    String text = values.get(name);
    if (text == null) {
      text = values.get(oldName);
    }
    return text == null ? otherwise : FlagText.parse(text).orElse(otherwise);
  }

  /// A truth as it is written; false if it makes no sense.
  static boolean truth(String text) {
    return FlagText.parse(text).orElse(false);
  }

  static long millis(@Nullable String text, long otherwise) {
    return text == null ? otherwise : Durations.millis(text).orElse(otherwise);
  }

  /// A score as configured: a number, an infinity or one of the colours of health.
  static int score(@Nullable String text, int otherwise) {
    if (text == null) {
      return otherwise;
    }
    return switch (text) {
      case "INFINITY", "+INFINITY" -> Scores.INFINITY;
      case "-INFINITY" -> -Scores.INFINITY;
      default -> {
        int end = 0;
        while (end < text.length()
            && (Character.isDigit(text.charAt(end))
                || (end == 0 && (text.charAt(0) == '-' || text.charAt(0) == '+')))) {
          end++;
        }
        String digits = text.substring(0, end);
        if (digits.isEmpty() || digits.equals("-") || digits.equals("+") || digits.length() > 18) {
          yield otherwise;
        }
        yield Scores.clamp(Long.parseLong(digits));
      }
    };
  }
}
