package dev.quorate.resource.core.exchange;

import dev.quorate.resource.AgentType;
import dev.quorate.resource.OperationDefinition;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// What is known of agents by those who import a document.
public interface KnownAgents {
  /// An agent.
  ///
  /// @param name the one to be stored
  /// @param operations defaults for operations that a resource does not configure
  record Known(
      AgentType name, boolean promotable, boolean holdsData, List<OperationDefinition> operations) {
    /// Copies the list.
    public Known {
      operations = List.copyOf(operations);
    }
  }

  /// The agent of that name.
  Optional<Known> agent(AgentType name);

  /// What to do about an agent that is not known.
  String instead(AgentType name);

  /// What is wrong with the parameters of an agent that is known.
  List<String> problems(AgentType agent, SortedMap<String, String> parameters);

  /// The parameters of a fence device under their present names.
  SortedMap<String, String> deviceParameters(SortedMap<String, String> typed);

  /// What is wrong with a fence device.
  List<String> deviceProblems(String id, String agent, SortedMap<String, String> parameters);
}
