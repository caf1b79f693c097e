package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.Durations;
import dev.quorate.daemon.config.NearestWord;
import dev.quorate.resource.OnFail;
import dev.quorate.resource.OperationDefaults;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/// The `op` part of `resource create`.
final class Operations {
  /// Operations of OCF that native agents have no use for.
  private static final List<String> UNUSED =
      List.of("notify", "methods", "meta-data", "validate-all");

  private Operations() {}

  /// Reads `op monitor interval=10s role=Promoted start timeout=60s …` up to one of the stops.
  static List<OperationDefinition> parse(
      Words words, List<OperationDefinition> defaults, List<String> stops) {
    List<OperationDefinition> typed = new ArrayList<>();
    while (words.has() && !stops.contains(words.peek())) {
      if (words.skip("op")) {
        continue;
      }
      String name = words.take("operation");
      SortedMap<String, String> settings = words.settings();
      if (!UNUSED.contains(name)) {
        typed.add(definition(kind(name), settings, defaults));
      }
    }
    return typed;
  }

  private static OperationKind kind(String name) {
    List<String> known =
        Arrays.stream(OperationKind.values()).map(k -> k.name().toLowerCase(Locale.ROOT)).toList();
    if (!known.contains(name)) {
      throw HactlError.usage(
          "'" + name + "' is not an operation",
          NearestWord.of(name, known)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("use " + String.join(", ", known)));
    }
    return OperationKind.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static OperationDefinition definition(
      OperationKind kind, SortedMap<String, String> settings, List<OperationDefinition> defaults) {
    Role role = Role.STARTED;
    Duration interval = Duration.ZERO;
    OnFail onFail = null;
    Duration timeout = null;
    for (var setting : settings.entrySet()) {
      String value = setting.getValue();
      switch (setting.getKey()) {
        case "interval" -> interval = duration(kind, "interval", value);
        case "timeout" -> timeout = duration(kind, "timeout", value);
        case "role" -> role = Roles.named(value);
        case "on-fail" -> onFail = onFail(value);
        case "start-delay", "name", "enabled", "OCF_CHECK_LEVEL", "record-pending" -> {}
        default ->
            throw HactlError.usage(
                "operation "
                    + kind.name().toLowerCase(Locale.ROOT)
                    + " has no option '"
                    + setting.getKey()
                    + "'",
                "use interval, timeout, role or on-fail");
      }
    }
    OperationDefinition standard = OperationDefaults.of(kind, role, defaults);
    return new OperationDefinition(
        kind,
        interval,
        timeout == null ? standard.timeout() : timeout,
        role,
        onFail == null ? standard.onFail() : onFail);
  }

  private static Duration duration(OperationKind kind, String name, String value) {
    return Durations.parse(value)
        .orElseThrow(() ->
            HactlError.usage(
                "operation "
                    + kind.name().toLowerCase(Locale.ROOT)
                    + ": "
                    + name
                    + " cannot be '"
                    + value
                    + "'",
                "use a time, as 15s"));
  }

  private static OnFail onFail(String value) {
    try {
      return OnFail.valueOf(value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw HactlError.usage(
          "'" + value + "' is not a reaction to failure",
          "use ignore, block, stop, restart or fence");
    }
  }
}
