package dev.quorate.differential;

import dev.quorate.differential.Planned.Shape;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.CibNode;
import dev.quorate.resource.cib.CibStatus;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.CibStatus.TicketState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// One made-up cluster.
///
/// @param features what it has of what makes decisions hard
public record RandomCluster(Cib cib, Instant now, List<String> features) {
  /// When all of them are.
  public static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  private static final int LEAST_FEATURES = 3;

  /// Copies the list.
  public RandomCluster {
    features = List.copyOf(features);
  }

  /// The cluster of a seed: at least three features.
  public static RandomCluster of(long seed) {
    for (int attempt = 0; ; attempt++) {
      RandomCluster cluster = new Maker(new Dice(seed * 1_000 + attempt)).make();
      if (cluster.features.size() >= LEAST_FEATURES) {
        return cluster;
      }
    }
  }

  /// Puts one together.
  private static final class Maker {
    private final Dice dice;
    private final List<String> nodes = new ArrayList<>();

    Maker(Dice dice) {
      this.dice = dice;
    }

    RandomCluster make() {
      int count = dice.between(2, 5);
      for (int i = 1; i <= count; i++) {
        nodes.add("n" + i);
      }
      boolean fencing = dice.chance(60);
      boolean utilization = dice.chance(10);
      boolean health = dice.chance(6);
      RandomResources resources = new RandomResources(dice, count, utilization);
      resources.make(fencing);
      RandomConstraints constraints = new RandomConstraints(dice, resources.planned, nodes, NOW);
      constraints.make(resources.planned);
      List<TicketState> tickets = dice.chance(7) ? tickets(constraints) : List.of();
      boolean longer = dice.chance(8);
      RandomStatus status =
          new RandomStatus(
              dice, nodes, resources.planned, NOW.getEpochSecond(), longer ? 25_000 : 20_000);
      List<NodeState> states = status.make();
      List<CibNode> members = new ArrayList<>();
      for (String node : nodes) {
        members.add(
            node(
                node,
                status.healths.getOrDefault(node, RandomStatus.Health.UP),
                utilization,
                health));
      }
      CibConfiguration configuration =
          new CibConfiguration(
              options(fencing, utilization, health),
              defaults(),
              longer ? new Blocks().put("timeout", "25s").as("op-defaults") : List.of(),
              members,
              resources.elements,
              List.of(),
              constraints.elements,
              List.of(),
              List.of(),
              List.of());
      Cib cib = new Cib(root(status), configuration, new CibStatus(states, tickets));
      return new RandomCluster(
          cib, NOW, features(resources.planned, constraints.elements, status, fencing));
    }

    private List<TicketState> tickets(RandomConstraints constraints) {
      constraints.tickets(List.of("T1"));
      if (dice.chance(25)) {
        return List.of();
      }
      SortedMap<String, String> state = new TreeMap<>();
      state.put("granted", dice.of("true", "false"));
      if (dice.chance(30)) {
        state.put("standby", dice.of("true", "false"));
      }
      return List.of(new TicketState("T1", state));
    }

    private SortedMap<String, String> root(RandomStatus status) {
      SortedMap<String, String> root = new TreeMap<>();
      root.put("validate-with", "pacemaker-3.9");
      root.put("crm_feature_set", "3.16.1");
      root.put("admin_epoch", "0");
      root.put("epoch", "10");
      root.put("num_updates", "1");
      root.put("have-quorum", dice.chance(85) ? "1" : "0");
      if (dice.chance(50)) {
        root.put("no-quorum-panic", "1");
      }
      status.healths.entrySet().stream()
          .filter(e -> e.getValue() == RandomStatus.Health.UP)
          .findFirst()
          .ifPresent(e -> root.put("dc-uuid", e.getKey().substring(1)));
      return root;
    }

    private List<AttributeBlock> options(boolean fencing, boolean utilization, boolean health) {
      Blocks options = new Blocks();
      options
          .put("stonith-enabled", Boolean.toString(fencing))
          .putIf(
              dice.chance(30),
              "no-quorum-policy",
              dice.of("ignore", "freeze", "stop", "demote", "suicide"))
          .putIf(dice.chance(6), "symmetric-cluster", "false")
          .putIf(dice.chance(2), "stop-all-resources", "true")
          .putIf(dice.chance(3), "maintenance-mode", "true")
          .putIf(dice.chance(5), "stonith-action", "off")
          .putIf(dice.chance(6), "startup-fencing", "false")
          .putIf(dice.chance(6), "start-failure-is-fatal", "false")
          .putIf(dice.chance(30), "concurrent-fencing", dice.of("true", "true", "false"))
          .putIf(dice.chance(3), "enable-startup-probes", "false")
          .putIf(dice.chance(4), "stop-orphan-resources", "false")
          .putIf(dice.chance(3), "stop-orphan-actions", "false")
          .putIf(dice.chance(6), "priority-fencing-delay", "15")
          .putIf(dice.chance(6), "shutdown-lock", "true")
          .putIf(utilization, "placement-strategy", dice.of("utilization", "minimal", "balanced"))
          .putIf(
              health,
              "node-health-strategy",
              dice.of("migrate-on-red", "only-green", "progressive"));
      return options.as("cib-bootstrap-options");
    }

    private List<AttributeBlock> defaults() {
      Blocks defaults = new Blocks();
      defaults
          .putIf(dice.chance(20), "resource-stickiness", dice.of("1", "100", "0"))
          .putIf(dice.chance(10), "migration-threshold", dice.of("1", "3"))
          .putIf(dice.chance(6), "failure-timeout", "300");
      return defaults.as("rsc-defaults");
    }

    private CibNode node(
        String name, RandomStatus.Health how, boolean utilization, boolean health) {
      Blocks attributes = new Blocks();
      attributes
          .putIf(dice.chance(60), "site", dice.of("north", "south"))
          .put("worth", Integer.toString(dice.between(-50, 150)))
          .putIf(dice.chance(40), "rank", Integer.toString(dice.between(0, 100)))
          .putIf(
              how == RandomStatus.Health.STANDBY
                  || (how == RandomStatus.Health.LOST && dice.chance(10)),
              "standby",
              "on")
          .putIf(how == RandomStatus.Health.MAINTENANCE, "maintenance", "true")
          .putIf(
              health && dice.chance(40), "#health-disk", dice.of("red", "yellow", "green", "-10"));
      Blocks capacity = new Blocks();
      if (utilization) {
        capacity
            .put("cpu", Integer.toString(dice.between(1, 8)))
            .put("memory", Integer.toString(dice.between(2, 12)));
      }
      return new CibNode(
          name.substring(1),
          name,
          "member",
          0,
          attributes.as("node-" + name),
          capacity.as("capacity-" + name));
    }

    private List<String> features(
        List<Planned> resources,
        List<ConstraintElement> constraints,
        RandomStatus status,
        boolean fencing) {
      TreeSet<String> features = new TreeSet<>();
      for (Planned resource : resources) {
        if (resource.promotable()) {
          features.add("promotable");
        } else if (resource.isClone()) {
          features.add("clone");
        }
        if (resource.isGroup()) {
          features.add("group");
        }
        if (resource.shape() == Shape.FENCE_DEVICE && fencing) {
          features.add("fencing");
        }
      }
      for (ConstraintElement constraint : constraints) {
        features.add(
            switch (constraint) {
              case ConstraintElement.Location _ -> "location";
              case ConstraintElement.Colocation _ -> "colocation";
              case ConstraintElement.Order _ -> "ordering";
              case ConstraintElement.Ticket _ -> "ticket";
            });
      }
      if (status.failed) {
        features.add("failure");
      }
      if (status.healths.containsValue(RandomStatus.Health.LOST)) {
        features.add("lost node");
      }
      if (status.healths.containsValue(RandomStatus.Health.STANDBY)) {
        features.add("standby");
      }
      features.remove("ticket");
      return List.copyOf(features);
    }
  }
}
