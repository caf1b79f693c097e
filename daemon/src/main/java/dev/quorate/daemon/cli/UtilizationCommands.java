package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.util.Optional;
import java.util.SortedMap;

/// `node utilization` and `resource utilization`.
final class UtilizationCommands {
  private UtilizationCommands() {}

  static void node(Invocation in) {
    Words words = in.words();
    Optional<NodeId> named =
        words.has() && words.peek().indexOf('=') < 0
            ? Optional.of(in.node(words.take("NODE")))
            : Optional.empty();
    if (words.has()) {
      NodeId node =
          named
              .or(() -> in.cluster().facts().self())
              .orElseThrow(() -> HactlError.usage("NODE is missing", "name a node"));
      in.change(
          words.onlySettings("NAME=VALUE").entrySet().stream()
              .map(e -> new ConfigurationChange.SetNodeUtilization(node, e.getKey(), e.getValue()))
              .toArray(ConfigurationChange[]::new));
      return;
    }
    in.out().line("Node Utilization:");
    for (NodeDefinition node : in.configuration().nodes().values()) {
      if (named.isEmpty() || named.get().equals(node.id())) {
        show(in, node.id().name(), node.utilization());
      }
    }
  }

  static void resource(Invocation in) {
    Words words = in.words();
    Optional<ResourceId> named =
        words.has() ? Optional.of(in.resource(words.take("RESOURCE")).id()) : Optional.empty();
    if (words.has()) {
      in.change(
          words.onlySettings("NAME=VALUE").entrySet().stream()
              .map(e ->
                  new ConfigurationChange.SetUtilization(
                      named.orElseThrow(), e.getKey(), e.getValue()))
              .toArray(ConfigurationChange[]::new));
      return;
    }
    in.out().line("Resource Utilization:");
    for (ResourceDefinition resource : in.configuration().resources()) {
      if (named.isEmpty() || named.get().equals(resource.id())) {
        show(in, resource.id().name(), resource.utilization());
      }
    }
  }

  private static void show(Invocation in, String of, SortedMap<String, String> utilization) {
    if (!utilization.isEmpty()) {
      StringBuilder line = new StringBuilder("  ").append(of).append(":");
      utilization.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
      in.out().line(line.toString());
    }
  }
}
