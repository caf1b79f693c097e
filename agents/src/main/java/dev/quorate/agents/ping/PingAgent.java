package dev.quorate.agents.ping;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.OnFail;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/// Whether a node reaches others, to be cloned: one instance looks on each node.
public final class PingAgent implements ResourceAgent {
  /// Made by the service loader.
  public PingAgent() {}

  @Override
  public AgentMetadata metadata() {
    return new AgentMetadata(
        List.of(new AgentType("ocf", "quorate", "ping"), new AgentType("ocf", "pacemaker", "ping")),
        "Makes it a part of a node's health whether it reaches others (native)",
        false,
        false,
        PingParameters.known(),
        List.of(
            operation(OperationKind.START, 0),
            operation(OperationKind.STOP, 0),
            operation(OperationKind.MONITOR, 10)));
  }

  private static OperationDefinition operation(OperationKind kind, int interval) {
    return new OperationDefinition(
        kind, Duration.ofSeconds(interval), Duration.ofSeconds(60), Role.STARTED, OnFail.RESTART);
  }

  @Override
  public List<String> problems(SortedMap<String, String> parameters) {
    return PingParameters.problems(parameters);
  }

  @Override
  public ResourceInstance open(InstanceContext context) {
    return new PingInstance(context, PingParameters.parse(context.resource().parameters()));
  }
}
