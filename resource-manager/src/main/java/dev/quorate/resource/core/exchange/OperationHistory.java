package dev.quorate.resource.core.exchange;

import dev.quorate.resource.FailCount;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.core.digest.OperationDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// The results of operations that make an instance what it is.
final class OperationHistory {
  private static final int NOT_RUNNING = 7;
  private static final int PROMOTED = 8;
  private static final int UNKNOWN_ERROR = 1;
  private static final int PENDING = 193;
  private static final String LIFE = "00000000-0000-0000-0000-000000000000";

  private final String id;
  private final SortedMap<String, String> parameters;
  private final ResourceDefinition resource;
  private final String featureSet;
  private final List<HistoryEntry> entries = new ArrayList<>();
  private int calls;

  /// @param calls the number of the last operation on the node
  OperationHistory(
      String id,
      SortedMap<String, String> parameters,
      ResourceDefinition resource,
      String featureSet,
      int calls) {
    this.id = id;
    this.parameters = parameters;
    this.resource = resource;
    this.featureSet = featureSet;
    this.calls = calls;
  }

  List<HistoryEntry> entries() {
    return List.copyOf(entries);
  }

  int calls() {
    return calls;
  }

  /// The interval of the monitor that watches the role; 0 if none does.
  static long interval(ResourceDefinition resource, Role role) {
    return monitors(resource, role).stream()
        .findFirst()
        .map(o -> o.interval().toMillis())
        .orElse(0L);
  }

  private static List<OperationDefinition> monitors(ResourceDefinition resource, Role role) {
    return resource.operations().stream()
        .filter(o -> o.kind() == OperationKind.MONITOR && !o.interval().isZero())
        .filter(o -> o.role() == role || o.role() == Role.STARTED)
        .toList();
  }

  void of(InstanceStatus instance, Optional<FailCount> failed, Optional<OperationKind> flight) {
    Role role = instance.role();
    Role base = resource.promotable() ? Role.UNPROMOTED : Role.STARTED;
    switch (instance.certainty()) {
      case KNOWN -> settled(role);
      case UNKNOWN -> {
        if (role.active()) {
          settled(role);
        }
      }
      case BLOCKED -> {
        settled(role.active() ? role : base);
        failure("stop", 0, instance, failed, 0);
      }
      case FAILED -> failed(instance, failed);
    }
    flight.filter(kind -> kind != OperationKind.RELOAD).ifPresent(this::pending);
  }

  private void failed(InstanceStatus instance, Optional<FailCount> failed) {
    Role role = instance.role();
    if (!role.active()) {
      failure("start", 0, instance, failed, 0);
      add("stop", 0, 0, 0, OptionalLong.empty());
      return;
    }
    running(role);
    OperationKind kind = failed.map(FailCount::operation).orElse(OperationKind.MONITOR);
    switch (kind) {
      case PROMOTE, DEMOTE, STOP ->
          failure(kind.name().toLowerCase(Locale.ROOT), 0, instance, failed, 0);
      case START, MONITOR, RELOAD ->
          failure(
              "monitor",
              interval(resource, role),
              instance,
              failed,
              role == Role.PROMOTED ? PROMOTED : 0);
    }
  }

  /// It is in the role and well.
  void settled(Role role) {
    if (!role.active()) {
      add("monitor", 0, NOT_RUNNING, NOT_RUNNING, OptionalLong.empty());
      return;
    }
    running(role);
    int well = role == Role.PROMOTED ? PROMOTED : 0;
    for (OperationDefinition monitor : monitors(resource, role)) {
      add(
          "monitor",
          monitor.interval().toMillis(),
          well,
          well,
          OptionalLong.of(monitor.timeout().toMillis()));
    }
  }

  private void running(Role role) {
    add("start", 0, 0, 0, OptionalLong.empty());
    if (role == Role.PROMOTED) {
      add("promote", 0, 0, 0, OptionalLong.empty());
    }
  }

  private void add(String operation, long interval, int code, int expected, OptionalLong timeout) {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("op-digest", OperationDigest.of(parameters, timeout));
    put(id + "_" + operation + "_" + interval, operation, interval, 0, code, expected, attributes);
  }

  private void failure(
      String operation,
      long interval,
      InstanceStatus instance,
      Optional<FailCount> failed,
      int expected) {
    SortedMap<String, String> attributes = new TreeMap<>();
    OptionalLong timeout =
        interval == 0
            ? OptionalLong.empty()
            : monitors(resource, instance.role()).stream()
                .mapToLong(o -> o.timeout().toMillis())
                .findFirst();
    attributes.put("op-digest", OperationDigest.of(parameters, timeout));
    if (!instance.reason().isEmpty()) {
      attributes.put("exit-reason", legal(instance.reason()));
    }
    int code = instance.code() == expected || instance.code() < 0 ? UNKNOWN_ERROR : instance.code();
    put(id + "_last_failure_0", operation, interval, 0, code, expected, attributes);
    long seconds = failed.map(f -> f.lastFailureMillis() / 1000).orElse(0L);
    HistoryEntry last = entries.removeLast();
    entries.add(
        new HistoryEntry(
            last.id(),
            last.operation(),
            last.intervalMillis(),
            last.operationStatus(),
            last.exitCode(),
            last.callId(),
            last.transitionKey(),
            seconds,
            last.attributes()));
  }

  private void pending(OperationKind kind) {
    String operation = kind.name().toLowerCase(Locale.ROOT);
    if (kind == OperationKind.MONITOR) {
      return;
    }
    entries.removeIf(e -> e.operation().equals(operation) && e.intervalMillis() == 0);
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("op-digest", OperationDigest.of(parameters));
    put(id + "_" + operation + "_0", operation, 0, -1, PENDING, 0, attributes);
  }

  private void put(
      String entry,
      String operation,
      long interval,
      int status,
      int code,
      int expected,
      SortedMap<String, String> attributes) {
    int call = status == -1 ? -1 : ++calls;
    String key = Math.max(call, 1) + ":0:" + expected + ":" + LIFE;
    attributes.put("crm_feature_set", featureSet);
    attributes.put("operation_key", id + "_" + operation + "_" + interval);
    attributes.put("transition-magic", status + ":" + code + ";" + key);
    entries.add(
        new HistoryEntry(entry, operation, interval, status, code, call, key, 0, attributes));
  }

  /// Without characters that XML cannot hold.
  private static String legal(String text) {
    return text.replaceAll("[^\\t\\x20-\\uD7FF\\uE000-\\uFFFD]", " ");
  }
}
