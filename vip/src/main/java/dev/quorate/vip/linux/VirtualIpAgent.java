package dev.quorate.vip.linux;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.OnFail;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Role;
import dev.quorate.vip.VipConfigReader;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/// The agent for a virtual address; answers to the name of IPaddr2 and takes its parameters.
public final class VirtualIpAgent implements ResourceAgent {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration MONITOR_INTERVAL = Duration.ofSeconds(10);

  /// For [java.util.ServiceLoader].
  public VirtualIpAgent() {}

  @Override
  public AgentMetadata metadata() {
    return new AgentMetadata(
        List.of(
            new AgentType("ocf", "heartbeat", "IPaddr2"), new AgentType("ocf", "quorate", "vip")),
        "an IPv4 address that moves with what it belongs to",
        false,
        false,
        VipConfigReader.PARAMETERS,
        List.of(
            operation(OperationKind.START, Duration.ZERO, OnFail.RESTART),
            operation(OperationKind.STOP, Duration.ZERO, OnFail.FENCE),
            operation(OperationKind.MONITOR, MONITOR_INTERVAL, OnFail.RESTART)));
  }

  private static OperationDefinition operation(
      OperationKind kind, Duration interval, OnFail onFail) {
    return new OperationDefinition(kind, interval, TIMEOUT, Role.STARTED, onFail);
  }

  @Override
  public List<String> problems(SortedMap<String, String> parameters) {
    return switch (VipConfigReader.read(parameters)) {
      case VipConfigReader.Read.Valid _ -> List.of();
      case VipConfigReader.Read.Invalid(var problems) -> problems;
    };
  }

  @Override
  public ResourceInstance open(InstanceContext context) {
    return switch (VipConfigReader.read(context.resource().parameters())) {
      case VipConfigReader.Read.Valid(var config) -> new VirtualIpInstance(config, context);
      case VipConfigReader.Read.Invalid(var problems) -> new MisconfiguredInstance(problems);
    };
  }
}
