package dev.quorate.daemon.cli;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.daemon.config.NearestWord;
import dev.quorate.fencing.FenceDeviceReader;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.core.exchange.KnownAgents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The agents of a daemon, for whom a document is to be imported.
///
/// @param insisted whether fence agents need not be installed here
record InstalledAgents(AgentCatalog catalog, List<String> fenceAgents, boolean insisted)
    implements KnownAgents {
  @Override
  public Optional<Known> agent(AgentType name) {
    return catalog
        .find(name)
        .map(ResourceAgent::metadata)
        .map(m ->
            new Known(
                m.names().contains(name) ? name : m.names().getFirst(),
                m.promotable(),
                m.holdsData(),
                m.operations()));
  }

  @Override
  public String instead(AgentType name) {
    return NearestWord.of(name.toString(), catalog.names())
        .map(near -> "did you mean " + near + "?")
        .orElse("known are " + String.join(", ", catalog.names()));
  }

  @Override
  public List<String> problems(AgentType agent, SortedMap<String, String> parameters) {
    return catalog.find(agent).map(found -> problems(found, parameters)).orElse(List.of());
  }

  /// What is wrong with the parameters of a resource.
  static List<String> problems(ResourceAgent agent, SortedMap<String, String> parameters) {
    AgentMetadata metadata = agent.metadata();
    List<String> problems = new ArrayList<>();
    SortedMap<String, String> rest = new TreeMap<>(parameters);
    for (String name : parameters.keySet()) {
      if (!metadata.parameters().containsKey(name)) {
        rest.remove(name);
        problems.add(
            "unknown parameter '"
                + name
                + "': "
                + NearestWord.of(name, metadata.parameters().keySet())
                    .map(near -> "did you mean '" + near + "'?")
                    .orElse("known are " + String.join(", ", metadata.parameters().keySet())));
      }
    }
    problems.addAll(agent.problems(rest));
    return problems;
  }

  @Override
  public SortedMap<String, String> deviceParameters(SortedMap<String, String> typed) {
    SortedMap<String, String> parameters = new TreeMap<>();
    typed.forEach((name, value) -> parameters.put(OldWords.fenceOption(name), value));
    return parameters;
  }

  @Override
  public List<String> deviceProblems(
      String id, String agent, SortedMap<String, String> parameters) {
    List<String> problems = new ArrayList<>();
    missing(agent).ifPresent(problems::add);
    if (FenceDeviceReader.read(id, agent, parameters)
        instanceof FenceDeviceReader.Read.Invalid(var wrong)) {
      problems.addAll(wrong);
    }
    return problems;
  }

  private Optional<String> missing(String agent) {
    boolean there =
        agent.startsWith("/") ? Files.isExecutable(Path.of(agent)) : fenceAgents.contains(agent);
    return there || insisted
        ? Optional.empty()
        : Optional.of(
            "fence agent '%s' is not installed on this node: %s; if it is on the other nodes only, add --force"
                .formatted(agent, installed(agent)));
  }

  private String installed(String agent) {
    if (agent.startsWith("/")) {
      return "correct the path";
    }
    return fenceAgents.isEmpty()
        ? "install the package fence-agents, or set fence.directories in the configuration file"
        : "installed are " + String.join(", ", fenceAgents);
  }

  /// The same as an error of the command line.
  static void require(String agent, List<String> installed, boolean insisted) {
    new InstalledAgents(new AgentCatalog(List.of()), installed, insisted)
        .missing(agent)
        .ifPresent(problem -> {
          String[] parts = problem.split(": ", 2);
          throw HactlError.usage(parts[0], parts[1]);
        });
  }
}
