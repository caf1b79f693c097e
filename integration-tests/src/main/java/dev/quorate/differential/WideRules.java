package dev.quorate.differential;

import org.w3c.dom.Element;

/// Makes up rules.
final class WideRules {
  private WideRules() {}

  /// A rule of dates alone.
  static void dates(WideDocument d, Element owner) {
    Element rule = rule(d, owner);
    for (int i = d.dice.between(1, 2); i > 0; i--) {
      date(d, rule);
    }
  }

  /// A rule of defaults: on dates, agents and operations.
  static void defaults(WideDocument d, Element owner, boolean operations) {
    Element rule = rule(d, owner);
    for (int i = d.dice.between(1, 2); i > 0; i--) {
      if (operations && d.dice.chance(40)) {
        Element expression =
            d.add(rule, "op_expression", "id", d.id(), "name", d.dice.of("monitor", "start"));
        if (d.dice.chance(40)) {
          expression.setAttribute("interval", d.dice.of("10s", "0", "11s"));
        }
      } else if (d.dice.chance(60)) {
        Element expression = d.add(rule, "rsc_expression", "id", d.id());
        expression.setAttribute("class", d.dice.of("ocf", "ocf", "stonith"));
        if (d.dice.chance(60)) {
          expression.setAttribute("type", d.dice.of("Dummy", "Stateful", "fence_dummy"));
        }
        if (d.dice.chance(30)) {
          expression.setAttribute("provider", "pacemaker");
        }
      } else {
        date(d, rule);
      }
    }
  }

  /// A rule of node attributes and dates.
  static Element nodes(WideDocument d, Element owner) {
    Element rule = rule(d, owner);
    for (int i = d.dice.between(1, 3); i > 0; i--) {
      condition(d, rule, true);
    }
    return rule;
  }

  private static Element rule(WideDocument d, Element owner) {
    Element rule = d.add(owner, "rule", "id", d.id());
    if (d.dice.chance(60)) {
      rule.setAttribute("boolean-op", d.dice.of("and", "or"));
    }
    return rule;
  }

  private static void condition(WideDocument d, Element rule, boolean nested) {
    int roll = d.dice.between(1, 10);
    if (roll == 1 && nested) {
      Element inner = rule(d, rule);
      condition(d, inner, false);
      condition(d, inner, false);
    } else if (roll <= 3) {
      date(d, rule);
    } else {
      comparison(d, rule);
    }
  }

  private static void comparison(WideDocument d, Element rule) {
    String attribute = d.dice.of("#uname", "site", "rank", "worth", "#is_dc", "#kind", "#id");
    String operation = d.dice.of("eq", "ne", "lt", "lte", "gt", "gte", "defined", "not_defined");
    Element expression =
        d.add(rule, "expression", "id", d.id(), "attribute", attribute, "operation", operation);
    if (!operation.endsWith("defined")) {
      expression.setAttribute(
          "value",
          switch (attribute) {
            case "#uname" -> d.node();
            case "site" -> d.dice.of("north", "NORTH", "south");
            case "#is_dc" -> d.dice.of("true", "false");
            case "#kind" -> "cluster";
            case "#id" -> d.dice.of("1", "2", "3");
            default -> d.dice.of("50", "7", "3.6", "100.0", "-3", "1000");
          });
      if (d.dice.chance(40)) {
        expression.setAttribute("type", d.dice.of("string", "integer", "number", "version"));
      }
      if (d.dice.chance(8)) {
        expression.setAttribute("value-source", d.dice.of("param", "meta"));
        expression.setAttribute(
            "value", d.dice.of("fake", "state", "priority", "migration-threshold"));
      }
    }
  }

  /// Now is Friday, 2027-01-15 08:00 UTC, in the second week of the year.
  private static void date(WideDocument d, Element rule) {
    Element date = d.add(rule, "date_expression", "id", d.id());
    switch (d.dice.between(1, 5)) {
      case 1 -> {
        date.setAttribute("operation", "gt");
        date.setAttribute("start", d.dice.of("2027-01-15", "2027-01-16", "2027-01-15T08:00:00Z"));
      }
      case 2 -> {
        date.setAttribute("operation", "lt");
        date.setAttribute("end", d.dice.of("2027-01-15", "2027-02-01", "2027-01-15T09:00:00Z"));
      }
      case 3 -> {
        date.setAttribute("operation", "in_range");
        date.setAttribute("start", d.dice.of("2027-01-01", "2026-12-15", "2027-W02-1"));
        if (d.dice.chance(50)) {
          date.setAttribute("end", d.dice.of("2027-01-15T08:00:00Z", "2027-01-10", "2027-035"));
        } else {
          Element duration = d.add(date, "duration", "id", d.id());
          duration.setAttribute(
              d.dice.of("days", "weeks", "months", "hours"), d.dice.of("1", "2", "400"));
        }
      }
      default -> {
        date.setAttribute("operation", "date_spec");
        Element spec = d.add(date, "date_spec", "id", d.id());
        for (int i = d.dice.between(1, 2); i > 0; i--) {
          String field =
              d.dice.of(
                  "hours",
                  "weekdays",
                  "monthdays",
                  "months",
                  "years",
                  "yeardays",
                  "weeks",
                  "weekyears");
          spec.setAttribute(
              field,
              switch (field) {
                case "hours" -> d.dice.of("8", "9-17", "0-8");
                case "weekdays" -> d.dice.of("1-5", "6-7", "5");
                case "monthdays" -> d.dice.of("15", "1-14", "10-20");
                case "months" -> d.dice.of("1", "2-12", "1-3");
                case "yeardays" -> d.dice.of("15", "1-14", "100-200");
                case "weeks" -> d.dice.of("2", "3-53", "1-2");
                default -> d.dice.of("2027", "2028-2030", "2020-2027");
              });
        }
      }
    }
  }
}
