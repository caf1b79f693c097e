package dev.quorate.daemon;

import dev.quorate.daemon.cli.Cluster;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.metrics.DaemonMetrics;
import dev.quorate.daemon.secrets.OwnerOnly;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.RingPeer;
import dev.quorate.membership.ViewListener;
import dev.quorate.membership.netty.ClusterKey;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.membership.netty.RingDriver;
import dev.quorate.membership.netty.RingException;
import dev.quorate.membership.netty.RingKeys;
import dev.quorate.membership.netty.RingSetup;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeDefinition;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The ring of a node that takes part: who is to be reached on which links, first as the
/// configuration file has it, then as the cluster has agreed.
final class NodeRing implements AutoCloseable {
  private final DaemonConfig config;
  private final Identity identity;
  private final RingDriver driver;
  private volatile List<RingPeer> peers;
  private List<RingAddress> own;

  /// The configuration that was looked at last; only another one can have other nodes.
  private long seenVersion = -1;

  /// Looks whether the ring's port is to be had.
  ///
  /// @throws IOException naming it if it is not
  static void requireFreePort(String address, int port) throws IOException {
    try (DatagramSocket probe = new DatagramSocket(null)) {
      probe.bind(new InetSocketAddress(address, port));
    } catch (SocketException e) {
      throw new IOException("UDP port " + port + " of " + address + ": " + e.getMessage(), e);
    }
  }

  /// Starts the ring.
  NodeRing(
      DaemonConfig config,
      Identity identity,
      Incarnation incarnation,
      SecretStore secrets,
      InstantSource clock,
      DaemonMetrics metrics,
      HostAddresses hosts,
      ViewListener listener)
      throws IOException {
    this.config = config;
    this.identity = identity;
    SortedMap<NodeId, List<String>> founders = new TreeMap<>();
    identity
        .everyone()
        .forEach((node, address) -> founders.put(node, identity.links(node, address)));
    this.peers = peersOf(founders);
    this.own = addresses(identity.links(identity.node(), identity.address()));
    Path directory = config.stateDirectory().resolve("ring");
    OwnerOnly.directory(directory);
    driver =
        new RingDriver(
            new RingSetup(
                identity.cluster(),
                keysOf(secrets.ringKeys()),
                new Member(identity.node(), incarnation),
                own,
                peers,
                directory.resolve("sequence"),
                MembershipConfig.withTokenTimeout(config.timing().token())
                    .withTokenPerNode(config.ring().tokenPerNode())
                    .withFragment(config.ring().fragment())),
            clock,
            listener,
            hosts);
    metrics.ring(driver.counters(), this::links);
    try {
      driver.start();
    } catch (RingException e) {
      driver.close();
      throw e;
    }
  }

  private static RingKeys keysOf(SortedMap<Integer, byte[]> keys) {
    SortedMap<Integer, ClusterKey> all = new TreeMap<>();
    keys.forEach((generation, key) -> all.put(generation, ClusterKey.of(key)));
    return new RingKeys(all);
  }

  /// The keys have changed.
  void rekey(SecretStore secrets) {
    driver.rekey(keysOf(secrets.ringKeys()));
  }

  private List<RingPeer> peersOf(SortedMap<NodeId, List<String>> nodes) {
    List<RingPeer> all = new ArrayList<>();
    nodes.forEach((node, links) -> all.add(new RingPeer(node, addresses(links))));
    return List.copyOf(all);
  }

  private List<RingAddress> addresses(List<String> links) {
    return links.stream().map(address -> new RingAddress(address, config.ports().ring())).toList();
  }

  /// The cluster may have agreed on other nodes or addresses; before its founding is written down,
  /// the file counts.
  void stateChanged(ClusterState state) {
    if (state.configuration().version() == seenVersion) {
      return;
    }
    seenVersion = state.configuration().version();
    SortedMap<NodeId, List<String>> agreed = new TreeMap<>();
    for (NodeDefinition node : state.configuration().nodes().values()) {
      List<String> links = new ArrayList<>(List.of(node.address()));
      links.addAll(node.links());
      agreed.put(
          node.id(), node.links().isEmpty() ? identity.links(node.id(), node.address()) : links);
    }
    if (agreed.isEmpty()) {
      return;
    }
    List<RingPeer> next = peersOf(agreed);
    if (!next.equals(peers)) {
      peers = next;
      driver.reach(next);
    }
    List<RingAddress> here = addresses(agreed.getOrDefault(identity.node(), List.of()));
    if (here.size() == own.size() && !here.equals(own)) {
      own = here;
      driver.receiveAt(here);
    }
  }

  /// What is to be said of machines that have one name.
  List<String> twins() {
    return driver.twins().stream()
        .map(twin ->
            "TWO MACHINES speak as %s: the one at %s is refused; is it a copy of the other?"
                .formatted(twin.node(), twin.from()))
        .toList();
  }

  /// How the links do.
  List<Cluster.RingLink> links() {
    List<RingPeer> known = peers;
    return driver.links().stream()
        .map(status ->
            new Cluster.RingLink(
                status,
                known.stream()
                    .filter(p -> p.node().equals(status.peer()) && status.link() < p.links().size())
                    .map(p -> p.links().get(status.link()).host())
                    .findFirst()
                    .orElse("")))
        .toList();
  }

  /// Says something to all members, in the ring's order; false if the ring cannot take it now.
  boolean multicast(byte[] message) {
    return driver.multicast(message);
  }

  void speak(boolean on) {
    driver.speak(on);
  }

  void leave() {
    driver.leave();
  }

  @Override
  public void close() {
    driver.close();
  }
}
