package dev.quorate.daemon.cli;

import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;

/// Finds members among those that nodes are to reach as a sign of their health.
final class MemberTargets {
  private MemberTargets() {}

  /// A line for each.
  static List<String> lines(ClusterConfiguration configuration) {
    List<String> lines = new ArrayList<>();
    for (ResourceDefinition resource : configuration.resources()) {
      if (resource.agent().type().equals("ping")) {
        String hosts = resource.parameters().getOrDefault("host_list", "");
        for (String host : hosts.strip().split("[\\s,]+", -1)) {
          if (configuration.nodes().values().stream().anyMatch(n -> isOf(n, host))) {
            lines.add(
                "%s: '%s' is a node of this cluster, and the ring knows more of it: whether a third party is reached tells who is cut off; name a router in host_list"
                    .formatted(resource.id(), host));
          }
        }
      }
    }
    return lines;
  }

  private static boolean isOf(NodeDefinition node, String host) {
    return node.id().name().equals(host)
        || node.address().equals(host)
        || node.links().contains(host);
  }
}
