package dev.quorate.resource.core.rules;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What rules are held against. Cheap to make: it copies nothing.
///
/// @param now the moment; dates are compared in whole seconds
/// @param attributes of the node, with `#uname` and its like; [Lookup#NONE] where there is no node:
///   then no attribute is defined
/// @param parameters of the resource
/// @param metaAttributes of the resource
/// @param agent of the resource; null where there is none: then no rule about agents holds
/// @param operation null where there is none: then no rule about operations holds
public record RuleContext(
    Instant now,
    Lookup attributes,
    Lookup parameters,
    Lookup metaAttributes,
    @Nullable Agent agent,
    @Nullable Operation operation) {
  /// Who runs a resource.
  ///
  /// @param agentClass such as `ocf`
  /// @param provider such as `heartbeat`; empty for classes without
  /// @param type such as `pgsqlms`
  public record Agent(String agentClass, String provider, String type) {}

  /// What is done to a resource.
  ///
  /// @param intervalMillis 0 for what is done once
  public record Operation(String name, long intervalMillis) {}

  /// Nothing but a moment.
  public static RuleContext at(Instant now) {
    return new RuleContext(now, Lookup.NONE, Lookup.NONE, Lookup.NONE, null, null);
  }

  /// The same on a node.
  public RuleContext onNode(Lookup nodeAttributes) {
    return new RuleContext(now, nodeAttributes, parameters, metaAttributes, agent, operation);
  }

  /// The same for a resource with these parameters and meta-attributes.
  public RuleContext withValues(Lookup resourceParameters, Lookup resourceMetaAttributes) {
    return new RuleContext(
        now, attributes, resourceParameters, resourceMetaAttributes, agent, operation);
  }

  /// The same for a resource of an agent.
  public RuleContext of(Agent resourceAgent) {
    return new RuleContext(now, attributes, parameters, metaAttributes, resourceAgent, operation);
  }

  /// The same for an operation.
  public RuleContext during(Operation resourceOperation) {
    return new RuleContext(now, attributes, parameters, metaAttributes, agent, resourceOperation);
  }
}
