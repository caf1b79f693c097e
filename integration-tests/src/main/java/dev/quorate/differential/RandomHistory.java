package dev.quorate.differential;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import dev.quorate.resource.cib.ResourceElement.Operation;
import dev.quorate.resource.cib.ResourceElement.Primitive;
import dev.quorate.resource.core.digest.OperationDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// What was done with one instance on one node, in the making.
final class RandomHistory {
  private static final String UUID = "1b5a8a53-95a1-4ac5-8a3f-3f0b4c2e0b11";

  private final Dice dice;
  private final Primitive primitive;
  private final String name;
  private final String node;
  private final long now;
  private final long timeoutByDefault;
  private final List<HistoryEntry> entries = new ArrayList<>();
  private int call;

  RandomHistory(
      Dice dice,
      Primitive primitive,
      String name,
      String node,
      long now,
      long timeoutByDefault,
      int call) {
    this.dice = dice;
    this.primitive = primitive;
    this.name = name;
    this.node = node;
    this.now = now;
    this.timeoutByDefault = timeoutByDefault;
    this.call = call;
  }

  ResourceHistory history() {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("class", primitive.agentClass());
    attributes.put("type", primitive.type());
    if (!primitive.provider().isEmpty()) {
      attributes.put("provider", primitive.provider());
    }
    return new ResourceHistory(name, attributes, entries);
  }

  /// Was looked for and not found, or was stopped.
  void inactive() {
    boolean probed = dice.chance(75);
    add(name + "_last_0", probed ? "monitor" : "stop", 0, 0, probed ? 7 : 0, probed ? 7 : 0);
  }

  /// Runs, and is watched as its role asks.
  void active(String role) {
    if (role.equals("Promoted")) {
      add(name + "_last_0", "promote", 0, 0, 0, 0);
    } else if (dice.chance(6)) {
      add(name + "_last_0", "monitor", 0, 0, 7, 0);
    } else if (role.equals("Unpromoted") && dice.chance(20)) {
      add(name + "_last_0", "demote", 0, 0, 0, 0);
    } else {
      add(name + "_last_0", "start", 0, 0, 0, 0);
    }
    for (Operation operation : primitive.operations()) {
      if (operation.name().equals("monitor") && watches(operation, role) && !dice.chance(3)) {
        int code = role.equals("Promoted") ? 8 : 0;
        add(
            name + "_monitor_" + operation.intervalMillis(),
            "monitor",
            operation.intervalMillis(),
            0,
            code,
            code);
      }
    }
  }

  private static boolean watches(Operation operation, String role) {
    String asked = operation.attributes().getOrDefault("role", "");
    if (operation.attributes().getOrDefault("enabled", "").equals("false")) {
      return false;
    }
    return asked.isEmpty() ? !role.equals("Promoted") : asked.equals(role);
  }

  /// Breaks something that is plausible in a role; tells the operation that failed, for its fail
  /// count, or nothing.
  String fail(String role) {
    if (role.isEmpty()) {
      String what = dice.of("start", "start", "stop", "monitor", "probe", "migrate_from");
      entries.clear();
      return switch (what) {
        case "start" -> failed("start", 0, 0, dice.of(List.of(1, 1, 1, 5, 6, 2)));
        case "stop" -> failed("stop", 0, 0, 1);
        case "probe" -> {
          add(name + "_last_0", "monitor", 0, 0, 7, dice.of(List.of(1, 5, 0, 2)));
          yield "";
        }
        case "migrate_from" -> {
          failed("migrate_from", 0, 0, 1);
          yield "migrate_from_0";
        }
        default -> {
          add(name + "_last_0", "start", 0, 0, 0, 0);
          yield monitor("Started");
        }
      };
    }
    return switch (dice.between(1, 10)) {
      case 1, 2, 3, 4, 5 -> monitor(role);
      case 6, 7 -> failed("stop", 0, 0, 1);
      case 8 ->
          role.equals("Started")
              ? failed("start", 0, 0, 1)
              : failed(role.equals("Promoted") ? "demote" : "promote", 0, 0, 1);
      case 9 ->
          role.equals("Started") ? monitor(role) : failed("promote", 0, 0, dice.of(List.of(1, 8)));
      default -> {
        pending(role);
        yield "";
      }
    };
  }

  private String monitor(String role) {
    List<Operation> watching =
        primitive.operations().stream()
            .filter(o -> o.name().equals("monitor") && watches(o, role))
            .toList();
    if (watching.isEmpty()) {
      return failed("stop", 0, 0, 1);
    }
    Operation operation = dice.of(watching);
    boolean promoted = role.equals("Promoted");
    int code = dice.of(promoted ? List.of(1, 7, 9, 0) : List.of(1, 1, 7, 7, 5));
    return failed("monitor", operation.intervalMillis(), promoted ? 8 : 0, code);
  }

  private String failed(String operation, long interval, int expected, int code) {
    int status = dice.chance(20) && code == 1 ? 2 : 0;
    if (interval == 0 && !operation.startsWith("migrate")) {
      entries.removeIf(e -> e.id().equals(name + "_last_0"));
      add(name + "_last_0", operation, 0, status, expected, code);
      call--;
    }
    String id =
        operation.startsWith("migrate") ? name + "_" + operation + "_0" : name + "_last_failure_0";
    add(id, operation, interval, status, expected, code);
    return operation + "_" + interval;
  }

  private void pending(String role) {
    String operation =
        role.equals("Started")
            ? dice.of("start", "stop", "monitor")
            : dice.of("start", "stop", "promote", "demote", "monitor");
    entries.removeIf(e -> e.id().equals(name + "_last_0"));
    if (operation.equals("start")) {
      entries.clear();
    } else {
      add(name + "_last_0", "start", 0, 0, 0, 0);
      entries.removeLast();
    }
    HistoryEntry made =
        entry(name + "_last_0", operation, 0, -1, operation.equals("monitor") ? 7 : 0, 193, -1);
    entries.add(made);
  }

  /// A migration that has left here, or has only begun to.
  void migrating(String role, String target, boolean done) {
    active(role);
    HistoryEntry made = entry(name + "_migrate_to_0", "migrate_to", 0, done ? 0 : -1, 0, 0, ++call);
    entries.add(with(made, Map.of("migrate_source", node, "migrate_target", target)));
  }

  /// The migration arrives, has arrived, or did not.
  void arriving(String source, int code, boolean pending) {
    HistoryEntry made =
        entry(
            name + "_migrate_from_0",
            "migrate_from",
            0,
            pending ? -1 : 0,
            0,
            pending ? 193 : code,
            pending ? -1 : ++call);
    entries.add(with(made, Map.of("migrate_source", source, "migrate_target", node)));
  }

  private void add(String id, String operation, long interval, int status, int expected, int code) {
    entries.add(entry(id, operation, interval, status, expected, code, ++call));
  }

  private static HistoryEntry with(HistoryEntry made, Map<String, String> more) {
    SortedMap<String, String> attributes = new TreeMap<>(made.attributes());
    attributes.putAll(more);
    return new HistoryEntry(
        made.id(),
        made.operation(),
        made.intervalMillis(),
        made.operationStatus(),
        made.exitCode(),
        made.callId(),
        made.transitionKey(),
        made.lastChangeSeconds(),
        attributes);
  }

  private HistoryEntry entry(
      String id, String operation, long interval, int status, int expected, int code, int callId) {
    long changed = now - 10_000 + call * 10L;
    String key = (call + 3) + ":" + (call + 1) + ":" + expected + ":" + UUID;
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("operation_key", name + "_" + operation + "_" + interval);
    attributes.put("transition-magic", status + ":" + code + ";" + key);
    attributes.put("last-run", Long.toString(changed));
    attributes.put("crm_feature_set", "3.16.1");
    attributes.put("on_node", node);
    attributes.put("op-digest", digest(operation, interval));
    if (dice.chance(12) && interval == 0) {
      attributes.put("op-force-restart", " state ");
      attributes.put("op-restart-digest", OperationDigest.restart(parameters(), " state "));
    }
    return new HistoryEntry(
        id, operation, interval, status, code, callId, key, changed, attributes);
  }

  private String digest(String operation, long interval) {
    SortedMap<String, String> parameters = parameters();
    if (dice.chance(1)) {
      parameters.put("fake", "before");
    }
    if (interval == 0) {
      return OperationDigest.of(parameters);
    }
    long timeout = timeoutByDefault;
    for (Operation configured : primitive.operations()) {
      if (configured.name().equals(operation) && configured.intervalMillis() == interval) {
        String text = configured.attributes().getOrDefault("timeout", "");
        if (!text.isEmpty()) {
          timeout = Long.parseLong(text.replace("s", "")) * 1000;
        }
      }
    }
    return OperationDigest.of(parameters, OptionalLong.of(timeout));
  }

  private SortedMap<String, String> parameters() {
    SortedMap<String, String> parameters = new TreeMap<>();
    for (AttributeBlock block : primitive.parameters()) {
      block.entries().forEach(e -> parameters.put(e.name(), e.value()));
    }
    return parameters;
  }
}
