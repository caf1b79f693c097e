package dev.quorate.resource.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.Rule;
import dev.quorate.resource.Rule.Comparison;
import dev.quorate.resource.Rule.Condition;
import dev.quorate.resource.Rule.Nested;
import dev.quorate.resource.Rule.Operation;
import dev.quorate.resource.Rule.OperationMatch;
import dev.quorate.resource.Rule.ResourceMatch;
import dev.quorate.resource.Rule.ValueSource;
import dev.quorate.resource.Rule.ValueType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleEvaluationTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final RuleContext NOWHERE = RuleContext.at(NOW);
  private static final Condition TRUE = comparison("absent", Operation.NOT_DEFINED, "");
  private static final Condition FALSE = comparison("absent", Operation.DEFINED, "");

  @Test
  void aRuleIsAnAndOrAnOrOfItsConditions() {
    assertTrue(holds(NOWHERE, true));
    assertTrue(holds(NOWHERE, false));
    assertTrue(holds(NOWHERE, true, TRUE, TRUE));
    assertFalse(holds(NOWHERE, true, TRUE, FALSE));
    assertTrue(holds(NOWHERE, false, FALSE, TRUE));
    assertFalse(holds(NOWHERE, false, FALSE, FALSE));
    Condition either = new Nested(rule(false, FALSE, TRUE));
    assertTrue(holds(NOWHERE, true, TRUE, either));
    assertFalse(holds(NOWHERE, true, FALSE, either));
  }

  @ParameterizedTest
  @CsvSource({
    // without a type, equality is of texts, whatever their case
    "EQ, , Site-A, site-a, true",
    "EQ, , 1, 01, false",
    "NE, , 1, 01, true",
    // without a type, order is of integers, or of numbers if there is a dot
    "LT, , 9, 10, true",
    "GT, , 9, 10, false",
    "LT, , 1.5, 1.25, false",
    "GTE, , 2, 1.99, true",
    "LTE, , -1, 0, true",
    // what is no number is text
    "LT, , abc, ABD, true",
    "GT, , 10, 9x, false",
    "EQ, INTEGER, 10.9, 10, true",
    "EQ, INTEGER, 10, 010, true",
    "GT, INTEGER, 9223372036854775807, 9223372036854775806, true",
    "GT, INTEGER, 99999999999999999999, 9, true",
    "LT, INTEGER, 10.x, 9, true",
    "EQ, NUMBER, 1e3, 1000.0, true",
    "LTE, NUMBER, 0.1, 0.1, true",
    "GT, NUMBER, 1d, 0, true",
    "LT, STRING, 10, 9, true",
    "EQ, STRING, ON, on, true",
    "LT, VERSION, 1.9, 1.10, true",
    "LT, VERSION, 1.1, 1.1.0, true",
    "GT, VERSION, 3.0.1, 3.0, true",
    "EQ, VERSION, 2.01, 2.1, true",
    "GTE, VERSION, 10.0, 9.9.9, true",
    "NE, VERSION, 1, 2, true",
    "DEFINED, , x, , true",
    "NOT_DEFINED, , x, , false",
  })
  void anAttributeIsCompared(
      Operation operation,
      @Nullable ValueType type,
      String actual,
      @Nullable String value,
      boolean expected) {
    RuleContext node = NOWHERE.onNode(Lookup.in(Map.of("a", actual)));
    Condition comparison =
        new Comparison(
            "c",
            "a",
            operation,
            Optional.ofNullable(type),
            ValueSource.LITERAL,
            value == null ? "" : value);
    assertEquals(expected, holds(node, true, comparison));
  }

  @ParameterizedTest
  @CsvSource({
    "DEFINED, false",
    "NOT_DEFINED, true",
    "EQ, false",
    "NE, true",
    "LT, false",
    "LTE, false",
    "GT, false",
    "GTE, false",
  })
  void whatIsMissingIsInNoOrder(Operation operation, boolean expected) {
    assertEquals(expected, holds(NOWHERE, true, comparison("a", operation, "1")));
  }

  @Test
  void theReferenceMayBeTheResources() {
    RuleContext context =
        NOWHERE
            .onNode(Lookup.in(Map.of("site", "north")))
            .withValues(Lookup.in(Map.of("where", "north")), Lookup.in(Map.of("where", "south")));
    assertTrue(holds(context, true, from(ValueSource.PARAM, Operation.EQ, "where")));
    assertFalse(holds(context, true, from(ValueSource.META, Operation.EQ, "where")));
    assertFalse(holds(context, true, from(ValueSource.META, Operation.GT, "missing")));
    assertTrue(holds(context, true, from(ValueSource.META, Operation.NE, "missing")));
    assertTrue(holds(NOWHERE, true, from(ValueSource.PARAM, Operation.EQ, "missing")));
  }

  @Test
  void aResourceMatchesByAllThatIsGiven() {
    RuleContext context = NOWHERE.of(new RuleContext.Agent("ocf", "heartbeat", "pgsqlms"));
    assertTrue(holds(context, true, new ResourceMatch("r", "ocf", "", "pgsqlms")));
    assertTrue(holds(context, true, new ResourceMatch("r", "", "", "")));
    assertFalse(holds(context, true, new ResourceMatch("r", "ocf", "pacemaker", "pgsqlms")));
    assertFalse(holds(NOWHERE, true, new ResourceMatch("r", "", "", "")));
  }

  @Test
  void anOperationMatchesByNameAndInterval() {
    RuleContext context = NOWHERE.during(new RuleContext.Operation("monitor", 10_000));
    assertTrue(holds(context, true, new OperationMatch("o", "monitor", Optional.empty())));
    assertTrue(holds(context, true, new OperationMatch("o", "monitor", Optional.of(10_000L))));
    assertFalse(holds(context, true, new OperationMatch("o", "monitor", Optional.of(0L))));
    assertFalse(holds(context, true, new OperationMatch("o", "start", Optional.empty())));
    assertFalse(holds(NOWHERE, true, new OperationMatch("o", "monitor", Optional.empty())));
  }

  private static Condition from(ValueSource source, Operation operation, String name) {
    return new Comparison("c", "site", operation, Optional.empty(), source, name);
  }

  private static Condition comparison(String attribute, Operation operation, String value) {
    return new Comparison("c", attribute, operation, Optional.empty(), ValueSource.LITERAL, value);
  }

  private static boolean holds(RuleContext context, boolean all, Condition... conditions) {
    return RuleEvaluation.holds(rule(all, conditions), context, new NextChange(context.now()));
  }

  private static Rule rule(boolean all, Condition... conditions) {
    return new Rule("r", all, Optional.empty(), "", Optional.empty(), List.of(conditions));
  }
}
