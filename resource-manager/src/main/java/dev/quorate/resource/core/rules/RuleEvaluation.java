package dev.quorate.resource.core.rules;

import dev.quorate.resource.Rule;
import dev.quorate.resource.Rule.Comparison;
import dev.quorate.resource.Rule.Condition;
import dev.quorate.resource.Rule.DateComparison;
import dev.quorate.resource.Rule.Nested;
import dev.quorate.resource.Rule.OperationMatch;
import dev.quorate.resource.Rule.ResourceMatch;
import org.jspecify.annotations.Nullable;

/// Whether rules hold.
public final class RuleEvaluation {
  private RuleEvaluation() {}

  /// Whether a rule holds. A rule without conditions does. Conditions that cannot matter any more
  /// are not looked at, so their changes are not collected either.
  ///
  /// @param next is told when the answer may be another one because of the time
  public static boolean holds(Rule rule, RuleContext context, NextChange next) {
    boolean all = rule.all();
    for (Condition condition : rule.conditions()) {
      if (holds(condition, context, next) != all) {
        return !all;
      }
    }
    return all || rule.conditions().isEmpty();
  }

  private static boolean holds(Condition condition, RuleContext context, NextChange next) {
    return switch (condition) {
      case Nested nested -> holds(nested.rule(), context, next);
      case Comparison comparison ->
          Values.holds(
              comparison.operation(),
              comparison.type(),
              context.attributes().value(comparison.attribute()),
              reference(comparison, context));
      case DateComparison dates -> Dates.holds(dates, context.now(), next);
      case ResourceMatch match -> matches(match, context.agent());
      case OperationMatch match -> matches(match, context.operation());
    };
  }

  private static @Nullable String reference(Comparison comparison, RuleContext context) {
    return switch (comparison.source()) {
      case LITERAL -> comparison.value();
      case PARAM -> context.parameters().value(comparison.value());
      case META -> context.metaAttributes().value(comparison.value());
    };
  }

  private static boolean matches(ResourceMatch match, RuleContext.@Nullable Agent agent) {
    return agent != null
        && matches(match.agentClass(), agent.agentClass())
        && matches(match.provider(), agent.provider())
        && matches(match.type(), agent.type());
  }

  private static boolean matches(String wanted, String given) {
    return wanted.isEmpty() || wanted.equals(given);
  }

  private static boolean matches(OperationMatch match, RuleContext.@Nullable Operation operation) {
    return operation != null
        && matches(match.name(), operation.name())
        && (match.intervalMillis().isEmpty()
            || match.intervalMillis().get() == operation.intervalMillis());
  }
}
