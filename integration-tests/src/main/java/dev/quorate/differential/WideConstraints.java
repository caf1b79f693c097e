package dev.quorate.differential;

import java.util.List;
import org.w3c.dom.Element;

/// Constraints of all kinds.
final class WideConstraints {
  static final List<WideTwist> TWISTS =
      List.of(
          new WideTwist("location", d -> location(d, any(d))),
          new WideTwist("location set", WideConstraints::locationSet),
          new WideTwist("location rule", d -> ruled(d, any(d))),
          new WideTwist("discovery", WideConstraints::discovery),
          new WideTwist("colocation", d -> colocation(d, any(d), any(d))),
          new WideTwist("colocation set", WideConstraints::colocationSet),
          new WideTwist("order", d -> order(d, any(d), any(d))),
          new WideTwist("order set", WideConstraints::orderSet),
          new WideTwist("ticket", WideConstraints::ticket),
          new WideTwist("ticket set", WideConstraints::ticketSet),
          new WideTwist("tag", WideConstraints::tag));

  private WideConstraints() {}

  private static String any(WideDocument d) {
    List<Element> outermost = d.outermost();
    return outermost.isEmpty() ? "none" : d.dice.of(outermost).getAttribute("id");
  }

  private static boolean promotable(WideDocument d, String id) {
    return d.outermost().stream().anyMatch(r -> r.getAttribute("id").equals(id) && d.promotable(r));
  }

  private static String score(WideDocument d) {
    return d.dice.of("INFINITY", "-INFINITY", "100", "-100", "5", "-5", "0");
  }

  /// One constraint of a kind about something.
  static void about(WideDocument d, String id) {
    switch (d.dice.between(1, 4)) {
      case 1 -> location(d, id);
      case 2 -> colocation(d, id, any(d));
      case 3 -> order(d, id, any(d));
      default -> colocation(d, any(d), id);
    }
  }

  private static void location(WideDocument d, String id) {
    Element made =
        d.add(
            d.constraints(),
            "rsc_location",
            "id",
            d.id(),
            "rsc",
            id,
            "node",
            d.node(),
            "score",
            score(d));
    if (d.dice.chance(promotable(d, id) ? 60 : 15)) {
      made.setAttribute("role", d.dice.of("Promoted", "Unpromoted", "Started", "Stopped"));
    }
  }

  private static void ruled(WideDocument d, String id) {
    Element made = d.add(d.constraints(), "rsc_location", "id", d.id(), "rsc", id);
    for (int i = d.dice.between(1, 2); i > 0; i--) {
      Element rule = WideRules.nodes(d, made);
      if (d.dice.chance(80)) {
        rule.setAttribute("score", score(d));
      } else {
        rule.setAttribute("score-attribute", "worth");
      }
      if (d.dice.chance(promotable(d, id) ? 50 : 5)) {
        rule.setAttribute("role", "Promoted");
      }
    }
  }

  private static void locationSet(WideDocument d) {
    Element made =
        d.add(d.constraints(), "rsc_location", "id", d.id(), "node", d.node(), "score", score(d));
    Element set = set(d, made, d.dice.between(1, 3));
    if (d.dice.chance(30)) {
      set.setAttribute("score", score(d));
    }
    if (d.dice.chance(20)) {
      set.setAttribute("role", d.dice.of("Promoted", "Started"));
    }
  }

  private static void discovery(WideDocument d) {
    String id = any(d);
    String mode = d.dice.of("always", "never", "exclusive");
    for (int i = d.dice.between(1, 2); i > 0; i--) {
      d.add(
          d.constraints(),
          "rsc_location",
          "id",
          d.id(),
          "rsc",
          id,
          "node",
          d.node(),
          "score",
          d.dice.of("INFINITY", "0", "-INFINITY", "10"),
          "resource-discovery",
          mode);
    }
  }

  private static Element set(WideDocument d, Element owner, int size) {
    Element set = d.add(owner, "resource_set", "id", d.id());
    for (Element resource : d.dice.some(d.outermost(), size)) {
      d.add(set, "resource_ref", "id", resource.getAttribute("id"));
    }
    return set;
  }

  private static void colocation(WideDocument d, String dependent, String primary) {
    if (dependent.equals(primary)) {
      return;
    }
    Element made =
        d.add(
            d.constraints(),
            "rsc_colocation",
            "id",
            d.id(),
            "rsc",
            dependent,
            "with-rsc",
            primary,
            "score",
            score(d));
    if (d.dice.chance(promotable(d, dependent) ? 50 : 5)) {
      made.setAttribute("rsc-role", d.dice.of("Promoted", "Unpromoted", "Started"));
    }
    if (d.dice.chance(promotable(d, primary) ? 50 : 5)) {
      made.setAttribute("with-rsc-role", d.dice.of("Promoted", "Unpromoted", "Started"));
    }
    if (d.dice.chance(25)) {
      made.setAttribute("influence", d.dice.of("true", "false"));
    }
    if (d.dice.chance(15)) {
      made.setAttribute("node-attribute", d.dice.of("site", "rank"));
    }
  }

  private static void colocationSet(WideDocument d) {
    Element made = d.add(d.constraints(), "rsc_colocation", "id", d.id(), "score", score(d));
    for (int i = d.dice.between(1, 2); i > 0; i--) {
      Element set = set(d, made, d.dice.between(1, 3));
      if (d.dice.chance(40)) {
        set.setAttribute("sequential", d.dice.of("false", "true"));
      }
      if (d.dice.chance(15)) {
        set.setAttribute("role", d.dice.of("Promoted", "Started"));
      }
      if (d.dice.chance(15)) {
        set.setAttribute("score", score(d));
      }
    }
  }

  private static void order(WideDocument d, String first, String then) {
    if (first.equals(then)) {
      return;
    }
    Element made = d.add(d.constraints(), "rsc_order", "id", d.id(), "first", first, "then", then);
    if (d.dice.chance(50)) {
      made.setAttribute("kind", d.dice.of("Optional", "Mandatory", "Serialize"));
    }
    if (d.dice.chance(40)) {
      made.setAttribute(
          "first-action",
          promotable(d, first)
              ? d.dice.of("promote", "demote", "start")
              : d.dice.of("start", "stop"));
    }
    if (d.dice.chance(40)) {
      made.setAttribute(
          "then-action",
          promotable(d, then)
              ? d.dice.of("promote", "demote", "start")
              : d.dice.of("start", "stop"));
    }
    if (d.dice.chance(25)) {
      made.setAttribute("symmetrical", d.dice.of("true", "false"));
    }
    if (d.dice.chance(15)) {
      made.setAttribute("require-all", d.dice.of("true", "false"));
    }
  }

  private static void orderSet(WideDocument d) {
    Element made = d.add(d.constraints(), "rsc_order", "id", d.id());
    if (d.dice.chance(50)) {
      made.setAttribute("kind", d.dice.of("Optional", "Mandatory", "Serialize"));
    }
    if (d.dice.chance(20)) {
      made.setAttribute("symmetrical", "false");
    }
    for (int i = d.dice.between(1, 3); i > 0; i--) {
      Element set = set(d, made, d.dice.between(1, 3));
      if (d.dice.chance(50)) {
        set.setAttribute("sequential", d.dice.of("false", "true"));
      }
      if (d.dice.chance(30)) {
        set.setAttribute("require-all", d.dice.of("false", "true"));
      }
      if (d.dice.chance(20)) {
        set.setAttribute("action", d.dice.of("start", "stop", "promote"));
      }
    }
  }

  private static void ticket(WideDocument d) {
    String id = any(d);
    Element made = d.add(d.constraints(), "rsc_ticket", "id", d.id(), "rsc", id, "ticket", "T1");
    if (d.dice.chance(75)) {
      made.setAttribute("loss-policy", d.dice.of("stop", "demote", "fence", "freeze"));
    }
    if (d.dice.chance(promotable(d, id) ? 50 : 5)) {
      made.setAttribute("rsc-role", d.dice.of("Promoted", "Unpromoted", "Started"));
    }
    state(d);
  }

  private static void state(WideDocument d) {
    if (d.dice.chance(25) || !d.all("ticket_state").isEmpty()) {
      return;
    }
    Element tickets =
        d.all("tickets").isEmpty()
            ? d.add(d.all("status").getFirst(), "tickets")
            : d.all("tickets").getFirst();
    Element state =
        d.add(tickets, "ticket_state", "id", "T1", "granted", d.dice.of("true", "false"));
    if (d.dice.chance(40)) {
      state.setAttribute("standby", d.dice.of("true", "false"));
    }
    if (d.dice.chance(40)) {
      state.setAttribute("last-granted", "1799990000");
    }
  }

  private static void ticketSet(WideDocument d) {
    Element made =
        d.add(
            d.constraints(),
            "rsc_ticket",
            "id",
            d.id(),
            "ticket",
            "T1",
            "loss-policy",
            d.dice.of("stop", "demote", "fence", "freeze"));
    Element set = set(d, made, d.dice.between(1, 3));
    if (d.dice.chance(30)) {
      set.setAttribute("role", d.dice.of("Promoted", "Started"));
    }
    state(d);
  }

  private static void tag(WideDocument d) {
    Element tag = d.add(d.section("tags"), "tag", "id", "tag" + d.id());
    for (Element resource : d.dice.some(d.outermost(), d.dice.between(1, 3))) {
      d.add(tag, "obj_ref", "id", resource.getAttribute("id"));
    }
    about(d, tag.getAttribute("id"));
  }
}
