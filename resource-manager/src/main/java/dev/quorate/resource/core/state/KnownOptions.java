package dev.quorate.resource.core.state;

import dev.quorate.resource.NoQuorumPolicy;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The names and values that cluster properties and meta-attributes may have, in Pacemaker's words.
///
/// What Pacemaker knows and Quorate does not do yet is refused, except where the value says what
/// happens anyway. An unknown property is refused. An unknown meta-attribute is refused only if it
/// looks like a misspelt known one, since agents may define their own.
final class KnownOptions {
  /// The kinds of value.
  private sealed interface Kind {
    record Flag() implements Kind {}

    record Whole() implements Kind {}

    record Scored() implements Kind {}

    record Time() implements Kind {}

    record OneOf(List<String> words) implements Kind {}

    record Text() implements Kind {}

    /// Only what happens anyway may be said: anything else would be accepted and not done.
    record Fixed(List<String> words, String instead) implements Kind {}
  }

  private static final Kind FLAG = new Kind.Flag();
  private static final Kind WHOLE = new Kind.Whole();
  private static final Kind SCORE = new Kind.Scored();
  private static final Kind TIME = new Kind.Time();
  private static final Kind TEXT = new Kind.Text();
  private static final Kind FENCING = oneOf("reboot", "off");

  /// The options of clusters.
  static final KnownOptions PROPERTIES =
      new KnownOptions(
          table(
              entry(
                  "no-quorum-policy",
                  oneOf("stop", "freeze", "demote", "suicide", "fence", "ignore")),
              entry("wait-for-all", FLAG),
              entry("two-node", FLAG),
              entry("stonith-enabled", FLAG),
              entry("stonith-action", FENCING),
              entry("stonith-timeout", TIME),
              entry("startup-fencing", fixed("a node that was never seen is not fenced", "false")),
              entry("concurrent-fencing", FLAG),
              entry("priority-fencing-delay", TIME),
              entry("have-watchdog", fixed("no watchdog is used", "false")),
              entry("start-failure-is-fatal", FLAG),
              entry("symmetric-cluster", FLAG),
              entry("maintenance-mode", FLAG),
              entry("stop-all-resources", FLAG),
              entry("stop-orphan-resources", FLAG),
              entry("stop-orphan-actions", FLAG),
              entry("enable-startup-probes", FLAG),
              entry("placement-strategy", oneOf("default", "utilization", "minimal", "balanced")),
              entry(
                  "node-health-strategy",
                  oneOf("none", "migrate-on-red", "only-green", "progressive", "custom")),
              entry("node-health-base", SCORE),
              entry("node-health-green", SCORE),
              entry("node-health-yellow", SCORE),
              entry("node-health-red", SCORE),
              entry("node-pending-timeout", TIME),
              entry("cluster-recheck-interval", TIME),
              entry("cluster-delay", TIME),
              entry("dc-deadtime", TIME),
              entry("batch-limit", WHOLE),
              entry("migration-limit", WHOLE),
              entry("shutdown-lock", fixed("resources move away", "false")),
              entry("shutdown-lock-limit", fixed("resources move away", "0", "0s")),
              entry(
                  "daemon-grace",
                  fixed("set timing.grace in the configuration file of each node"))),
          table(
              entry("fencing-enabled", "stonith-enabled"),
              entry("two_node", "two-node"),
              entry("wait_for_all", "wait-for-all"),
              entry("fencing-action", "stonith-action"),
              entry("fencing-timeout", "stonith-timeout"),
              entry("stop-removed-resources", "stop-orphan-resources"),
              entry("cancel-removed-actions", "stop-orphan-actions")));

  /// The meta-attributes of resources.
  static final KnownOptions META =
      new KnownOptions(
          table(
              entry(
                  "target-role",
                  oneOf("Started", "Stopped", "Promoted", "Unpromoted", "Master", "Slave")),
              entry("is-managed", FLAG),
              entry("maintenance", FLAG),
              entry("critical", fixed("leave it out", "true")),
              entry("notify", FLAG),
              entry("interleave", FLAG),
              entry("ordered", FLAG),
              entry("globally-unique", FLAG),
              entry("allow-migrate", FLAG),
              entry("holds-data", FLAG),
              entry("priority", SCORE),
              entry("resource-stickiness", SCORE),
              entry("migration-threshold", SCORE),
              entry("failure-timeout", TIME),
              entry("multiple-active", fixed("all are stopped, and one is started", "stop_start")),
              entry("requires", fixed("lost nodes are fenced first", "fencing")),
              entry("clone-max", WHOLE),
              entry("clone-node-max", WHOLE),
              entry("clone-min", WHOLE),
              entry("promoted-max", WHOLE),
              entry("promoted-node-max", WHOLE),
              entry("durability", oneOf("async", "sync", "sync-strict")),
              entry("no-candidate-policy", oneOf("block", "best-effort"))),
          table());

  private final SortedMap<String, Kind> kinds;
  private final SortedMap<String, String> aliases;

  private KnownOptions(SortedMap<String, Kind> kinds, SortedMap<String, String> aliases) {
    this.kinds = Collections.unmodifiableSortedMap(kinds);
    this.aliases = Collections.unmodifiableSortedMap(aliases);
  }

  private record Entry<T>(String name, T value) {}

  private static <T> Entry<T> entry(String name, T value) {
    return new Entry<>(name, value);
  }

  @SafeVarargs
  private static <T> SortedMap<String, T> table(Entry<T>... entries) {
    SortedMap<String, T> table = new TreeMap<>();
    for (Entry<T> entry : entries) {
      table.put(entry.name(), entry.value());
    }
    return table;
  }

  private static Kind fixed(String instead, String... words) {
    return new Kind.Fixed(List.of(words), instead);
  }

  private static Kind oneOf(String... words) {
    return new Kind.OneOf(List.of(words));
  }

  /// The name under which an option is stored.
  String canonical(String name) {
    return aliases.getOrDefault(name, name);
  }

  boolean known(String name) {
    return kinds.containsKey(canonical(name));
  }

  /// The known option that was probably meant by an unknown name.
  Optional<String> similar(String name) {
    String best = "";
    int least = 3;
    for (String candidate : kinds.keySet()) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate);
      if (distance < least) {
        best = candidate;
        least = distance;
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best);
  }

  /// What is wrong with a value of a known option, if anything.
  Optional<String> problem(String name, String value) {
    Kind kind = kinds.getOrDefault(canonical(name), TEXT);
    if (kind instanceof Kind.Fixed(var words, var instead)) {
      return words.contains(canonicalValue(name, value))
          ? Optional.empty()
          : Optional.of("%s=%s is not supported yet: %s".formatted(name, value, instead));
    }
    Optional<String> expected =
        switch (kind) {
          case Kind.Flag() -> when(!value.matches("true|false|yes|no|on|off|1|0"), "true or false");
          case Kind.Whole() -> when(!value.matches("-?[0-9]{1,9}"), "a whole number");
          case Kind.Scored() ->
              when(!value.matches("[+-]?(INFINITY|[0-9]{1,9})"), "a whole number or INFINITY");
          case Kind.Time() ->
              when(
                  !value.matches("[0-9]{1,9}(ms|s|sec|m|min|h|hr)?"),
                  "a time, as 30s, 5min or 500ms");
          case Kind.OneOf(var words) ->
              when(!words.contains(value), "one of " + String.join(", ", words));
          case Kind.Text() -> Optional.empty();
          case Kind.Fixed _ -> Optional.empty();
        };
    return expected.map(e -> "%s=%s: must be %s".formatted(name, value, e));
  }

  /// The form in which a correct value is stored.
  String canonicalValue(String name, String value) {
    return switch (kinds.getOrDefault(canonical(name), TEXT)) {
      case Kind.Flag() -> Boolean.toString(value.matches("true|yes|on|1"));
      case Kind.OneOf _ ->
          switch (value) {
            case "Master" -> "Promoted";
            case "Slave" -> "Unpromoted";
            case "fence" -> NoQuorumPolicy.FENCE.word();
            default -> value;
          };
      case Kind.Fixed(var words, _) ->
          words.contains("false") || words.contains("true")
              ? switch (value) {
                case "true", "yes", "on", "1" -> "true";
                case "false", "no", "off", "0" -> "false";
                default -> value;
              }
              : value;
      case Kind.Whole(), Kind.Scored(), Kind.Time(), Kind.Text() -> value;
    };
  }

  private static Optional<String> when(boolean wrong, String expected) {
    return wrong ? Optional.of(expected) : Optional.empty();
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
