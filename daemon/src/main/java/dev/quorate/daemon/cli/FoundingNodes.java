package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.Identity;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The nodes of `cluster setup`: `n1=10.0.0.1,10.1.0.1`, or as `pcs` has it, `n1 addr=10.0.0.1
/// addr=10.1.0.1`. A bare name is its own address.
final class FoundingNodes {
  private final SortedMap<NodeId, List<String>> nodes = new TreeMap<>();

  private FoundingNodes() {}

  static SortedMap<NodeId, List<String>> read(Words words) {
    FoundingNodes read = new FoundingNodes();
    NodeId last = null;
    while (words.has()) {
      String word = words.take("NODE=ADDRESS");
      if (last != null && word.matches("addr\\d?=.*")) {
        read.address(last, word.substring(word.indexOf('=') + 1));
      } else {
        last = read.node(word);
      }
    }
    read.nodes.forEach((node, addresses) -> {
      if (addresses.isEmpty()) {
        read.address(node, node.name());
      }
    });
    read.check();
    return read.nodes;
  }

  /// Those of the nodes that shall only vote.
  static SortedSet<NodeId> witnesses(Options options, Set<NodeId> nodes) {
    SortedSet<NodeId> witnesses = new TreeSet<>();
    String typed = options.own().getOrDefault(Options.WITNESS, "");
    for (String name : typed.isEmpty() ? List.<String>of() : List.of(typed.split(",", -1))) {
      NodeId witness = new NodeId(name);
      if (!nodes.contains(witness)) {
        throw HactlError.usage(
            "witness '" + name + "' is not one of the nodes",
            "name it with its address as well, as " + name + "=10.0.0.3");
      }
      witnesses.add(witness);
    }
    if (!nodes.isEmpty() && witnesses.containsAll(nodes)) {
      throw HactlError.usage("every node is a witness", "leave one that can host something");
    }
    return witnesses;
  }

  private NodeId node(String word) {
    String[] parts = word.split("=", 2);
    NodeId node = new NodeId(parts[0]);
    if (nodes.put(node, new ArrayList<>()) != null) {
      throw HactlError.usage("node '" + node + "' is named twice", "name it once");
    }
    if (parts.length > 1) {
      for (String address : parts[1].replaceFirst("^addr=", "").split(",", -1)) {
        address(node, address);
      }
    }
    return node;
  }

  private void address(NodeId node, String address) {
    if (!Identity.isAddress(address)) {
      throw HactlError.usage(
          "node '" + node + "': '" + address + "' is not an address",
          "use an IP address or a host name, as " + node + "=10.0.0.1");
    }
    for (var entry : nodes.entrySet()) {
      if (entry.getValue().contains(address)) {
        throw HactlError.usage(
            entry.getKey().equals(node)
                ? "node '" + node + "': address " + address + " is named twice"
                : "node '" + node + "': address " + address + " belongs to another node already",
            "give each node its own address");
      }
    }
    nodes.computeIfAbsent(node, _ -> new ArrayList<>()).add(address);
  }

  private void check() {
    if (nodes.values().stream().map(List::size).distinct().count() > 1) {
      throw HactlError.usage(
          "not all nodes have the same number of addresses",
          "name one address of each node for each link, in the same order");
    }
    if (nodes.values().stream().anyMatch(a -> a.size() > RingPeer.MAX_LINKS)) {
      throw HactlError.usage(
          "more than " + RingPeer.MAX_LINKS + " links are too many", "name fewer addresses");
    }
  }
}
