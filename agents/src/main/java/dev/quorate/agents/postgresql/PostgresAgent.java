package dev.quorate.agents.postgresql;

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

/// PostgreSQL with streaming replication. Answers to the names of PAF and of the older agent, and
/// takes PAF's parameters.
public final class PostgresAgent implements ResourceAgent {
  /// Made by the service loader.
  public PostgresAgent() {}

  @Override
  public AgentMetadata metadata() {
    return new AgentMetadata(
        List.of(
            new AgentType("ocf", "quorate", "postgresql"),
            new AgentType("ocf", "heartbeat", "pgsqlms"),
            new AgentType("ocf", "heartbeat", "pgsql")),
        "PostgreSQL with streaming replication (native)",
        true,
        true,
        PostgresParameters.known(),
        List.of(
            operation(OperationKind.START, 0, 60, Role.STARTED, OnFail.RESTART),
            operation(OperationKind.STOP, 0, 60, Role.STARTED, OnFail.FENCE),
            operation(OperationKind.PROMOTE, 0, 30, Role.STARTED, OnFail.RESTART),
            operation(OperationKind.DEMOTE, 0, 120, Role.STARTED, OnFail.RESTART),
            operation(OperationKind.MONITOR, 5, 10, Role.PROMOTED, OnFail.RESTART),
            operation(OperationKind.MONITOR, 6, 10, Role.UNPROMOTED, OnFail.RESTART)));
  }

  private static OperationDefinition operation(
      OperationKind kind, int interval, int timeout, Role role, OnFail onFail) {
    return new OperationDefinition(
        kind, Duration.ofSeconds(interval), Duration.ofSeconds(timeout), role, onFail);
  }

  @Override
  public List<String> problems(SortedMap<String, String> parameters) {
    return PostgresParameters.problems(parameters);
  }

  @Override
  public ResourceInstance open(InstanceContext context) {
    LocalPostgres local =
        new LocalPostgres(context, PostgresParameters.parse(context.resource().parameters()));
    PostgresDriver driver = new PostgresDriver(local);
    return new PostgresResource(local, driver);
  }
}
