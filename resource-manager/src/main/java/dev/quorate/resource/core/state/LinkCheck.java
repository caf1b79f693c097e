package dev.quorate.resource.core.state;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingPeer;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.NodeDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What must hold of the addresses of the ring's links.
final class LinkCheck {
  private static final String ADDRESS = "[0-9A-Za-z.:_-]{1,253}";

  private LinkCheck() {}

  static void check(ClusterConfiguration configuration, ConfigurationProblems problems) {
    TreeMap<String, NodeId> first = new TreeMap<>();
    configuration.nodes().values().forEach(node -> first.putIfAbsent(node.address(), node.id()));
    TreeMap<String, NodeId> further = new TreeMap<>();
    for (NodeDefinition node : configuration.nodes().values()) {
      for (String address : addresses(node)) {
        if (!address.matches(ADDRESS)) {
          problems.add(
              "HA-CONF-077",
              "node %s: '%s' is not an address of a link".formatted(node.id(), address),
              "use IP addresses or host names, one for each link");
          continue;
        }
        NodeId other = first.getOrDefault(address, further.put(address, node.id()));
        if (other != null) {
          problems.add(
              "HA-CONF-078",
              other.equals(node.id())
                  ? "node %s: two links have the address %s".formatted(node.id(), address)
                  : "address %s belongs to node %s and to node %s"
                      .formatted(address, other, node.id()),
              "give each node its own address on each link");
        }
      }
    }
  }

  /// Those of the second and further links, empty ones included.
  private static List<String> addresses(NodeDefinition node) {
    String links = node.attributes().getOrDefault(NodeDefinition.LINKS, "");
    List<String> all = links.isEmpty() ? List.of() : new ArrayList<>(List.of(links.split(",", -1)));
    return all.size() < RingPeer.MAX_LINKS ? all : List.of("more than " + RingPeer.MAX_LINKS);
  }
}
