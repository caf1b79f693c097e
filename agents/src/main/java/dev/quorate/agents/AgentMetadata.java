package dev.quorate.agents;

import dev.quorate.resource.AgentType;
import dev.quorate.resource.OperationDefinition;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What users and the cluster must know of an agent.
///
/// @param names every name it answers to, the preferred first
/// @param promotable whether instances can be promoted
/// @param holdsData whether promotion needs an election and a grant
///   ([dev.quorate.resource.Primacy])
/// @param parameters name to one-line description
/// @param operations defaults for operations that a resource does not configure
public record AgentMetadata(
    List<AgentType> names,
    String description,
    boolean promotable,
    boolean holdsData,
    SortedMap<String, String> parameters,
    List<OperationDefinition> operations) {
  /// Copies the collections.
  public AgentMetadata {
    names = List.copyOf(names);
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    operations = List.copyOf(operations);
  }
}
