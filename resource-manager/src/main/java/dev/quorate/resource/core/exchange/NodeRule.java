package dev.quorate.resource.core.exchange;

import dev.quorate.resource.ConstraintElement.Location;
import dev.quorate.resource.Rule;
import java.util.List;

/// A rule that says no more than the name of one node: what tools write for a plain location.
final class NodeRule {
  private NodeRule() {}

  /// The same location with a node in place of such a rule.
  static Location simplified(Location location) {
    if (location.rules().size() != 1
        || !location.sets().isEmpty()
        || !location.pattern().isEmpty()) {
      return location;
    }
    Rule rule = location.rules().getFirst();
    boolean plain =
        rule.score().isPresent()
            && rule.scoreAttribute().isEmpty()
            && rule.conditions().size() == 1
            && rule.conditions().getFirst() instanceof Rule.Comparison c
            && c.attribute().equals("#uname")
            && c.operation() == Rule.Operation.EQ
            && c.source() == Rule.ValueSource.LITERAL;
    if (!plain || !(rule.conditions().getFirst() instanceof Rule.Comparison comparison)) {
      return location;
    }
    return new Location(
        location.id(),
        location.resource(),
        location.pattern(),
        location.sets(),
        comparison.value(),
        rule.score(),
        rule.role().or(location::role),
        location.discovery(),
        List.of());
  }
}
