package dev.quorate.daemon.cli;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingPeer;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.TwoNodes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// `node add` and `node remove`: who belongs to the cluster, while it runs.
final class NodeMembership {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private NodeMembership() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "node add",
            "NAME ADDRESS[,ADDRESS…] [witness|listener]",
            "Names a further node and prints how it joins. It votes once its log has caught up, unless"
                + " seven do already.",
            NodeMembership::add),
        Command.of(
            "node remove",
            "NAME [--force]",
            "Removes another node for good: one that runs is stopped first, one that is away must be"
                + " shown to be off.",
            NodeMembership::remove));
  }

  private static void add(Invocation in) {
    NodeId node = new NodeId(in.words().take("NAME"));
    List<String> addresses = List.of(in.words().take("ADDRESS").split(",", -1));
    String kind = in.words().has() ? in.words().take("witness|listener") : "";
    in.words().end();
    SortedMap<String, String> attributes = new TreeMap<>();
    switch (kind) {
      case "" -> {}
      case "witness" -> attributes.put(NodeDefinition.WITNESS, "on");
      case "listener" -> attributes.put(NodeDefinition.LISTENER, "on");
      default ->
          throw HactlError.usage(
              "'" + kind + "' is not a kind of node", "say witness or listener, or nothing");
    }
    if (addresses.size() > 1) {
      attributes.put(
          NodeDefinition.LINKS, String.join(",", addresses.subList(1, addresses.size())));
    }
    NodeDefinition wanted = new NodeDefinition(node, addresses.getFirst(), false, attributes);
    NodeDefinition known = in.configuration().nodes().get(node);
    if (known == null) {
      check(in, wanted, addresses);
      in.change(new ConfigurationChange.PutNode(wanted));
    } else if (!known.equals(wanted) || neverSeen(in, node).isEmpty()) {
      throw HactlError.usage(
          "node '" + node + "' exists already, at " + known.address(),
          "choose another name, or remove it first: hactl node remove " + node);
    }
    in.out().line("On node " + node + " type:");
    in.out().line("  hactl cluster join " + in.cluster().token(node));
    if (in.configuration().voters().size() >= ConsensusConfig.MAX_VOTERS && kind.isEmpty()) {
      in.out().remark("It will listen: " + ConsensusConfig.MAX_VOTERS + " nodes vote already.");
    }
  }

  private static Optional<NodeStatus> neverSeen(Invocation in, NodeId node) {
    return in.cluster()
        .state()
        .node(node)
        .filter(s -> s.presence() == NodeStatus.Presence.NEVER_SEEN);
  }

  private static void check(Invocation in, NodeDefinition wanted, List<String> addresses) {
    for (String address : addresses) {
      if (!Identity.isAddress(address)) {
        throw HactlError.usage(
            "'" + address + "' is not an address",
            "use IP addresses or host names, as hactl node add n4 10.0.0.4");
      }
    }
    if (addresses.size() > RingPeer.MAX_LINKS
        || addresses.stream().distinct().count() < addresses.size()) {
      throw HactlError.usage(
          "one to " + RingPeer.MAX_LINKS + " different addresses are needed, one for each link",
          "");
    }
    ClusterConfiguration configuration = in.configuration();
    for (NodeDefinition other : configuration.nodes().values()) {
      if (other.address().equals(wanted.address()) || other.links().contains(wanted.address())) {
        throw HactlError.usage(
            "address " + wanted.address() + " belongs to node '" + other.id() + "'",
            "give each node its own address");
      }
    }
    requireMajorityRule(in);
  }

  /// Where two nodes arbitrate between themselves, they have to be two.
  private static void requireMajorityRule(Invocation in) {
    if (TwoNodes.wanted(in.configuration())) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-036",
          "two-node=true is for exactly two nodes",
          "set it to false first: hactl property set two-node=false");
    }
  }

  private static void remove(Invocation in) {
    NodeId node = in.node(in.words().take("NAME"));
    in.words().end();
    NodeId self = in.cluster().facts().self().orElseThrow();
    if (node.equals(self)) {
      throw HactlError.usage("a node does not remove itself", "type this on another node");
    }
    requireMajorityRule(in);
    boolean holder =
        in.cluster().certificates().stream().anyMatch(f -> f.node().equals(node) && f.holder());
    if (holder && !in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-038",
          node + " holds the authority: without it nobody can issue certificates or tokens",
          "insist with --force; certificates then last until they expire");
    }
    NodeDefinition definition = in.configuration().nodes().get(node);
    if (definition != null && definition.voter()) {
      requireQuorumWithout(in, node);
    }
    if (in.cluster().state().online(node)) {
      Duration patience = in.options().patience().orElse(PATIENCE);
      in.cluster().relay(node, "stop", patience);
      if (!in.cluster().await(s -> !s.online(node), patience)) {
        throw HactlError.timeout(
            node + " has not left in " + patience.toSeconds() + " s",
            "see 'hactl status' for what is in the way, then type the command again");
      }
    }
    in.cluster().forgetLog(node);
    in.change(new ConfigurationChange.RemoveNode(node));
    in.out().line("Node '" + node + "' is removed.");
    in.out()
        .remark(
            "Its state directory is of no use any more; to take the machine in again, remove that,"
                + " and use 'hactl node add'.");
  }

  private static void requireQuorumWithout(Invocation in, NodeId node) {
    List<NodeId> staying =
        in.configuration().voters().stream().filter(v -> !v.equals(node)).toList();
    long online = staying.stream().filter(in.cluster().state()::online).count();
    if (online < staying.size() / 2 + 1) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-037",
          "of the voters that remain (%s) only %d take part: no majority"
              .formatted(String.join(", ", staying.stream().map(NodeId::name).toList()), online),
          "bring up the others first, or remove those that are off");
    }
  }
}
