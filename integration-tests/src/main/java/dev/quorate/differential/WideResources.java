package dev.quorate.differential;

import java.util.List;
import org.w3c.dom.Element;

/// Options, operations, templates of resources.
final class WideResources {
  private static final List<String> META =
      List.of(
          "target-role",
          "is-managed",
          "maintenance",
          "resource-stickiness",
          "requires",
          "migration-threshold",
          "failure-timeout",
          "multiple-active",
          "allow-migrate",
          "priority",
          "critical",
          "allow-unhealthy-nodes");

  static final List<WideTwist> TWISTS =
      List.of(
          new WideTwist("meta", d -> meta(d, d.outermost())),
          new WideTwist("meta of primitive", d -> meta(d, d.primitives())),
          new WideTwist("meta of clone", WideResources::clone),
          new WideTwist("meta of group", WideResources::group),
          new WideTwist("meta with rule", WideResources::ruledMeta),
          new WideTwist("parameters with rule", WideResources::ruledParameters),
          new WideTwist("operation", WideResources::operation),
          new WideTwist("operation changed", WideResources::changedOperation),
          new WideTwist("on-fail", WideResources::onFail),
          new WideTwist("template", WideResources::template),
          new WideTwist("container", WideResources::container),
          new WideTwist("class", WideResources::agentClass),
          new WideTwist("unfencing", WideResources::unfencing),
          new WideTwist("parameter", WideResources::parameter));

  private WideResources() {}

  static String value(WideDocument d, String name) {
    return switch (name) {
      case "target-role" -> d.dice.of("Stopped", "Started", "Unpromoted", "Promoted");
      case "resource-stickiness" -> d.dice.of("0", "1", "50", "INFINITY", "-1", "-INFINITY");
      case "requires" -> d.dice.of("nothing", "quorum", "fencing", "unfencing");
      case "migration-threshold" -> d.dice.of("0", "1", "2", "INFINITY");
      case "failure-timeout" -> d.dice.of("5", "60s", "10min", "3h", "PT1H");
      case "multiple-active" -> d.dice.of("block", "stop_only", "stop_start", "stop_unexpected");
      case "priority" -> d.dice.of("1", "10", "-5", "INFINITY");
      case "on-fail" ->
          d.dice.of("ignore", "block", "stop", "restart", "standby", "fence", "demote");
      case "is-managed", "critical", "enabled" -> d.dice.of("false", "false", "true");
      default -> d.dice.of("true", "true", "false");
    };
  }

  private static void meta(WideDocument d, List<Element> among) {
    d.any(
        among,
        r -> {
          String name = d.dice.of(META);
          d.meta(r, name, value(d, name));
        });
  }

  private static void clone(WideDocument d) {
    d.any(
        d.clones(),
        c -> {
          String name =
              d.dice.of(
                  "clone-max",
                  "clone-node-max",
                  "clone-min",
                  "promoted-max",
                  "promoted-node-max",
                  "interleave",
                  "ordered",
                  "notify",
                  "globally-unique");
          d.meta(
              c,
              name,
              switch (name) {
                case "clone-max", "promoted-max" -> d.dice.of("0", "1", "2", "3", "4");
                case "clone-node-max", "promoted-node-max" -> d.dice.of("1", "2");
                case "clone-min" -> d.dice.of("1", "2", "3");
                case "interleave", "notify" -> d.dice.of("true", "true", "false");
                default -> d.dice.of("true", "false");
              });
        });
  }

  private static void group(WideDocument d) {
    d.any(d.all("group"), g -> d.meta(g, d.dice.of("ordered", "collocated"), "false"));
  }

  private static void ruledMeta(WideDocument d) {
    d.any(
        d.outermost(),
        r -> {
          Element block = d.first(r, "meta_attributes");
          block.setAttribute("score", d.dice.of("10", "-10"));
          WideRules.dates(d, block);
          String name = d.dice.of(META);
          d.add(block, "nvpair", "id", d.id(), "name", name, "value", value(d, name));
        });
  }

  private static void ruledParameters(WideDocument d) {
    d.any(
        d.primitives(),
        r -> {
          Element block = d.first(r, "instance_attributes");
          block.setAttribute("score", d.dice.of("10", "-10"));
          WideRules.nodes(d, block);
          d.add(block, "nvpair", "id", d.id(), "name", "fake", "value", "elsewhere");
        });
  }

  private static Element operations(WideDocument d, Element primitive) {
    return Xml.children(primitive).stream()
        .filter(c -> c.getTagName().equals("operations"))
        .findFirst()
        .orElseGet(() -> d.add(primitive, "operations"));
  }

  private static void operation(WideDocument d) {
    d.any(
        d.primitives(),
        p -> {
          String name = d.dice.of("monitor", "monitor", "start", "stop", "migrate_to", "promote");
          Element op = d.add(operations(d, p), "op", "id", d.id(), "name", name);
          op.setAttribute("interval", name.equals("monitor") ? d.dice.of("0", "10s", "7s") : "0");
          if (d.dice.chance(40)) {
            op.setAttribute("on-fail", value(d, "on-fail"));
          }
          if (name.equals("monitor") && d.dice.chance(50)) {
            op.setAttribute("role", d.dice.of("Stopped", "Started", "Promoted", "Unpromoted"));
          }
          if (d.dice.chance(15)) {
            Element block = d.first(op, "meta_attributes");
            d.add(block, "nvpair", "id", d.id(), "name", "on-fail", "value", value(d, "on-fail"));
          }
          if (d.dice.chance(10)) {
            Element block = d.first(op, "instance_attributes");
            d.add(block, "nvpair", "id", d.id(), "name", "OCF_CHECK_LEVEL", "value", "10");
          }
        });
  }

  private static void changedOperation(WideDocument d) {
    d.any(
        d.all("op"),
        op -> {
          String name = d.dice.of("enabled", "interval", "timeout", "start-delay", "role");
          op.setAttribute(
              name,
              switch (name) {
                case "enabled" -> "false";
                case "interval" -> d.dice.of("10s", "12s", "0");
                case "role" -> d.dice.of("Stopped", "Started", "Promoted", "Unpromoted");
                default -> d.dice.of("5s", "99s");
              });
        });
  }

  private static void onFail(WideDocument d) {
    for (Element op : d.all("op")) {
      if (d.dice.chance(40)) {
        op.setAttribute("on-fail", value(d, "on-fail"));
      }
    }
  }

  /// Moves what some primitives have in common to a template.
  private static void template(WideDocument d) {
    List<Element> able =
        d.primitives().stream()
            .filter(p -> p.getAttribute("type").equals("Dummy") && !p.hasAttribute("template"))
            .toList();
    if (able.isEmpty()) {
      return;
    }
    Element template =
        d.add(
            d.section("resources"),
            "template",
            "id",
            "t" + d.id(),
            "class",
            "ocf",
            "provider",
            "pacemaker",
            "type",
            "Dummy");
    d.meta(template, d.dice.of("priority", "resource-stickiness"), "7");
    Element operations = d.add(template, "operations");
    d.add(operations, "op", "id", d.id(), "name", "monitor", "interval", "10s");
    if (d.dice.chance(40)) {
      d.add(operations, "op", "id", d.id(), "name", "stop", "interval", "0", "on-fail", "block");
    }
    for (Element primitive : d.dice.some(able, d.dice.between(1, 3))) {
      primitive.removeAttribute("class");
      primitive.removeAttribute("provider");
      primitive.removeAttribute("type");
      primitive.setAttribute("template", template.getAttribute("id"));
    }
    if (d.dice.chance(50)) {
      WideConstraints.about(d, template.getAttribute("id"));
    }
  }

  private static void container(WideDocument d) {
    List<Element> plain =
        d.outermost().stream().filter(r -> r.getTagName().equals("primitive")).toList();
    if (plain.size() > 1) {
      List<Element> two = d.dice.some(plain, 2);
      d.meta(two.getFirst(), "container", two.getLast().getAttribute("id"));
    }
  }

  private static void agentClass(WideDocument d) {
    d.any(
        d.primitives().stream().filter(p -> p.getAttribute("type").equals("Dummy")).toList(),
        p -> {
          p.setAttribute("class", d.dice.of("systemd", "lsb"));
          p.removeAttribute("provider");
        });
  }

  private static void unfencing(WideDocument d) {
    d.any(
        d.primitives().stream().filter(p -> p.getAttribute("class").equals("stonith")).toList(),
        p -> d.meta(p, "provides", "unfencing"));
    d.any(d.states(), s -> d.transientAttribute(s, "#node-unfenced", d.dice.of("0", "1799999000")));
  }

  private static void parameter(WideDocument d) {
    d.any(
        d.primitives(),
        p -> d.put(p, "instance_attributes", d.dice.of("fake", "state", "op_sleep"), "new"));
  }
}
