package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ConfigurationChange;
import java.util.List;
import java.util.stream.Stream;

/// `node …`
final class NodeCommands {
  private NodeCommands() {}

  static List<Command> all() {
    return Stream.concat(NodeMembership.all().stream(), own().stream()).toList();
  }

  private static List<Command> own() {
    return List.of(
        NodeAddresses.command(),
        Command.of(
            "node standby",
            "[NODE…] [--all] [--wait[=S]]",
            "Moves every resource away and keeps them away.",
            in -> set(in, "standby", "on")),
        Command.of(
            "node unstandby",
            "[NODE…] [--all]",
            "Lets the node host resources again.",
            in -> set(in, "standby", "")),
        Command.of(
            "node maintenance",
            "[NODE…] [--all]",
            "Leaves everything on the node alone.",
            in -> set(in, "maintenance", "on")),
        Command.of(
            "node unmaintenance",
            "[NODE…] [--all]",
            "Looks after the node again.",
            in -> set(in, "maintenance", "")),
        Command.of(
            "node utilization",
            "[NODE] [NAME=VALUE…]",
            "Shows or sets what a node has that resources use; an empty value removes.",
            UtilizationCommands::node),
        Command.of(
                "node rebuild",
                "--yes",
                "Gives this node a new log, copied from the others, in place of a damaged one.",
                NodeCommands::rebuild)
            .anywhere(),
        Command.of(
            "node attribute",
            "[NODE] [NAME=VALUE…]",
            "Shows or sets permanent node attributes; an empty value removes.",
            NodeCommands::attribute));
  }

  private static List<NodeId> nodes(Invocation in) {
    if (in.options().all()) {
      in.words().end();
      return List.copyOf(in.configuration().nodes().keySet());
    }
    List<NodeId> named = in.words().rest().stream().map(in::node).toList();
    return named.isEmpty() ? in.cluster().facts().self().stream().toList() : named;
  }

  private static void set(Invocation in, String name, String value) {
    List<NodeId> nodes = nodes(in);
    in.change(
        nodes.stream()
            .map(node -> new ConfigurationChange.SetNodeAttribute(node, name, value))
            .toArray(ConfigurationChange[]::new));
    if (name.equals("standby") && !value.isEmpty()) {
      in.settle(
          "nothing runs there",
          state -> nodes.stream().allMatch(node -> Placements.idle(state, node)));
    }
  }

  private static void rebuild(Invocation in) {
    in.words().end();
    if (!in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-032",
          "the log of this node is put out of use, and another is copied from the other nodes",
          "add --yes; a log that is not damaged is left alone");
    }
    in.cluster().rebuild().forEach(in.out()::line);
  }

  private static void attribute(Invocation in) {
    if (!in.words().has()) {
      in.configuration()
          .nodes()
          .values()
          .forEach(node ->
              node.attributes().forEach((k, v) -> in.out().line(node.id() + ": " + k + "=" + v)));
      return;
    }
    NodeId node = in.node(in.words().take("NODE"));
    in.change(
        in.words().onlySettings("NAME=VALUE").entrySet().stream()
            .map(e -> new ConfigurationChange.SetNodeAttribute(node, e.getKey(), e.getValue()))
            .toArray(ConfigurationChange[]::new));
  }
}
