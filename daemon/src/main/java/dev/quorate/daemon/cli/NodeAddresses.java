package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.Identity;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `node address`: where the links of a node are, while the cluster runs.
final class NodeAddresses {
  private NodeAddresses() {}

  static Command command() {
    return Command.of(
        "node address",
        "NODE [LINK=ADDRESS…]",
        "Shows where the links of a node are, or moves them while the cluster goes on. They are"
            + " counted from 0; link 0, which the log and the member port are on, moves by a command on"
            + " that node.",
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
    String further = String.join(",", links.subList(1, links.size()));
    if (links.getFirst().equals(definition.address())) {
      in.change(new ConfigurationChange.SetNodeAttribute(node, NodeDefinition.LINKS, further));
      in.out()
          .remark(
              "The addresses must belong to that machine; 'hactl ring status' shows how the links do.");
    } else {
      requireHere(in, node);
      in.cluster()
          .move(definition.at(links.getFirst(), further), in.client())
          .forEach(in.out()::line);
      in.out()
          .remark(
              "Tokens that name the old address are of no use any more, and its PostgreSQL must listen"
                  + " at the new one.");
    }
  }

  private static void requireHere(Invocation in, NodeId node) {
    if (!in.cluster().facts().self().equals(Optional.of(node))) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-042",
          "the log and the member port of %s are at the address of link 0: only that node itself can move them"
              .formatted(node),
          "type it on %s; if it is down for good, 'hactl node remove %s', then 'hactl node add %s ADDRESS'"
              .formatted(node, node, node));
    }
  }

  private static int link(String word, NodeId node, List<String> links) {
    int link = word.matches("\\d") ? Integer.parseInt(word) : links.size();
    if (link >= links.size()) {
      throw HactlError.usage(
          "node '%s' has no link '%s'".formatted(node, word),
          "its links are 0 to %d: see 'hactl node address %s'".formatted(links.size() - 1, node));
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
