package dev.quorate.daemon;

import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.daemon.config.ConfigException;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.secrets.OwnerOnly;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who belongs to the cluster, as it has agreed; and the configuration file, which is made to say
/// the same, so that a daemon that starts looks for the right peers.
final class AgreedIdentity {
  private static final Logger log = LoggerFactory.getLogger(AgreedIdentity.class);

  private AgreedIdentity() {}

  /// What a node is once its peers are those that were agreed on. Before the founding is written
  /// down, and on a node that does not belong any more, it is what it was.
  static Identity of(Identity own, ClusterState state) {
    SortedMap<NodeId, NodeDefinition> nodes = state.configuration().nodes();
    if (!nodes.containsKey(own.node())) {
      return own;
    }
    SortedMap<NodeId, String> peers = new TreeMap<>();
    SortedMap<NodeId, List<String>> further = new TreeMap<>();
    SortedSet<NodeId> witnesses = new TreeSet<>();
    for (NodeDefinition node : nodes.values()) {
      if (!node.id().equals(own.node())) {
        peers.put(node.id(), node.address());
      }
      List<String> links =
          node.links().isEmpty()
              ? own.furtherLinks().getOrDefault(node.id(), List.of())
              : node.links();
      if (!links.isEmpty()) {
        further.put(node.id(), links);
      }
      if (node.witness()) {
        witnesses.add(node.id());
      }
    }
    String address = Objects.requireNonNull(nodes.get(own.node())).address();
    return new Identity(own.cluster(), own.node(), address, peers, further, witnesses);
  }

  /// By which addresses others reach a node: as was agreed, and where its log is still, if it is on
  /// its way. None if it is not of the cluster.
  static List<String> addresses(Identity agreed, Optional<ReplicatedLog> log, NodeId node) {
    String address = agreed.everyone().get(node);
    if (address == null) {
      return List.of();
    }
    return Stream.concat(
            Stream.of(address),
            log.flatMap(l -> l.members().of(node)).map(m -> m.endpoint().host()).stream())
        .distinct()
        .toList();
  }

  /// Writes down what was agreed on, in one step, if it is news. Where this node itself is stays:
  /// it moves by [AddressMover].
  ///
  /// @return the configuration that counts from now on; empty if nothing changed, or it could not
  ///   be written
  static Optional<DaemonConfig> record(DaemonConfig before, ClusterState state) {
    Identity own = before.identity().orElseThrow();
    Identity agreed = of(own, state).at(own.address());
    if (agreed.equals(own) || !Files.exists(before.file())) {
      return Optional.empty();
    }
    try {
      DaemonConfig next = write(before, agreed);
      log.atInfo().addKeyValue("members", agreed.everyone().keySet()).log("nodes written down");
      return Optional.of(next);
    } catch (IOException | ConfigException e) {
      log.atWarn()
          .addKeyValue("code", "HA-NODE-034")
          .addKeyValue("reason", e.getMessage())
          .log("the configuration file still names other nodes than the cluster has");
      return Optional.empty();
    }
  }

  /// Writes down that this node is at another address.
  ///
  /// @return the configuration that counts from now on
  static DaemonConfig moved(DaemonConfig before, String address) throws IOException {
    return write(before, before.identity().orElseThrow().at(address));
  }

  private static DaemonConfig write(DaemonConfig before, Identity identity) throws IOException {
    String text = ConfigFile.withIdentity(Files.readString(before.file()), identity);
    DaemonConfig next = ConfigFile.parse(before.file(), text);
    OwnerOnly.prepare(before.file(), text.getBytes(StandardCharsets.UTF_8), "rw-r--r--").commit();
    return next;
  }

  /// A state directory belongs to one cluster for good.
  static void requireDirectory(DaemonConfig config) throws IOException {
    String cluster = config.identity().orElseThrow().cluster();
    Path file = config.stateDirectory().resolve("cluster");
    if (!Files.exists(file)) {
      OwnerOnly.write(file, (cluster + "\n").getBytes(StandardCharsets.UTF_8));
      return;
    }
    String owner = Files.readString(file).strip();
    if (!owner.equals(cluster)) {
      throw new StartFailure(
          StartFailure.CONFIG,
          config.stateDirectory()
              + " belongs to cluster '"
              + owner
              + "', "
              + config.file()
              + " says '"
              + cluster
              + "': correct 'cluster', or move the directory away");
    }
  }
}
