package dev.quorate.daemon.cli;

import dev.quorate.agents.Finding;
import dev.quorate.agents.Setup;
import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.core.link.LinkStatus;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Predicate;

/// What commands need of the daemon that executes them.
public interface Cluster {
  /// What this daemon knows of itself.
  NodeFacts facts();

  /// How the arbitration of two voters stands, where it is switched on.
  default Optional<PairFacts> pair() {
    return Optional.empty();
  }

  /// Why the disk of this node's log is slow; empty if it is not, as far as is known.
  default Optional<String> slowDisk() {
    return Optional.empty();
  }

  /// The other of two voters says what is on its disk.
  ///
  /// @param client who shows a certificate of the cluster
  /// @return what this node says of itself
  /// @throws HactlError if this is not for it to say, or there is no arbitration here
  default String greeted(String client, String body) {
    throw new HactlError(
        ExitCode.REFUSED,
        "HA-PAIR-005",
        "its daemon began as one of more nodes, so that it does not arbitrate",
        "restart it there with 'systemctl restart quorate', with the nodes that are in its"
            + " configuration file put right");
  }

  /// Takes an operator's word that the other of two nodes is off; returns when this one goes on
  /// alone.
  ///
  /// @return the epoch in which it does
  /// @throws HactlError if the other is not off, or may know decisions that this one lacks
  default long adopt(NodeId absent, String client, String reason) {
    throw HactlError.failed(
        "there is no arbitration of two voters here", "see 'hactl quorum status'");
  }

  /// What the cluster has agreed on, as far as this node has heard.
  ClusterState state();

  /// Every node, sorted; known even while this node does not take part.
  List<NodeId> nodes();

  /// Wall-clock time, for display.
  ZonedDateTime now();

  /// The agents of this daemon.
  AgentCatalog agents();

  /// Names of the fence agents that are installed here.
  List<String> fenceAgents();

  /// Proposes a command and waits for its answer.
  ///
  /// @return a remark, or empty text
  /// @throws HactlError if it was refused or its fate is not known
  String propose(ClusterCommand command);

  /// Waits until the agreed state fulfils the condition.
  ///
  /// @return whether it does
  boolean await(Predicate<ClusterState> condition, Duration atMost);

  /// Why the resource is where it is, line by line.
  List<String> explain(ResourceDefinition resource, Optional<NodeId> node);

  /// The last things that happened on this node, oldest first.
  List<String> history();

  /// Founds a cluster with this node as its first member.
  ///
  /// @param nodes every node with its addresses, one for each link of the ring
  /// @param witnesses those of them that only vote
  /// @param unseen whether nodes that cannot be reached are named nevertheless
  /// @return for each other node the token with which it joins
  SortedMap<NodeId, String> setup(
      String name,
      SortedMap<NodeId, List<String>> nodes,
      SortedSet<NodeId> witnesses,
      boolean unseen);

  /// Gives the ring a new key, on all nodes, and forgets the old one.
  ///
  /// @return what was done, line by line
  List<String> rekey();

  /// Has the leader take the log of a node out that has left for good, or is shown to be off.
  ///
  /// @throws HactlError if that would end the quorum, or nothing shows that the node is gone
  void forgetLog(NodeId leaver);

  /// Gives this node a new log in place of a damaged one, and waits until it is whole.
  ///
  /// @return what was done, line by line
  List<String> rebuild();

  /// Moves this node to another address, while its services go on, and waits until it takes part
  /// there.
  ///
  /// @param wanted this node as it is to be
  /// @return what was done, line by line
  /// @throws HactlError if the address is not good, or nobody could take the node in there; then
  ///   nothing was changed
  List<String> move(NodeDefinition wanted, String client);

  /// What an administrator should change about a resource on a node.
  ///
  /// @throws HactlError if the node cannot be asked, or the resource is not open there
  List<Finding> examine(NodeId node, ResourceId resource);

  /// What is left to be done about a resource's settings on a node.
  ///
  /// @param write whether what can be written is written first
  /// @throws HactlError if the node cannot be asked, or the resource is not open there
  Setup setUp(NodeId node, ResourceId resource, boolean write);

  /// Who streams from whom of a resource, as far as the ring told this node.
  default Replication replication(ResourceId resource) {
    return Replication.UNKNOWN;
  }

  /// The certificate that each node uses.
  List<CertificateFacts> certificates();

  /// Gives nodes a new key and certificate.
  ///
  /// @return what was done, line by line
  List<String> renewCertificates(List<NodeId> nodes);

  /// Replaces the authority that issues certificates, or goes on with that.
  ///
  /// @return what was done, line by line
  List<String> exchangeAuthority(String client);

  /// The last lines that a resource wrote on a node.
  ///
  /// @throws HactlError if that node cannot be asked
  List<String> lastWords(NodeId node, ResourceId resource, int lines);

  /// What addresses a node finds for the names of all nodes; a name for which it finds none is left
  /// out.
  ///
  /// @throws HactlError if that node cannot be asked
  SortedMap<String, String> names(NodeId node);

  /// How the ring's links to the other nodes do.
  List<RingLink> ringLinks();

  /// A link of the ring.
  ///
  /// @param address where the peer is on it
  record RingLink(LinkStatus status, String address) {}

  /// Makes this node, which belongs to no cluster, a member.
  ///
  /// @return the name by which it is a member
  NodeId join(String token);

  /// A new token for a node of the cluster.
  String token(NodeId node);

  /// Stops every resource here and leaves.
  void stop(Duration atMost);

  /// Takes part again after [#stop].
  void start();

  /// Has another node do the same.
  ///
  /// @param verb `start` or `stop`
  void relay(NodeId node, String verb, Duration atMost);
}
