package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.Placement.Assignment;
import dev.quorate.resource.core.scheduling.ScoreTable.Fact;
import dev.quorate.resource.core.scheduling.ScoreTable.Line;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Why a resource is where it is: every score and where it comes from, and what would change it.
///
/// @param resource the name that users know, the clone's if it has one
/// @param reasons what concerns the resource as a whole
/// @param nodes each node
/// @param steps what is to be done now, and what is held back
public record Explanation(
    ResourceId resource,
    List<String> reasons,
    SortedMap<NodeId, OnNode> nodes,
    List<String> steps) {

  /// One node.
  ///
  /// @param instance what is there now
  /// @param wanted what shall be there
  /// @param hosting the reasons for and against it
  /// @param promotion the reasons for and against it as the promoted one; may be empty
  public record OnNode(Instance instance, Role wanted, Line hosting, Line promotion) {}

  /// Copies the collections.
  public Explanation {
    reasons = List.copyOf(reasons);
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    steps = List.copyOf(steps);
  }

  static Explanation of(ActionPlan plan, Candidate candidate, Assignment assignment) {
    List<String> reasons = new ArrayList<>();
    if (!candidate.reason().isEmpty()) {
      reasons.add(
          candidate.reason()
              + (candidate.remedy().isEmpty() ? "" : " [" + candidate.remedy() + "]"));
    }
    if (!assignment.reason().isEmpty() && !assignment.reason().equals(candidate.reason())) {
      reasons.add(assignment.reason());
    }
    Tie.of(plan.placement(), assignment).ifPresent(tie -> reasons.add(tie.text()));
    if (!assignment.promoted().reason().isEmpty()) {
      String who =
          assignment.promoted().nodes().isEmpty()
              ? "nobody is promoted: "
              : "promoted on " + names(assignment.promoted().nodes()) + ": ";
      reasons.add(who + assignment.promoted().reason());
    }
    SortedMap<NodeId, OnNode> nodes = new TreeMap<>();
    for (Instance instance : candidate.instances().values()) {
      NodeId node = instance.node();
      nodes.put(
          node,
          new OnNode(
              instance,
              assignment.role(node),
              assignment.hosting().getOrDefault(node, Line.EMPTY),
              assignment.promotion().getOrDefault(node, Line.EMPTY)));
    }
    List<String> steps = new ArrayList<>();
    plan.actions().stream()
        .filter(a -> a.key().contains(" " + candidate.id() + " on "))
        .forEach(a -> steps.add(a.key()));
    plan.held().stream()
        .filter(h -> h.action().resource().equals(candidate.id()))
        .forEach(h -> steps.add("not now: " + h));
    return new Explanation(candidate.definition().publicId(), reasons, nodes, steps);
  }

  private static String names(List<NodeId> nodes) {
    return String.join(", ", nodes.stream().map(NodeId::name).toList());
  }

  /// What `hactl explain` prints.
  public String text() {
    StringBuilder text = new StringBuilder("Resource: ").append(resource).append('\n');
    reasons.forEach(r -> text.append("  ").append(r).append('\n'));
    nodes.forEach((node, on) -> {
      text.append("  Node ").append(node).append(": ").append(title(on)).append('\n');
      text.append("    score ").append(on.hosting().total()).append('\n');
      on.hosting().facts().forEach(f -> append(text, f));
      if (!on.promotion().facts().isEmpty()) {
        text.append("    promotion score ").append(on.promotion().total()).append('\n');
        on.promotion().facts().forEach(f -> append(text, f));
      }
    });
    if (!steps.isEmpty()) {
      text.append("  Next:\n");
      steps.forEach(s -> text.append("    ").append(s).append('\n'));
    }
    return text.toString();
  }

  private static String title(OnNode on) {
    Instance instance = on.instance();
    String is = word(instance.role());
    if (instance.footing() != Instance.Footing.SETTLED) {
      is += ", " + instance.footing().name().toLowerCase(java.util.Locale.ROOT);
      is += instance.reason().isEmpty() ? "" : " (" + instance.reason() + ")";
    }
    return on.wanted() == instance.role() && instance.footing() == Instance.Footing.SETTLED
        ? is + ", and stays so"
        : is + ", shall be " + word(on.wanted());
  }

  private static String word(Role role) {
    return role.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static void append(StringBuilder text, Fact fact) {
    text.append("      ").append(fact).append('\n');
  }
}
