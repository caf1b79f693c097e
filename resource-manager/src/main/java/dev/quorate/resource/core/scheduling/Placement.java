package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.scheduling.ScoreTable.Line;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Phase 3: where each resource shall be, and in which role.
///
/// @param assignments one for each resource, by the primitive's id
public record Placement(ScoreTable scores, SortedMap<ResourceId, Assignment> assignments) {

  /// Where a resource shall be.
  ///
  /// @param roles the nodes where it shall be active, or is and must be left alone
  /// @param hosting the final scores, colocations included
  /// @param promotion the final promotion scores; empty if it is not promotable
  /// @param promoted who shall be promoted, and why
  /// @param undetermined where it is must be found out first: nothing else may follow from this
  /// @param reason why it is not active anywhere, or why it was left alone; may be empty
  public record Assignment(
      ResourceId resource,
      SortedMap<NodeId, Role> roles,
      SortedMap<NodeId, Line> hosting,
      SortedMap<NodeId, Line> promotion,
      Promotion promoted,
      boolean undetermined,
      String reason) {
    /// Copies the maps.
    public Assignment {
      roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
      hosting = Collections.unmodifiableSortedMap(new TreeMap<>(hosting));
      promotion = Collections.unmodifiableSortedMap(new TreeMap<>(promotion));
    }

    /// What it shall be on a node.
    public Role role(NodeId node) {
      return roles.getOrDefault(node, Role.STOPPED);
    }

    /// The nodes where it shall be active in a role, [Role#STARTED] meaning any.
    public List<NodeId> nodes(Role role) {
      return roles.entrySet().stream()
          .filter(e -> role == Role.STARTED ? e.getValue().active() : e.getValue() == role)
          .map(java.util.Map.Entry::getKey)
          .toList();
    }
  }

  /// Who shall be promoted.
  ///
  /// @param nodes normally one or none
  /// @param reason why these, or why nobody; for a human
  /// @param electionWanted whether an election must find the next one. One that is blocked is
  ///   repeated when the electorate or what it knows has changed
  /// @param electorate the nodes whose instances can vote
  public record Promotion(
      List<NodeId> nodes, String reason, boolean electionWanted, List<NodeId> electorate) {
    /// For resources that know no promotion.
    static final Promotion NONE = new Promotion(List.of(), "", false, List.of());

    /// Copies the lists.
    public Promotion {
      nodes = List.copyOf(nodes);
      electorate = List.copyOf(electorate);
    }
  }

  /// Copies the map.
  public Placement {
    assignments = Collections.unmodifiableSortedMap(new TreeMap<>(assignments));
  }

  /// The assignment of the resource that an id or a clone's id names.
  public Optional<Assignment> find(ResourceId name) {
    return scores.eligibility().find(name).map(c -> assignments.get(c.id()));
  }

  /// One line for each resource: where it shall be.
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Assignment assignment : assignments.values()) {
      text.append(assignment.resource()).append(':');
      assignment.roles().forEach((n, role) -> text.append(' ').append(n).append('=').append(role));
      if (assignment.roles().isEmpty()) {
        text.append(" nowhere");
      }
      if (!assignment.reason().isEmpty()) {
        text.append(" (").append(assignment.reason()).append(')');
      }
      if (!assignment.promoted().reason().isEmpty()) {
        text.append(" promoted: ").append(assignment.promoted().reason());
      }
      text.append('\n');
    }
    return text.toString();
  }
}
