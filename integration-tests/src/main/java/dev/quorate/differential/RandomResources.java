package dev.quorate.differential;

import dev.quorate.differential.Planned.Shape;
import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.cib.ResourceElement.Operation;
import dev.quorate.resource.cib.ResourceElement.Primitive;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Makes up resources.
final class RandomResources {
  final List<Planned> planned = new ArrayList<>();
  final List<ResourceElement> elements = new ArrayList<>();
  private final Dice dice;
  private final int nodes;
  private final boolean utilization;
  private int next = 1;

  RandomResources(Dice dice, int nodes, boolean utilization) {
    this.dice = dice;
    this.nodes = nodes;
    this.utilization = utilization;
  }

  void make(boolean fencing) {
    if (fencing && dice.chance(85)) {
      for (int i = dice.between(1, 2); i > 0; i--) {
        fenceDevice("fence" + i);
      }
    }
    int budget = dice.between(1, 8);
    while (budget > 0) {
      budget -= one(budget);
    }
  }

  private int one(int budget) {
    int roll = dice.between(1, 100);
    if (roll <= 35 || budget < 2) {
      Primitive primitive = primitive("r" + next++, false, List.of());
      elements.add(primitive);
      planned.add(
          new Planned(primitive.id(), Shape.PRIMITIVE, List.of(primitive), false, false, 1, 1));
      return 1;
    }
    if (roll <= 55) {
      int members = dice.between(1, Math.min(3, budget));
      ResourceElement.Group group = group("g" + next++, members, false);
      elements.add(group);
      planned.add(new Planned(group.id(), Shape.GROUP, group.members(), false, false, 1, 1));
      return members;
    }
    boolean promotable = roll > 75;
    if (dice.chance(20)) {
      int members = dice.between(1, Math.min(2, budget));
      ResourceElement.Group group = group("g" + next++, members, promotable);
      clone("c" + next++, group, group.members(), Shape.CLONED_GROUP, promotable);
      return members;
    }
    Primitive primitive = primitive("r" + next++, promotable, List.of());
    clone("c" + next++, primitive, List.of(primitive), Shape.CLONE, promotable);
    return 1;
  }

  private void clone(
      String id,
      ResourceElement child,
      List<Primitive> primitives,
      Shape shape,
      boolean promotable) {
    boolean unique = dice.chance(15);
    Blocks meta = meta(false);
    int instances = nodes;
    int perNode = 1;
    if (dice.chance(unique ? 80 : 25)) {
      instances = dice.between(1, nodes + (unique ? 1 : 0));
      meta.put("clone-max", Integer.toString(instances));
    }
    if (unique) {
      meta.put("globally-unique", "true");
      if (dice.chance(50)) {
        perNode = dice.between(1, 2);
        meta.put("clone-node-max", Integer.toString(perNode));
      }
    } else {
      meta.put("globally-unique", "false");
    }
    meta.putIf(promotable, "promotable", "true")
        .putIf(dice.chance(45), "interleave", dice.of("true", "true", "false"))
        .putIf(dice.chance(12), "ordered", "true")
        .putIf(dice.chance(promotable ? 40 : 15), "notify", "true")
        .putIf(!promotable && dice.chance(6), "clone-min", Integer.toString(dice.between(1, 2)));
    if (promotable && dice.chance(15)) {
      meta.put("promoted-max", Integer.toString(dice.between(0, 2)));
    }
    elements.add(new ResourceElement.Clone(id, "", false, meta.as(id + "-meta"), List.of(), child));
    planned.add(new Planned(id, shape, primitives, unique, promotable, instances, perNode));
  }

  private ResourceElement.Group group(String id, int members, boolean promotable) {
    List<Primitive> all = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      all.add(primitive("r" + next++, promotable, List.of()));
    }
    List<AttributeBlock> meta = dice.chance(40) ? meta(false).as(id + "-meta") : List.of();
    return new ResourceElement.Group(id, "", meta, List.of(), all);
  }

  private void fenceDevice(String id) {
    Primitive device =
        new Primitive(
            id,
            "stonith",
            "",
            "fence_dummy",
            "",
            "",
            List.of(),
            new Blocks().put("mode", "pass").as(id + "-params"),
            List.of(),
            dice.chance(60) ? List.of(operation(id, "monitor", 60, new TreeMap<>())) : List.of());
    elements.add(device);
    planned.add(new Planned(id, Shape.FENCE_DEVICE, List.of(device), false, false, 1, 1));
  }

  private Primitive primitive(String id, boolean promotable, List<AttributeBlock> more) {
    List<AttributeBlock> meta = new ArrayList<>(more);
    if (dice.chance(55)) {
      meta.addAll(meta(true).as(id + "-meta"));
    }
    Blocks parameters = new Blocks();
    parameters
        .putIf(dice.chance(40), "state", "/run/" + id)
        .putIf(dice.chance(20), "fake", dice.of("a", "b & c"));
    Blocks needs = new Blocks();
    if (utilization) {
      needs
          .putIf(dice.chance(70), "cpu", Integer.toString(dice.between(1, 4)))
          .putIf(dice.chance(40), "memory", Integer.toString(dice.between(1, 8)));
    }
    return new Primitive(
        id,
        "ocf",
        "pacemaker",
        promotable ? "Stateful" : "Dummy",
        "",
        "",
        meta,
        parameters.as(id + "-params"),
        needs.as(id + "-needs"),
        operations(id, promotable));
  }

  private Blocks meta(boolean primitive) {
    Blocks meta = new Blocks();
    meta.putIf(dice.chance(25), "resource-stickiness", dice.of("1", "100", "INFINITY", "0", "10"))
        .putIf(dice.chance(18), "migration-threshold", dice.of("1", "2", "3"))
        .putIf(dice.chance(14), "failure-timeout", dice.of("60", "1000", "100000"))
        .putIf(dice.chance(5), "target-role", dice.of("Stopped", "Started", "Unpromoted"))
        .putIf(dice.chance(4), "is-managed", "false")
        .putIf(dice.chance(2), "maintenance", "true")
        .putIf(dice.chance(10), "priority", dice.of("1", "5", "10", "3"))
        .putIf(dice.chance(6), "allow-unhealthy-nodes", "true");
    if (primitive) {
      meta.putIf(dice.chance(20), "allow-migrate", "true")
          .putIf(dice.chance(5), "requires", dice.of("nothing", "quorum", "fencing"))
          .putIf(dice.chance(5), "multiple-active", dice.of("block", "stop_only"))
          .putIf(dice.chance(6), "critical", "false");
    }
    return meta;
  }

  private List<Operation> operations(String id, boolean promotable) {
    List<Operation> operations = new ArrayList<>();
    if (promotable) {
      if (dice.chance(80)) {
        operations.add(monitor(id, 10, "Promoted"));
        operations.add(monitor(id, 11, dice.of("Unpromoted", "")));
      }
    } else if (dice.chance(75)) {
      operations.add(monitor(id, 10, dice.of("", "", "Started")));
      if (dice.chance(12)) {
        operations.add(monitor(id, 30, dice.of("", "Stopped")));
      }
    }
    for (String name :
        promotable
            ? List.of("start", "stop", "promote", "demote")
            : List.of("start", "stop", "migrate_to")) {
      if (dice.chance(15)) {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("timeout", dice.of("30s", "1min"));
        if (dice.chance(35)) {
          attributes.put(
              "on-fail",
              name.equals("stop")
                  ? dice.of("block", "ignore", "fence")
                  : dice.of("block", "ignore", "fence", "standby", "stop", "restart"));
        }
        operations.add(operation(id, name, 0, attributes));
      }
    }
    return operations;
  }

  private Operation monitor(String id, int seconds, String role) {
    SortedMap<String, String> attributes = new TreeMap<>();
    if (!role.isEmpty()) {
      attributes.put("role", role);
    }
    if (dice.chance(30)) {
      attributes.put("timeout", dice.of("15s", "40"));
    }
    if (dice.chance(15)) {
      attributes.put(
          "on-fail", dice.of("block", "ignore", "fence", "standby", "stop", "restart", "demote"));
    }
    if (dice.chance(3)) {
      attributes.put("enabled", "false");
    }
    return operation(id, "monitor", seconds, attributes);
  }

  private static Operation operation(
      String id, String name, int seconds, SortedMap<String, String> attributes) {
    return new Operation(
        id + "-" + name + "-" + seconds, name, seconds * 1000L, attributes, List.of(), List.of());
  }
}
