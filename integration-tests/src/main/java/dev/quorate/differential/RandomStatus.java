package dev.quorate.differential;

import dev.quorate.differential.Planned.Shape;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import dev.quorate.resource.cib.ResourceElement.Primitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Makes up what was seen of the nodes and what runs on them.
final class RandomStatus {
  /// How a node is.
  enum Health {
    UP,
    STANDBY,
    MAINTENANCE,
    LOST,
    DAEMON_GONE,
    PENDING,
    LEAVING,
    OFF,
    NEVER_SEEN
  }

  /// What one node knows of one instance.
  private record Spot(
      RandomHistory history, Primitive primitive, String name, String node, String role) {}

  final Map<String, Health> healths = new LinkedHashMap<>();
  boolean failed;
  private final Dice dice;
  private final List<String> nodes;
  private final List<Planned> resources;
  private final long now;
  private final long timeout;
  private final Map<String, List<RandomHistory>> histories = new TreeMap<>();
  private final Map<String, Blocks> attributes = new TreeMap<>();
  private final List<Spot> spots = new ArrayList<>();
  private int call = 1;

  RandomStatus(Dice dice, List<String> nodes, List<Planned> resources, long now, long timeout) {
    this.dice = dice;
    this.nodes = nodes;
    this.resources = resources;
    this.now = now;
    this.timeout = timeout;
  }

  List<NodeState> make() {
    for (String node : nodes) {
      healths.put(node, health());
      attributes.put(node, new Blocks());
      histories.put(node, new ArrayList<>());
    }
    boolean fresh = dice.chance(8);
    for (Planned resource : resources) {
      if (!fresh) {
        place(resource);
      }
    }
    if (dice.chance(8)) {
      removed();
    }
    if (dice.chance(45) && !spots.isEmpty()) {
      for (int i = dice.between(1, 2); i > 0; i--) {
        fail(dice.of(spots));
      }
    }
    List<NodeState> states = new ArrayList<>();
    for (String node : nodes) {
      if (healths.get(node) != Health.NEVER_SEEN) {
        states.add(state(node, healths.getOrDefault(node, Health.UP)));
      }
    }
    return states;
  }

  private Health health() {
    int roll = dice.between(1, 100);
    if (roll <= 66) {
      return Health.UP;
    }
    if (roll <= 75) {
      return Health.STANDBY;
    }
    if (roll <= 86) {
      return Health.LOST;
    }
    return dice.of(
        List.of(
            Health.MAINTENANCE,
            Health.DAEMON_GONE,
            Health.PENDING,
            Health.LEAVING,
            Health.LEAVING,
            Health.OFF,
            Health.NEVER_SEEN));
  }

  private boolean hasHistory(String node) {
    return switch (healths.getOrDefault(node, Health.UP)) {
      case UP, STANDBY, MAINTENANCE, LOST, DAEMON_GONE, LEAVING -> true;
      case PENDING, OFF, NEVER_SEEN -> false;
    };
  }

  private boolean mayRun(String node) {
    return hasHistory(node) && (healths.get(node) != Health.STANDBY || dice.chance(40));
  }

  private void place(Planned resource) {
    List<String> possible = nodes.stream().filter(this::mayRun).toList();
    Map<String, List<String>> where = new LinkedHashMap<>();
    boolean runs = dice.chance(80) && !possible.isEmpty();
    int members = resource.primitives().size();
    int running = dice.chance(85) ? members : dice.between(0, members);
    if (runs && !resource.isClone()) {
      where.put(dice.of(possible), new ArrayList<>(List.of("")));
      if (dice.chance(3)) {
        where.putIfAbsent(dice.of(possible), new ArrayList<>(List.of("")));
      }
    } else if (runs) {
      instances(resource, possible, where);
    }
    int promoted = 0;
    for (String node : nodes) {
      if (!hasHistory(node)) {
        continue;
      }
      List<String> suffixes = where.getOrDefault(node, List.of());
      String role = "Started";
      if (resource.promotable()) {
        role = promoted == 0 && !suffixes.isEmpty() && dice.chance(60) ? "Promoted" : "Unpromoted";
        promoted += role.equals("Promoted") ? 1 : 0;
      }
      put(resource, node, suffixes, running, role);
    }
  }

  private void instances(Planned resource, List<String> possible, Map<String, List<String>> where) {
    int number = 0;
    for (String node : possible) {
      if (number < resource.instances() && dice.chance(85)) {
        where.computeIfAbsent(node, _ -> new ArrayList<>()).add(suffix(resource, number++));
      }
    }
    if (resource.unique()
        && resource.perNode() > 1
        && number < resource.instances()
        && number > 0) {
      where
          .computeIfAbsent(dice.of(possible), _ -> new ArrayList<>())
          .add(suffix(resource, number));
    }
  }

  private static String suffix(Planned resource, int number) {
    return resource.unique() ? ":" + number : "";
  }

  private void put(Planned resource, String node, List<String> suffixes, int running, String role) {
    for (int i = 0; i < resource.primitives().size(); i++) {
      Primitive primitive = resource.primitives().get(i);
      for (String suffix : suffixes) {
        Spot spot = spot(primitive, primitive.id() + suffix, node, i < running ? role : "");
        if (i < running) {
          begin(spot, resource, node);
          if (resource.promotable() && dice.chance(85)) {
            score(spot);
          }
        } else {
          spot.history().inactive();
        }
      }
      if (resource.unique() ? dice.chance(90) : suffixes.isEmpty() && dice.chance(92)) {
        for (int n = 0; n < (resource.unique() ? resource.instances() : 1); n++) {
          String suffix = suffix(resource, n);
          if (!suffixes.contains(suffix)) {
            probe(resource, primitive, primitive.id() + suffix, node);
          }
        }
      }
    }
  }

  private void begin(Spot spot, Planned resource, String node) {
    boolean migrates =
        resource.shape() == Shape.PRIMITIVE
            && spot.primitive().meta().stream()
                .anyMatch(
                    b -> b.entries().stream().anyMatch(e -> e.name().equals("allow-migrate")));
    List<String> others = nodes.stream().filter(n -> !n.equals(node) && hasHistory(n)).toList();
    if (!migrates || !dice.chance(15) || others.isEmpty()) {
      spot.history().active(spot.role());
      return;
    }
    String target = dice.of(others);
    boolean done = dice.chance(80);
    spot.history().migrating(spot.role(), target, done);
    if (done && dice.chance(70)) {
      Spot there = spot(spot.primitive(), spot.name(), target, "Started");
      there.history().arriving(node, dice.of(List.of(0, 0, 0, 1)), dice.chance(30));
    }
  }

  private void probe(Planned resource, Primitive primitive, String name, String node) {
    boolean here = spots.stream().anyMatch(s -> s.name().equals(name) && s.node().equals(node));
    if (!here && resource.shape() != Shape.FENCE_DEVICE) {
      spot(primitive, name, node, "").history().inactive();
    }
  }

  private Spot spot(Primitive primitive, String name, String node, String role) {
    Spot spot =
        new Spot(
            new RandomHistory(dice, primitive, name, node, now, timeout, call),
            primitive,
            name,
            node,
            role);
    call += 4;
    spots.add(spot);
    histories.getOrDefault(node, new ArrayList<>()).add(spot.history());
    return spot;
  }

  private Blocks attributes(String node) {
    return attributes.getOrDefault(node, new Blocks());
  }

  private void score(Spot spot) {
    attributes(spot.node())
        .put("master-" + spot.name(), dice.of("5", "10", "10", "100", "-INFINITY", "1"));
  }

  private void fail(Spot spot) {
    failed = true;
    String operation = spot.history().fail(spot.role());
    if (operation.isEmpty() || dice.chance(10)) {
      return;
    }
    String count =
        operation.startsWith("start") || operation.startsWith("stop")
            ? dice.of("INFINITY", "INFINITY", "1")
            : dice.of("1", "1", "2", "3");
    attributes(spot.node()).put("fail-count-" + spot.name() + "#" + operation, count);
    if (dice.chance(90)) {
      long when = now - dice.of(List.of(30, 500, 9_000));
      attributes(spot.node())
          .put("last-failure-" + spot.name() + "#" + operation, Long.toString(when));
    }
  }

  /// A resource that is no longer configured.
  private void removed() {
    List<String> possible = nodes.stream().filter(this::hasHistory).toList();
    if (possible.isEmpty()) {
      return;
    }
    Primitive gone =
        new Primitive(
            "gone",
            "ocf",
            "pacemaker",
            "Dummy",
            "",
            "",
            List.of(),
            List.of(),
            List.of(),
            List.of());
    String node = dice.of(possible);
    if (dice.chance(70)) {
      spot(gone, "gone", node, "Started").history().active("Started");
    } else {
      spot(gone, "gone", node, "").history().inactive();
    }
  }

  private NodeState state(String node, Health health) {
    SortedMap<String, String> seen = new TreeMap<>();
    seen.put("in_ccm", "true");
    seen.put("crmd", "online");
    seen.put("join", "member");
    seen.put("expected", "member");
    switch (health) {
      case LOST -> {
        seen.put("in_ccm", "false");
        seen.put("crmd", "offline");
        seen.put("join", dice.of("down", "member"));
      }
      case DAEMON_GONE -> {
        seen.put("crmd", "offline");
        seen.put("join", dice.of("down", "member"));
      }
      case PENDING -> {
        seen.put("join", dice.of("pending", "down"));
        seen.put("expected", dice.of("member", "down"));
      }
      case OFF -> {
        seen.put("in_ccm", "false");
        seen.put("crmd", "offline");
        seen.put("join", "down");
        seen.put("expected", "down");
      }
      case LEAVING -> attributes(node).put("shutdown", Long.toString(now - 20));
      case STANDBY -> {
        if (dice.chance(30)) {
          attributes(node).put("standby", "on");
        }
      }
      case UP, MAINTENANCE, NEVER_SEEN -> {}
    }
    if (dice.chance(3)) {
      attributes(node).put("terminate", "true");
    }
    List<ResourceHistory> all =
        histories.getOrDefault(node, List.of()).stream().map(RandomHistory::history).toList();
    return new NodeState(
        node.substring(1), node, seen, attributes(node).as("status-" + node), List.of(), all);
  }
}
