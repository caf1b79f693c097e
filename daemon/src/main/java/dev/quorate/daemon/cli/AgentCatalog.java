package dev.quorate.daemon.cli;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.daemon.config.NearestWord;
import dev.quorate.resource.AgentType;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/// The agents that this daemon has, by every name that users know.
public final class AgentCatalog {
  private final List<ResourceAgent> agents;

  /// Holds these agents.
  public AgentCatalog(List<ResourceAgent> agents) {
    this.agents = List.copyOf(agents);
  }

  /// Those that are on the class path.
  public static AgentCatalog installed() {
    return new AgentCatalog(
        ServiceLoader.load(ResourceAgent.class).stream().map(ServiceLoader.Provider::get).toList());
  }

  /// The agent of that name. The provider is not asked for: `ocf:heartbeat:pgsqlms` and
  /// `ocf:resource-agents:pgsqlms` are the same native agent.
  public Optional<ResourceAgent> find(AgentType name) {
    return agents.stream()
        .filter(agent -> agent.metadata().names().contains(name))
        .findFirst()
        .or(() ->
            agents.stream()
                .filter(agent ->
                    agent.metadata().names().stream()
                        .anyMatch(known ->
                            known.standard().equals(name.standard())
                                && known.type().equals(name.type())))
                .findFirst());
  }

  /// The agent that the text names.
  ///
  /// @throws HactlError naming what is known
  ResourceAgent named(String text) {
    AgentType type;
    try {
      type = AgentType.parse(text);
    } catch (IllegalArgumentException e) {
      throw HactlError.usage(String.valueOf(e.getMessage()), "see 'hactl resource list'");
    }
    return find(type)
        .orElseThrow(() ->
            HactlError.usage(
                "agent '" + text + "' is not known",
                NearestWord.of(type.toString(), names())
                    .map(near -> "did you mean '" + near + "'?")
                    .orElse("known are " + String.join(", ", names()))));
  }

  /// Every name, the preferred one of each agent first.
  List<String> names() {
    return agents.stream()
        .flatMap(agent -> agent.metadata().names().stream())
        .map(AgentType::toString)
        .toList();
  }

  /// What each agent says of itself.
  List<AgentMetadata> all() {
    return agents.stream().map(ResourceAgent::metadata).toList();
  }
}
