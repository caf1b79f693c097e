package dev.quorate.differential;

import java.util.List;
import org.w3c.dom.Element;

/// Odd states of nodes and odd histories.
final class WideStatus {
  private static final long NOW = RandomCluster.NOW.getEpochSecond();

  static final List<WideTwist> TWISTS =
      List.of(
          new WideTwist("node state", WideStatus::state),
          new WideTwist("no history", d -> d.any(d.histories(), WideStatus::remove)),
          new WideTwist("no result", d -> d.any(d.results(), WideStatus::remove)),
          new WideTwist("result", WideStatus::result),
          new WideTwist("result", WideStatus::result),
          new WideTwist("status", WideStatus::status),
          new WideTwist("pending", WideStatus::pending),
          new WideTwist("no digest", d -> d.any(d.results(), r -> r.removeAttribute("op-digest"))),
          new WideTwist("other digest", WideStatus::digest),
          new WideTwist("age", WideStatus::age),
          new WideTwist("fail count", WideStatus::failCount),
          new WideTwist("second place", WideStatus::secondPlace),
          new WideTwist("promotion score", WideStatus::promotionScore),
          new WideTwist("shutdown", WideStatus::shutdown),
          new WideTwist("lock", WideStatus::lock),
          new WideTwist("removed", WideStatus::removed),
          new WideTwist("failure", WideStatus::failure));

  private WideStatus() {}

  private static void remove(Element element) {
    element.getParentNode().removeChild(element);
  }

  private static void state(WideDocument d) {
    d.any(
        d.states(),
        s -> {
          switch (d.dice.between(1, 5)) {
            case 1 -> s.setAttribute("in_ccm", d.dice.of("true", "false"));
            case 2 -> s.setAttribute("crmd", d.dice.of("online", "offline"));
            case 3 -> s.setAttribute("join", d.dice.of("member", "down", "pending", "banned"));
            case 4 -> s.setAttribute("expected", d.dice.of("member", "down"));
            default -> remove(s);
          }
        });
  }

  private static void code(Element result, String status, String code) {
    result.setAttribute("op-status", status);
    result.setAttribute("rc-code", code);
    result.setAttribute(
        "transition-magic", status + ":" + code + ";" + result.getAttribute("transition-key"));
  }

  private static void result(WideDocument d) {
    d.any(
        d.results(),
        r ->
            code(
                r,
                d.dice.of("0", "0", "4"),
                d.dice.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "190", "191")));
  }

  private static void status(WideDocument d) {
    d.any(
        d.results(),
        r -> {
          String status = d.dice.of("1", "2", "3", "4", "5", "6", "7", "8", "9");
          code(r, status, d.dice.of("0", "1", "193", "5"));
        });
  }

  private static void pending(WideDocument d) {
    d.any(
        d.results(),
        r -> {
          code(r, "-1", "193");
          if (d.dice.chance(60)) {
            r.setAttribute("call-id", "-1");
          }
        });
  }

  private static void digest(WideDocument d) {
    d.any(
        d.results(),
        r -> {
          r.setAttribute("op-digest", "0123456789abcdef0123456789abcdef");
          if (d.dice.chance(30)) {
            r.setAttribute("op-restart-digest", "0123456789abcdef0123456789abcdef");
            r.setAttribute("op-force-restart", " state ");
          }
        });
  }

  private static void age(WideDocument d) {
    d.any(
        d.results(),
        r -> {
          String when = Long.toString(NOW - d.dice.of(List.of(5, 100, 4_000, 100_000)));
          r.setAttribute("last-rc-change", when);
        });
  }

  private static void failCount(WideDocument d) {
    d.any(
        d.histories(),
        h -> {
          Element state = stateOf(h);
          String name =
              h.getAttribute("id")
                  + "#"
                  + d.dice.of("monitor_10000", "start_0", "stop_0", "promote_0");
          d.transientAttribute(
              state, "fail-count-" + name, d.dice.of("1", "2", "5", "INFINITY", "0"));
          if (d.dice.chance(80)) {
            d.transientAttribute(
                state,
                "last-failure-" + name,
                Long.toString(NOW - d.dice.of(List.of(5, 100, 4_000, 100_000))));
          }
        });
  }

  private static Element stateOf(Element history) {
    return (Element) history.getParentNode().getParentNode().getParentNode();
  }

  /// What runs on one node also runs on another.
  private static void secondPlace(WideDocument d) {
    d.any(
        d.histories(),
        h ->
            d.any(
                d.all("lrm_resources"),
                there -> {
                  for (Element other : Xml.children(there)) {
                    if (other.getAttribute("id").equals(h.getAttribute("id"))) {
                      remove(other);
                    }
                  }
                  there.appendChild(h.cloneNode(true));
                }));
  }

  private static void promotionScore(WideDocument d) {
    List<Element> able =
        d.primitives().stream().filter(p -> p.getAttribute("type").equals("Stateful")).toList();
    d.any(
        able,
        p -> {
          String name = "master-" + p.getAttribute("id");
          String value = d.dice.of("1", "1000", "-1", "INFINITY", "-INFINITY", "0");
          if (d.dice.chance(60)) {
            d.any(d.states(), s -> d.transientAttribute(s, name, value));
          } else {
            d.any(d.all("node"), n -> d.put(n, "instance_attributes", name, value));
          }
        });
  }

  private static void shutdown(WideDocument d) {
    d.any(
        d.states(),
        s -> {
          d.transientAttribute(s, "shutdown", d.dice.of("1799999000", "1", "0"));
          if (d.dice.chance(40)) {
            s.setAttribute("crmd", "offline");
            s.setAttribute("expected", "down");
          }
          if (d.dice.chance(30)) {
            s.setAttribute("in_ccm", "false");
          }
        });
  }

  private static void lock(WideDocument d) {
    d.option("shutdown-lock", "true");
    if (d.dice.chance(40)) {
      d.option("shutdown-lock-limit", d.dice.of("10s", "5h"));
    }
    d.any(
        d.histories(),
        h -> {
          h.setAttribute("shutdown-lock", Long.toString(NOW - 1_000));
          if (d.dice.chance(70)) {
            Xml.children(h).forEach(WideStatus::remove);
          }
        });
  }

  /// What is on record is no longer configured.
  private static void removed(WideDocument d) {
    d.any(
        d.outermost().stream().filter(r -> r.getTagName().equals("primitive")).toList(),
        r -> {
          String id = r.getAttribute("id");
          remove(r);
          for (Element reference : d.all("obj_ref")) {
            if (reference.getAttribute("id").equals(id)) {
              remove(reference);
            }
          }
          for (Element constraint : Xml.children(d.constraints())) {
            if (constraint.getElementsByTagName("resource_ref").getLength() > 0
                || List.of("rsc", "with-rsc", "first", "then").stream()
                    .anyMatch(a -> constraint.getAttribute(a).equals(id))) {
              remove(constraint);
            }
          }
        });
  }

  /// One more result: something failed.
  private static void failure(WideDocument d) {
    d.any(
        d.results().stream().filter(r -> r.getAttribute("call-id").matches("[0-9]+")).toList(),
        r -> {
          Element history = (Element) r.getParentNode();
          String resource = history.getAttribute("id");
          String operation =
              d.dice.of("monitor", "monitor", "start", "stop", "promote", "demote", "migrate_from");
          Element made = (Element) r.cloneNode(true);
          made.setAttribute("id", resource + "_last_failure_0");
          made.setAttribute("operation", operation);
          made.setAttribute(
              "interval", operation.equals("monitor") ? d.dice.of("10000", "0") : "0");
          made.setAttribute(
              "operation_key", resource + "_" + operation + "_" + made.getAttribute("interval"));
          made.setAttribute(
              "call-id", Integer.toString(Integer.parseInt(r.getAttribute("call-id")) + 1));
          made.setAttribute("transition-key", "9:99:0:1b5a8a53-95a1-4ac5-8a3f-3f0b4c2e0b11");
          code(made, d.dice.of("0", "2", "4"), d.dice.of("1", "5", "7", "9"));
          for (Element other : Xml.children(history)) {
            if (other.getAttribute("id").equals(made.getAttribute("id"))) {
              remove(other);
            }
          }
          history.appendChild(made);
        });
  }
}
