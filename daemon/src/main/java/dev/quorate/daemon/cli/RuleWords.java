package dev.quorate.daemon.cli;

import dev.quorate.resource.Rule;
import dev.quorate.resource.Rule.Condition;
import dev.quorate.resource.Rule.DateOperation;
import dev.quorate.resource.cib.xml.Dates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads the expression of a rule as it is typed: `#uname eq n1 or ( defined disk and date gt
/// 2027-01-01 )`.
final class RuleWords {
  private static final List<String> UNITS =
      List.of("years", "months", "weeks", "days", "hours", "minutes", "seconds");
  private static final List<String> FIELDS =
      List.of(
          "years",
          "months",
          "monthdays",
          "weeks",
          "weekdays",
          "weekyears",
          "yeardays",
          "hours",
          "minutes",
          "seconds",
          "moon");

  private final List<String> words = new ArrayList<>();
  private final String id;
  private int next;
  private int expressions;
  private int rules;

  private RuleWords(List<String> typed, String id) {
    this.id = id;
    for (String word : typed) {
      String rest = word;
      while (rest.startsWith("(")) {
        words.add("(");
        rest = rest.substring(1);
      }
      int closing = 0;
      while (rest.endsWith(")")) {
        closing++;
        rest = rest.substring(0, rest.length() - 1);
      }
      if (!rest.isEmpty()) {
        words.add(rest);
      }
      for (int i = 0; i < closing; i++) {
        words.add(")");
      }
    }
  }

  /// Conditions of which all must hold, or one.
  record Conditions(boolean all, List<Condition> conditions) {
    /// Copies the list.
    Conditions {
      conditions = List.copyOf(conditions);
    }
  }

  /// The conditions of a rule.
  ///
  /// @param id of the rule, from which those of the conditions are made
  static Conditions parse(List<String> words, String id) {
    RuleWords reader = new RuleWords(words, id);
    Conditions found = reader.any();
    if (reader.next < reader.words.size()) {
      throw bad("'" + reader.peek() + "' is not expected in a rule");
    }
    return found;
  }

  private static HactlError bad(String message) {
    return HactlError.usage(
        message,
        "write ATTRIBUTE eq|ne|lt|lte|gt|gte [TYPE] VALUE, defined|not_defined ATTRIBUTE, date gt|lt"
            + " DATE, date in_range DATE to DATE or date-spec hours=9-16, joined by and, or and ( )");
  }

  private String peek() {
    return next < words.size() ? words.get(next) : "";
  }

  private String take(String what) {
    if (next >= words.size()) {
      throw bad(what + " is missing at the end of the rule");
    }
    return words.get(next++);
  }

  private boolean skip(String word) {
    if (peek().equals(word)) {
      next++;
      return true;
    }
    return false;
  }

  private Conditions any() {
    List<Conditions> parts = new ArrayList<>();
    do {
      parts.add(all());
    } while (skip("or"));
    return parts.size() == 1 ? parts.getFirst() : new Conditions(false, joined(parts));
  }

  private Conditions all() {
    List<Conditions> parts = new ArrayList<>();
    do {
      parts.add(one());
    } while (skip("and"));
    return parts.size() == 1 ? parts.getFirst() : new Conditions(true, joined(parts));
  }

  private List<Condition> joined(List<Conditions> parts) {
    List<Condition> joined = new ArrayList<>();
    for (Conditions part : parts) {
      joined.add(
          part.conditions().size() == 1
              ? part.conditions().getFirst()
              : new Rule.Nested(
                  new Rule(
                      numbered(id + "-rule", rules++),
                      part.all(),
                      Optional.empty(),
                      "",
                      Optional.empty(),
                      part.conditions())));
    }
    return joined;
  }

  private Conditions one() {
    if (skip("(")) {
      Conditions inner = any();
      if (!skip(")")) {
        throw bad("a ')' is missing");
      }
      return inner;
    }
    return new Conditions(true, List.of(condition()));
  }

  private Condition condition() {
    String word = take("an expression");
    return switch (word) {
      case "defined", "not_defined" ->
          new Rule.Comparison(
              expression(),
              take("the attribute"),
              Rule.Operation.valueOf(word.toUpperCase(Locale.ROOT)),
              Optional.empty(),
              Rule.ValueSource.LITERAL,
              "");
      case "date" -> date();
      case "date-spec" ->
          date(DateOperation.DATE_SPEC, Optional.empty(), Optional.empty(), Map.of(), fields());
      default -> comparison(word);
    };
  }

  private String expression() {
    return numbered(id + "-expr", expressions++);
  }

  private static String numbered(String id, int count) {
    return count == 0 ? id : id + "-" + count;
  }

  private Condition comparison(String attribute) {
    String word = take("a comparison");
    Rule.Operation operation =
        switch (word) {
          case "eq", "ne", "lt", "lte", "gt", "gte" ->
              Rule.Operation.valueOf(word.toUpperCase(Locale.ROOT));
          default -> throw bad("'" + word + "' is not a comparison");
        };
    Optional<Rule.ValueType> type =
        switch (peek()) {
          case "string", "integer", "number", "version" ->
              Optional.of(Rule.ValueType.valueOf(take("type").toUpperCase(Locale.ROOT)));
          default -> Optional.empty();
        };
    return new Rule.Comparison(
        expression(), attribute, operation, type, Rule.ValueSource.LITERAL, take("the value"));
  }

  private Condition date() {
    String word = take("gt, lt or in_range");
    return switch (word) {
      case "gt" -> date(DateOperation.GT, moment(), Optional.empty(), Map.of(), Map.of());
      case "lt" -> date(DateOperation.LT, Optional.empty(), moment(), Map.of(), Map.of());
      case "in_range" -> {
        Optional<Instant> start = peek().equals("to") ? Optional.empty() : moment();
        if (!skip("to")) {
          throw bad("'to' is missing in a range of dates");
        }
        boolean lasts = skip("duration");
        yield date(
            DateOperation.IN_RANGE,
            start,
            lasts ? Optional.empty() : moment(),
            lasts ? duration() : Map.of(),
            Map.of());
      }
      default -> throw bad("'" + word + "' is no comparison of dates");
    };
  }

  private Condition date(
      DateOperation operation,
      Optional<Instant> start,
      Optional<Instant> end,
      Map<String, Integer> duration,
      Map<String, Rule.Range> fields) {
    return new Rule.DateComparison(expression(), operation, start, end, duration, fields);
  }

  private Optional<Instant> moment() {
    String text = take("a date");
    return Optional.of(Dates.parse(text).orElseThrow(() -> bad("'" + text + "' is not a date")));
  }

  private SortedMap<String, String> settings(List<String> known) {
    SortedMap<String, String> settings = new TreeMap<>();
    while (peek().indexOf('=') > 0) {
      String[] parts = take("setting").split("=", 2);
      if (!known.contains(parts[0])) {
        throw bad("'" + parts[0] + "' is not one of " + String.join(", ", known));
      }
      settings.put(parts[0], parts[1]);
    }
    if (settings.isEmpty()) {
      throw bad("a time is missing");
    }
    return settings;
  }

  private Map<String, Integer> duration() {
    SortedMap<String, Integer> duration = new TreeMap<>();
    settings(UNITS)
        .forEach((unit, value) -> {
          if (!value.matches("[0-9]{1,4}")) {
            throw bad("'" + value + "' is not a number of " + unit);
          }
          duration.put(unit, Integer.parseInt(value));
        });
    return duration;
  }

  private Map<String, Rule.Range> fields() {
    SortedMap<String, Rule.Range> fields = new TreeMap<>();
    settings(FIELDS)
        .forEach((unit, value) -> {
          if (!value.matches("[0-9]{1,4}(-([0-9]{1,4})?)?")) {
            throw bad("'" + value + "' is not a range of " + unit);
          }
          String[] ends = value.split("-", -1);
          int from = Integer.parseInt(ends[0]);
          int to =
              ends.length == 1
                  ? from
                  : ends[1].isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(ends[1]);
          fields.put(unit, new Rule.Range(from, to));
        });
    return fields;
  }
}
