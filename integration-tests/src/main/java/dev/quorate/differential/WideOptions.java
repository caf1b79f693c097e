package dev.quorate.differential;

import java.util.List;

/// Options of the cluster and attributes of nodes.
final class WideOptions {
  static final List<WideTwist> TWISTS =
      List.of(
          option("no-quorum-policy", "stop", "freeze", "ignore", "demote", "suicide"),
          new WideTwist("quorum", d -> d.all("cib").getFirst().setAttribute("have-quorum", "0")),
          option("symmetric-cluster", "false"),
          option("stop-all-resources", "true"),
          option("stop-orphan-resources", "false"),
          option("stop-orphan-actions", "false"),
          option("start-failure-is-fatal", "false"),
          option("concurrent-fencing", "true", "false"),
          option("priority-fencing-delay", "15s", "PT20S"),
          option("maintenance-mode", "true"),
          option("placement-strategy", "utilization", "minimal", "balanced"),
          option("shutdown-lock", "true"),
          option("shutdown-lock-limit", "10s", "1h"),
          option("stonith-action", "off", "poweroff", "reboot"),
          option("stonith-enabled", "false", "true"),
          option("startup-fencing", "false"),
          option("enable-startup-probes", "false"),
          option("have-watchdog", "true"),
          option("cluster-name", "north"),
          new WideTwist("health", WideOptions::health),
          new WideTwist("node attributes", WideOptions::nodeAttribute),
          new WideTwist("options with rules", WideOptions::ruled),
          new WideTwist("defaults with rules", WideOptions::defaults),
          new WideTwist("capacity", WideOptions::capacity));

  private WideOptions() {}

  private static WideTwist option(String name, String... values) {
    return new WideTwist(name, d -> d.option(name, d.dice.of(values)));
  }

  private static void health(WideDocument d) {
    d.option(
        "node-health-strategy",
        d.dice.of("migrate-on-red", "only-green", "progressive", "custom", "none"));
    if (d.dice.chance(40)) {
      d.option("node-health-base", d.dice.of("10", "-5", "100"));
    }
    for (String colour : List.of("red", "yellow", "green")) {
      if (d.dice.chance(40)) {
        d.option("node-health-" + colour, d.dice.of("-INFINITY", "-10", "5", "20", "0"));
      }
    }
    for (int i = d.dice.between(1, 3); i > 0; i--) {
      String name = d.dice.of("#health-disk", "#health-cpu", "#health");
      String value = d.dice.of("red", "yellow", "green", "-20", "10");
      if (d.dice.chance(50)) {
        d.any(d.all("node"), n -> d.put(n, "instance_attributes", name, value));
      } else {
        d.any(d.states(), s -> d.transientAttribute(s, name, value));
      }
    }
  }

  private static void nodeAttribute(WideDocument d) {
    String name = d.dice.of("standby", "maintenance", "terminate", "site", "rank", "worth");
    String value =
        switch (name) {
          case "standby", "maintenance", "terminate" ->
              d.dice.of("on", "true", "1", "off", "false");
          case "site" -> d.dice.of("north", "South", "east");
          default -> d.dice.of("50", "-7", "INFINITY", "3.5", "none");
        };
    if (d.dice.chance(50)) {
      d.any(d.all("node"), n -> d.put(n, "instance_attributes", name, value));
    } else {
      d.any(d.states(), s -> d.transientAttribute(s, name, value));
    }
  }

  private static void ruled(WideDocument d) {
    var block = d.first(d.section("crm_config"), "cluster_property_set");
    block.setAttribute("score", d.dice.of("10", "INFINITY", "-5"));
    WideRules.dates(d, block);
    String name = d.dice.of("no-quorum-policy", "maintenance-mode", "stonith-action");
    String value =
        switch (name) {
          case "no-quorum-policy" -> d.dice.of("ignore", "freeze");
          case "maintenance-mode" -> "true";
          default -> "off";
        };
    d.add(block, "nvpair", "id", d.id(), "name", name, "value", value);
  }

  private static void defaults(WideDocument d) {
    boolean operations = d.dice.chance(35);
    var block = d.first(d.section(operations ? "op_defaults" : "rsc_defaults"), "meta_attributes");
    if (d.dice.chance(50)) {
      block.setAttribute("score", d.dice.of("5", "50", "-1"));
    }
    if (d.dice.chance(75)) {
      WideRules.defaults(d, block, operations);
    }
    String name =
        operations
            ? d.dice.of("on-fail", "enabled")
            : d.dice.of(
                "resource-stickiness",
                "migration-threshold",
                "failure-timeout",
                "is-managed",
                "target-role",
                "priority",
                "multiple-active",
                "allow-migrate");
    d.add(block, "nvpair", "id", d.id(), "name", name, "value", WideResources.value(d, name));
  }

  private static void capacity(WideDocument d) {
    d.option("placement-strategy", d.dice.of("utilization", "minimal", "balanced"));
    for (int i = d.dice.between(1, 3); i > 0; i--) {
      d.any(
          d.all("node"),
          n -> d.put(n, "utilization", d.dice.of("cpu", "disk"), "" + d.dice.between(0, 6)));
      d.any(
          d.primitives(),
          p -> d.put(p, "utilization", d.dice.of("cpu", "disk"), "" + d.dice.between(0, 4)));
    }
  }
}
