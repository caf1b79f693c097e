package dev.quorate.resource.cib.xml;

import dev.quorate.resource.Rule;
import dev.quorate.resource.Rule.Comparison;
import dev.quorate.resource.Rule.Condition;
import dev.quorate.resource.Rule.DateComparison;
import dev.quorate.resource.Rule.DateOperation;
import dev.quorate.resource.Rule.Range;
import dev.quorate.resource.cib.Element;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads rules.
final class RuleReader {
  private static final int MAX_CONDITIONS = 100_000;

  /// How much of each unit a duration may have: ten thousand years, or what can be kept.
  private static final SortedMap<String, Long> UNITS =
      new TreeMap<>(
          Map.of(
              "years", 10_000L,
              "months", 120_000L,
              "weeks", 520_000L,
              "days", 3_650_000L,
              "hours", 87_600_000L,
              "minutes", (long) Integer.MAX_VALUE,
              "seconds", (long) Integer.MAX_VALUE));

  private static final List<String> DATE_FIELDS =
      List.of(
          "seconds",
          "minutes",
          "hours",
          "monthdays",
          "months",
          "years",
          "yeardays",
          "weekyears",
          "weeks",
          "weekdays");
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})?(?:(-)([0-9]{1,9})?)?");

  private final Problems problems;
  private final Identities identities;
  private final IdentityHashMap<Element, Known> read = new IdentityHashMap<>();
  private final IdentityHashMap<Element, Boolean> underway = new IdentityHashMap<>();

  /// @param height how deep rules are nested in it
  /// @param size the number of all conditions in it
  private record Known(Rule rule, int height, int size) {}

  RuleReader(Problems problems, Identities identities) {
    this.problems = problems;
    this.identities = identities;
  }

  /// The rules among them.
  List<Rule> all(List<Element> elements) {
    List<Rule> rules = new ArrayList<>();
    elements.forEach(element -> read(element).map(Known::rule).ifPresent(rules::add));
    return rules;
  }

  /// A rule or a reference to one; empty, and refused, if a reference leads nowhere or in a circle.
  private Optional<Known> read(Element element) {
    Optional<Element> target = identities.resolve(element);
    if (target.isEmpty()) {
      return Optional.empty();
    }
    Known known = read.get(target.get());
    if (known != null) {
      return Optional.of(known);
    }
    if (underway.containsKey(target.get())) {
      problems.refuse(element, "this rule contains itself");
      return Optional.empty();
    }
    if (underway.size() >= ElementReader.MAX_DEPTH) {
      problems.refuse(element, "rules are nested deeper than " + ElementReader.MAX_DEPTH);
      return Optional.empty();
    }
    underway.put(target.get(), true);
    Known defined = define(target.get());
    underway.remove(target.get());
    read.put(target.get(), defined);
    return Optional.of(defined);
  }

  private Known define(Element element) {
    Fields fields = new Fields(element, problems);
    String operator = fields.oneOf("boolean-op", "and", "or");
    List<Condition> conditions = new ArrayList<>();
    int height = 1;
    int size = 1;
    for (Element child :
        fields.children(
            "rule", "expression", "date_expression", "rsc_expression", "op_expression")) {
      switch (child.name()) {
        case "rule" -> {
          Optional<Known> nested = read(child);
          nested.map(Known::rule).map(Rule.Nested::new).ifPresent(conditions::add);
          height = Math.max(height, 1 + nested.map(Known::height).orElse(0));
          size += nested.map(Known::size).orElse(0);
        }
        case "expression" -> comparison(child).ifPresent(conditions::add);
        case "date_expression" -> conditions.add(date(child));
        case "rsc_expression" -> conditions.add(resource(child));
        default -> conditions.add(operation(child));
      }
      size++;
      if (height > ElementReader.MAX_DEPTH || size > MAX_CONDITIONS) {
        problems.refuse(element, "this rule is too large or too deep");
        conditions.clear();
        height = 1;
        size = 1;
        break;
      }
    }
    Rule rule =
        new Rule(
            fields.id(),
            !operator.equals("or"),
            fields.score("score"),
            fields.text("score-attribute"),
            fields.role("role"),
            conditions);
    fields.done();
    return new Known(rule, height, size);
  }

  private Optional<Condition> comparison(Element element) {
    Fields fields = new Fields(element, problems);
    fields.required("operation");
    Optional<Rule.Operation> operation = fields.word("operation", Rule.Operation.class);
    String id = fields.id();
    String attribute = fields.required("attribute");
    Optional<Rule.ValueType> type = fields.word("type", Rule.ValueType.class);
    Rule.ValueSource source =
        fields.word("value-source", Rule.ValueSource.class).orElse(Rule.ValueSource.LITERAL);
    String value = fields.text("value");
    fields.done();
    return operation.map(how -> new Comparison(id, attribute, how, type, source, value));
  }

  private Condition resource(Element element) {
    Fields fields = new Fields(element, problems);
    Condition condition =
        new Rule.ResourceMatch(
            fields.id(), fields.text("class"), fields.text("provider"), fields.text("type"));
    fields.done();
    return condition;
  }

  private Condition operation(Element element) {
    Fields fields = new Fields(element, problems);
    Condition condition =
        new Rule.OperationMatch(
            fields.id(),
            fields.required("name"),
            fields.parsed("interval", "an interval", Scalars::interval));
    fields.done();
    return condition;
  }

  private Condition date(Element element) {
    Fields fields = new Fields(element, problems);
    DateOperation operation =
        fields.word("operation", DateOperation.class).orElse(DateOperation.IN_RANGE);
    Optional<Instant> start = fields.parsed("start", "a date", Dates::parse);
    Optional<Instant> end = fields.parsed("end", "a date", Dates::parse);
    Map<String, Integer> duration = new HashMap<>();
    for (Element child : fields.children("duration")) {
      identities.resolve(child).ifPresent(target -> duration.putAll(duration(target)));
    }
    Map<String, Range> ranges = new HashMap<>();
    for (Element child : fields.children("date_spec")) {
      identities.resolve(child).ifPresent(target -> ranges.putAll(ranges(target)));
    }
    boolean starts = element.attributes().containsKey("start");
    boolean ends = element.attributes().containsKey("end");
    boolean complete =
        switch (operation) {
          case IN_RANGE -> starts || ends;
          case GT -> starts;
          case LT -> ends;
          case DATE_SPEC -> !fields.children("date_spec").isEmpty();
        };
    String id = fields.id();
    if (!complete) {
      problems.refuse(element, "this date_expression does not say which dates are meant");
    }
    fields.done();
    return new DateComparison(id, operation, start, end, duration, ranges);
  }

  private Map<String, Integer> duration(Element element) {
    Fields fields = new Fields(element, problems);
    fields.skip("id");
    Map<String, Integer> duration = new TreeMap<>();
    UNITS.forEach((unit, most) ->
        fields
            .parsed(
                unit,
                "a number of " + unit + " up to " + most,
                text ->
                    Scalars.integer(text, -1, most + 1)
                        .filter(number -> number >= 0 && number <= most))
            .ifPresent(number -> duration.put(unit, Math.clamp(number, 0, Integer.MAX_VALUE))));
    fields.done();
    return duration;
  }

  private Map<String, Range> ranges(Element element) {
    Fields fields = new Fields(element, problems);
    fields.skip("id");
    Map<String, Range> ranges = new TreeMap<>();
    for (String unit : DATE_FIELDS) {
      fields.parsed(unit, "a range", RuleReader::range).ifPresent(range -> ranges.put(unit, range));
    }
    fields.done();
    return ranges;
  }

  /// `a`, `a-b`, `a-` and `-b`.
  static Optional<Range> range(String text) {
    Matcher range = RANGE.matcher(text.strip());
    if (!range.matches() || (range.group(1) == null && range.group(3) == null)) {
      return Optional.empty();
    }
    int from = range.group(1) == null ? 0 : Integer.parseInt(range.group(1));
    if (range.group(2) == null) {
      return Optional.of(new Range(from, from));
    }
    int to = range.group(3) == null ? Integer.MAX_VALUE : Integer.parseInt(range.group(3));
    return Optional.of(new Range(from, to)).filter(found -> found.from() <= found.to());
  }
}
