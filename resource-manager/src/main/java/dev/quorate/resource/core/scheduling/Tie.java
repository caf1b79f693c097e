package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.scheduling.Placement.Assignment;
import dev.quorate.resource.core.scheduling.ScoreTable.Line;
import java.util.List;
import java.util.Optional;

/// Nodes that are as good for a resource as the one that gets it, and what decided between them.
///
/// @param chosen the one that gets it
/// @param others those that could have had it, for all that the scores say
/// @param counts whether nodes with fewer resources come first
record Tie(NodeId chosen, List<NodeId> others, boolean counts) {
  /// The tie that was broken for a resource with one instance, if there was one.
  static Optional<Tie> of(Placement placement, Assignment assignment) {
    List<NodeId> hosts =
        assignment.roles().entrySet().stream()
            .filter(e -> e.getValue() != Role.STOPPED)
            .map(java.util.Map.Entry::getKey)
            .toList();
    if (hosts.size() != 1) {
      return Optional.empty();
    }
    NodeId chosen = hosts.getFirst();
    Line best = assignment.hosting().getOrDefault(chosen, Line.EMPTY);
    List<NodeId> others =
        assignment.hosting().entrySet().stream()
            .filter(e -> !e.getKey().equals(chosen))
            .filter(e -> e.getValue().ban().isEmpty())
            .filter(e -> e.getValue().total().equals(best.total()))
            .map(java.util.Map.Entry::getKey)
            .toList();
    String strategy =
        placement
            .scores()
            .eligibility()
            .state()
            .configuration()
            .properties()
            .getOrDefault("placement-strategy", "default");
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(new Tie(chosen, others, !strategy.equals("minimal")));
  }

  String text() {
    List<String> names = others.stream().map(NodeId::name).toList();
    return "%s %s the same score as %s: %sthe first by name gets it"
        .formatted(
            String.join(", ", names),
            names.size() == 1 ? "has" : "have",
            chosen,
            counts ? "the node with the fewest resources, then the one where it runs, then " : "");
  }
}
