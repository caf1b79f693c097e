package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.Identity;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `node address`: where the links of a node are, while the cluster runs.
final class NodeAddresses {
  private NodeAddresses() {}

  static Command command() {
    return Command.of(
        "node address",
        "NODE [LINK=ADDRESS…]",
        "Shows where the links of a node are, or moves all but the first, counted from 0, while the"
            + " ring goes on.",
        NodeAddresses::address);
  }

  private static void address(Invocation in) {
    NodeId node = in.node(in.words().take("NODE"));
    NodeDefinition definition = in.configuration().nodes().get(node);
    if (definition == null) {
      throw new IllegalStateException(node + " was found, and is not there");
    }
    List<String> links = new ArrayList<>(List.of(definition.address()));
    links.addAll(definition.links());
    if (!in.words().has()) {
      for (int i = 0; i < links.size(); i++) {
        in.out().line("Link " + i + ": " + links.get(i));
      }
      return;
    }
    for (Map.Entry<String, String> wanted : in.words().onlySettings("LINK=ADDRESS").entrySet()) {
      links.set(link(wanted.getKey(), node, links), address(in, node, wanted.getValue()));
    }
    if (links.stream().distinct().count() < links.size()) {
      throw HactlError.usage(
          "node '" + node + "': two links would have the same address, of " + links,
          "give each link an address of its own");
    }
    in.change(
        new ConfigurationChange.SetNodeAttribute(
            node, NodeDefinition.LINKS, String.join(",", links.subList(1, links.size()))));
    in.out()
        .remark(
            "The addresses must belong to that machine; 'hactl ring status' shows how the links do.");
  }

  private static int link(String word, NodeId node, List<String> links) {
    int link = word.matches("\\d") ? Integer.parseInt(word) : links.size();
    if (link >= links.size()) {
      throw HactlError.usage(
          "node '%s' has no link '%s'".formatted(node, word),
          "its links are 0 to %d: see 'hactl node address %s'".formatted(links.size() - 1, node));
    }
    if (link == 0) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-042",
          "the log and the admin port of %s are at the address of link 0, %s, and stay there"
              .formatted(node, links.getFirst()),
          "take the node out with 'hactl node remove %s', and in again with 'hactl node add %s ADDRESS'"
              .formatted(node, node));
    }
    return link;
  }

  private static String address(Invocation in, NodeId node, String address) {
    if (!Identity.isAddress(address)) {
      throw HactlError.usage(
          "'" + address + "' is not an address", "use an IP address or a host name, as 1=10.1.0.4");
    }
    for (NodeDefinition other : in.configuration().nodes().values()) {
      boolean used = other.address().equals(address) || other.links().contains(address);
      if (used && !other.id().equals(node)) {
        throw HactlError.usage(
            "address " + address + " belongs to node '" + other.id() + "'",
            "give each node its own address");
      }
    }
    return address;
  }
}
