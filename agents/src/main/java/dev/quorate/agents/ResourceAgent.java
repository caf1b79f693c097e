package dev.quorate.agents;

import java.util.List;
import java.util.SortedMap;

/// A kind of resource. Found by [java.util.ServiceLoader]; stateless; thread-safe.
public interface ResourceAgent {
  /// What it is called and what it can do.
  AgentMetadata metadata();

  /// Everything that is wrong with the parameters, as sentences that name the parameter and the
  /// remedy; empty if nothing is. Looks at the text only, not at the machine.
  List<String> problems(SortedMap<String, String> parameters);

  /// Opens the resource on this node. Must touch nothing yet.
  ResourceInstance open(InstanceContext context);
}
