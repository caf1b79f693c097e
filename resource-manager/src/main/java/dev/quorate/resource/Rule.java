package dev.quorate.resource;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A condition made of conditions.
///
/// @param all whether every condition must hold, or one
/// @param score what the rule is worth in a location constraint, as written; empty if not given
/// @param scoreAttribute the node attribute that holds the score; empty if not given
/// @param role the role that a location constraint's rule is about
/// @param conditions none: the rule holds
public record Rule(
    String id,
    boolean all,
    Optional<Integer> score,
    String scoreAttribute,
    Optional<Role> role,
    List<Condition> conditions) {

  /// One condition.
  public sealed interface Condition {}

  /// A rule within a rule.
  public record Nested(Rule rule) implements Condition {}

  /// Compares a node attribute.
  ///
  /// @param operation how
  /// @param type how the values are read; empty for the operation's own default
  /// @param value compared with; empty for the defined operations
  public record Comparison(
      String id,
      String attribute,
      Operation operation,
      Optional<ValueType> type,
      ValueSource source,
      String value)
      implements Condition {}

  /// Compares now with dates.
  ///
  /// @param operation `in_range`, `gt`, `lt` or `date_spec`
  /// @param start inclusive; for `gt`, exclusive
  /// @param end inclusive for a range; for `lt`, exclusive
  /// @param duration the length of the range in place of its end, by unit (`years`, `months`,
  ///   `weeks`, `days`, `hours`, `minutes`, `seconds`)
  /// @param fields of a date specification, by unit (`hours`, `weekdays`, …), as ranges
  public record DateComparison(
      String id,
      DateOperation operation,
      Optional<Instant> start,
      Optional<Instant> end,
      Map<String, Integer> duration,
      Map<String, Range> fields)
      implements Condition {
    /// Copies the maps.
    public DateComparison {
      duration = Collections.unmodifiableMap(new TreeMap<>(duration));
      fields = Collections.unmodifiableMap(new TreeMap<>(fields));
    }
  }

  /// Holds for resources of an agent; what is empty does not matter.
  public record ResourceMatch(String id, String agentClass, String provider, String type)
      implements Condition {}

  /// Holds for an operation.
  ///
  /// @param intervalMillis empty for any
  public record OperationMatch(String id, String name, Optional<Long> intervalMillis)
      implements Condition {}

  /// How values are compared.
  public enum Operation {
    /// The attribute has a value.
    DEFINED,
    /// It has none.
    NOT_DEFINED,
    /// Equal.
    EQ,
    /// Not equal.
    NE,
    /// Less.
    LT,
    /// Less or equal.
    LTE,
    /// Greater.
    GT,
    /// Greater or equal.
    GTE
  }

  /// How values are read.
  public enum ValueType {
    /// Text, whatever its case.
    STRING,
    /// 64 bits, a fraction cut off.
    INTEGER,
    /// A floating-point number.
    NUMBER,
    /// Numbers with dots between.
    VERSION
  }

  /// What the value of a comparison is.
  public enum ValueSource {
    /// The value itself.
    LITERAL,
    /// The name of a parameter of the resource.
    PARAM,
    /// The name of a meta-attribute of the resource.
    META
  }

  /// How dates are compared.
  public enum DateOperation {
    /// Not before the start and not after the end.
    IN_RANGE,
    /// After the start.
    GT,
    /// Before the end.
    LT,
    /// Each given field lies in its range.
    DATE_SPEC
  }

  /// Whole numbers from one to another, both included.
  public record Range(int from, int to) {}

  /// Copies the list.
  public Rule {
    conditions = List.copyOf(conditions);
  }
}
