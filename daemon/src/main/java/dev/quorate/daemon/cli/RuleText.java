package dev.quorate.daemon.cli;

import dev.quorate.resource.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The conditions of a rule in the words in which they are typed.
final class RuleText {
  private RuleText() {}

  static String of(Rule.Condition condition) {
    return switch (condition) {
      case Rule.Nested(var rule) -> nested(rule);
      case Rule.Comparison c -> comparison(c);
      case Rule.DateComparison d -> date(d);
      case Rule.ResourceMatch r ->
          "resource " + String.join(":", r.agentClass(), r.provider(), r.type());
      case Rule.OperationMatch o ->
          "op " + o.name() + o.intervalMillis().map(i -> " interval=" + i + "ms").orElse("");
    };
  }

  private static String nested(Rule rule) {
    return "("
        + String.join(
            rule.all() ? " and " : " or ", rule.conditions().stream().map(RuleText::of).toList())
        + ")";
  }

  private static String comparison(Rule.Comparison c) {
    String operation = c.operation().name().toLowerCase(Locale.ROOT);
    return switch (c.operation()) {
      case DEFINED, NOT_DEFINED -> operation + " " + c.attribute();
      case EQ, NE, LT, LTE, GT, GTE ->
          c.attribute()
              + " "
              + operation
              + c.type().map(t -> " " + t.name().toLowerCase(Locale.ROOT)).orElse("")
              + " "
              + c.value();
    };
  }

  private static String date(Rule.DateComparison d) {
    String start = d.start().map(Object::toString).orElse("");
    String end = d.end().map(Object::toString).orElse("");
    return switch (d.operation()) {
      case GT -> "date gt " + start;
      case LT -> "date lt " + end;
      case IN_RANGE ->
          "date in_range "
              + start
              + " to "
              + (end.isEmpty() ? "duration " + settings(d.duration()) : end);
      case DATE_SPEC -> "date-spec " + ranges(d.fields());
    };
  }

  private static String settings(Map<String, Integer> values) {
    List<String> words = new ArrayList<>();
    values.forEach((unit, value) -> words.add(unit + "=" + value));
    return String.join(" ", words);
  }

  private static String ranges(Map<String, Rule.Range> fields) {
    List<String> words = new ArrayList<>();
    fields.forEach((unit, range) -> words.add(unit + "=" + range(range)));
    return String.join(" ", words);
  }

  private static String range(Rule.Range range) {
    if (range.from() == range.to()) {
      return Integer.toString(range.from());
    }
    return range.from() + "-" + (range.to() == Integer.MAX_VALUE ? "" : range.to());
  }
}
