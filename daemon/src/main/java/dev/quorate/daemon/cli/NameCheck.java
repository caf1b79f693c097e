package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finds names that mean different machines on different nodes.
final class NameCheck {
  private NameCheck() {}

  /// A line for each such name, and for each node that could not be asked.
  static List<String> lines(Invocation in) {
    List<String> lines = new ArrayList<>();
    SortedMap<String, SortedMap<String, List<String>>> meanings = new TreeMap<>();
    for (NodeDefinition node : in.configuration().nodes().values()) {
      if (in.cluster().state().node(node.id()).filter(NodeStatus::online).isEmpty()) {
        continue;
      }
      try {
        in.cluster()
            .names(node.id())
            .forEach((name, addresses) ->
                meanings
                    .computeIfAbsent(name, _ -> new TreeMap<>())
                    .computeIfAbsent(addresses, _ -> new ArrayList<>())
                    .add(node.id().name()));
      } catch (HactlError e) {
        lines.add("Names on " + node.id() + " cannot be compared: " + e.message());
      }
    }
    meanings.forEach((name, found) -> line(in, name, found, lines));
    return lines;
  }

  /// A machine's own name may mean its loopback there: Debian writes 127.0.1.1.
  private static void line(
      Invocation in, String name, SortedMap<String, List<String>> found, List<String> lines) {
    SortedMap<String, List<String>> others = new TreeMap<>(found);
    others
        .entrySet()
        .removeIf(e -> e.getKey().startsWith("127.") && e.getValue().equals(List.of(name)));
    if (others.size() < 2) {
      return;
    }
    TreeSet<String> each = new TreeSet<>();
    others.forEach(
        (addresses, nodes) -> each.add("%s on %s".formatted(addresses, String.join(", ", nodes))));
    String right =
        Optional.ofNullable(in.configuration().nodes().get(new NodeId(name)))
            .map(NodeDefinition::address)
            .orElse("the same address");
    lines.add(
        "Name %s means %s: let it mean %s in /etc/hosts of every node"
            .formatted(name, String.join(", and ", each), right));
  }
}
