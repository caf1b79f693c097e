package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.LogListener;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ReplicatedLogContract;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.tls.ClusterAuthority;
import dev.quorate.consensus.tls.Credentials;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.consensus.tls.TlsMaterial;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/// Real servers in this JVM, on the loopback interface, with TLS.
final class RatisBench implements ReplicatedLogContract.Bench {
  private static final String RELAYED = "127.0.0.1";

  /// Of this bench alone: a port that was free there a moment ago is taken by nobody, not by the
  /// near end of some connection either, which are all at another address.
  private final String host =
      "127.%d.%d.%d".formatted(among(64, 128), among(0, 256), among(1, 255));

  private final Path directory;
  private final UnaryOperator<ConsensusConfig> adjust;
  private final ClusterAuthority authority = ClusterAuthority.create("bench", Instant.now());
  private final Map<NodeId, ConsensusConfig.Endpoint> voters = new TreeMap<>();
  private final Map<NodeId, ConsensusConfig.Endpoint> others = new TreeMap<>();
  private final Map<NodeId, LiveTls> keys = new TreeMap<>();
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();
  private final Map<NodeId, SilentLink> links = new TreeMap<>();

  RatisBench(Path directory, List<NodeId> nodes, UnaryOperator<ConsensusConfig> adjust) {
    this.directory = directory;
    this.adjust = adjust;
    for (NodeId node : nodes) {
      voters.put(node, new ConsensusConfig.Endpoint(host, freePort()));
      equip(node);
    }
  }

  private void equip(NodeId node) {
    keys.put(node, new LiveTls(TlsMaterial.of(issued(node))));
  }

  /// Lets every node be reached by way of a link that can be cut.
  Map<NodeId, SilentLink> relayAll() {
    voters.forEach((node, endpoint) -> links.put(node, new SilentLink(endpoint)));
    return links;
  }

  /// Nothing that is sent to that node arrives.
  void silence(NodeId node) {
    Objects.requireNonNull(links.get(node)).cut();
  }

  private static int among(int from, int to) {
    return ThreadLocalRandom.current().nextInt(from, to);
  }

  private int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(host))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Credentials issued(NodeId node) {
    return authority.issue(node, hosts(), Instant.now());
  }

  /// By which addresses the nodes are reached.
  List<String> hosts() {
    return List.of(host, RELAYED);
  }

  ClusterAuthority authority() {
    return authority;
  }

  LiveTls tls(NodeId node) {
    return Objects.requireNonNull(keys.get(node));
  }

  ConsensusConfig config(NodeId node) {
    Map<NodeId, ConsensusConfig.Endpoint> seen = new TreeMap<>(voters);
    seen.put(node, endpoint(node));
    links.forEach((other, link) -> {
      if (!other.equals(node)) {
        seen.put(other, new ConsensusConfig.Endpoint(RELAYED, link.port()));
      }
    });
    return adjust.apply(
        ConsensusConfig.of(
            "bench", node, seen, directory.resolve(node.name()).resolve("log"), tls(node)));
  }

  @Override
  public ReplicatedLog start(NodeId node, ReplicatedStateMachine machine, LogListener listener) {
    return start(config(node), machine, listener);
  }

  @Override
  public ReplicatedLog startNewcomer(
      NodeId node, int incarnation, ReplicatedStateMachine machine, LogListener listener) {
    ConsensusConfig config = newcomer(node, incarnation);
    try {
      DamagedLog old = DamagedLog.of(config);
      if (old.incarnation() < incarnation) {
        old.putOutOfUse(incarnation);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return start(config, machine, listener);
  }

  /// What a node is told that founded nothing, or comes back without its log.
  ConsensusConfig newcomer(NodeId node, int incarnation) {
    return config(node).asNewcomer(incarnation).withVoters(Map.of(node, endpoint(node)));
  }

  ReplicatedLog start(
      ConsensusConfig config, ReplicatedStateMachine machine, LogListener listener) {
    ReplicatedLog log = RatisReplicatedLog.start(config, machine, listener);
    logs.put(config.self(), log);
    return log;
  }

  @Override
  public ConsensusConfig.Endpoint endpoint(NodeId node) {
    ConsensusConfig.Endpoint founding = voters.get(node);
    if (founding != null) {
      return founding;
    }
    return others.computeIfAbsent(
        node,
        _ -> {
          equip(node);
          return new ConsensusConfig.Endpoint(host, freePort());
        });
  }

  @Override
  public void stop(NodeId node) {
    ReplicatedLog log = logs.remove(node);
    if (log != null) {
      log.close();
    }
  }

  @Override
  public boolean await(Duration patience, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  @Override
  public void close() {
    logs.values().forEach(ReplicatedLog::close);
  }
}
