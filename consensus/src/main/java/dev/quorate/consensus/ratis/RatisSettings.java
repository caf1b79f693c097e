package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.membership.NodeId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// A [ConsensusConfig] in Ratis' words; the only user of its configuration keys.
final class RatisSettings {
  /// How long one try to reach the leader may take: a dead leader must cost little.
  static final Duration ATTEMPT_TIMEOUT = Duration.ofMillis(150);

  static final SizeInBytes SEGMENT_SIZE = SizeInBytes.valueOf("1MB");

  /// How long a leader pauses after errors of a follower, and how often, at random between half and
  /// one and a half of it. By default it is up to 5 s, in which the follower is not heard of: it
  /// stands for election, and a leader that pauses for all of them steps down. Every try at one
  /// that is gone for long costs the leader some milliseconds of CPU.
  private static final String APPENDER_PAUSES = "1ms,10, 100ms,100, 300ms,1000000000";

  private static final char MARK = '#';

  private static final String EVENT_LOOP_THREADS =
      "org.apache.ratis.thirdparty.io.netty.eventLoopThreads";

  /// Kept, since a logger that nobody holds forgets its level.
  private static final List<Logger> QUIET =
      List.of(Logger.getLogger("org.apache.ratis.thirdparty.io.grpc"));

  /// It complains of every call that its caller gave up.
  private static final Logger SERVER =
      Logger.getLogger("org.apache.ratis.thirdparty.io.grpc.netty.NettyServerHandler");

  private RatisSettings() {}

  static RaftProperties properties(ConsensusConfig config) {
    QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
    SERVER.setLevel(Level.SEVERE);
    RaftProperties p = new RaftProperties();
    ConsensusConfig.Endpoint own = endpoint(config);
    RaftConfigKeys.Rpc.setType(p, SupportedRpcType.GRPC);
    GrpcConfigKeys.Server.setHost(p, own.host());
    GrpcConfigKeys.Server.setPort(p, own.port());
    RaftServerConfigKeys.setStorageDir(p, List.of(config.directory().toFile()));
    RaftServerConfigKeys.Rpc.setTimeoutMin(p, time(config.timing().electionTimeoutMin()));
    RaftServerConfigKeys.Rpc.setTimeoutMax(p, time(config.timing().electionTimeoutMax()));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
        p, time(config.timing().firstElectionTimeoutMin()));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
        p, time(config.timing().firstElectionTimeoutMax()));
    RaftServerConfigKeys.setStagingTimeout(
        p, time(config.timing().electionTimeoutMax().multipliedBy(8)));
    // A leader that lost sight of the others may have the longest log: as long as it waits (10 s by
    // default) before it stands again, nobody can be elected. The vote before the election keeps it
    // from disturbing anybody. One that did not run for this long steps down, too.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
        p, time(config.timing().electionTimeoutMax().multipliedBy(2)));
    RaftServerConfigKeys.Read.setLeaderLeaseEnabled(p, true);
    RaftClientConfigKeys.Rpc.setRequestTimeout(p, time(ATTEMPT_TIMEOUT));
    log(p, config);
    threads(p);
    return p;
  }

  private static void log(RaftProperties p, ConsensusConfig config) {
    RaftServerConfigKeys.Log.setSegmentSizeMax(p, SEGMENT_SIZE);
    RaftServerConfigKeys.Log.setPreallocatedSize(p, SizeInBytes.valueOf("64KB"));
    RaftServerConfigKeys.Log.setWriteBufferSize(p, SizeInBytes.valueOf("1152KB"));
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf("1MB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 2);
    // Else a request is taken for one that is under way if both begin with the same entry, and what
    // it has beyond that one is acknowledged, but never written.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(p, false);
    RaftServerConfigKeys.Log.Appender.setWaitTimeMin(p, TimeDuration.ZERO);
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(p, APPENDER_PAUSES);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, config.bounds().snapshotThreshold());
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(p, 2);
    RaftServerConfigKeys.Snapshot.setCreationGap(p, 1);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, true);
    RaftServerConfigKeys.Log.setPurgeGap(p, 1);
    // The entries since the older of the two snapshots stay, so that it can be used.
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(
        p, 2L * config.bounds().snapshotThreshold());
  }

  private static void threads(RaftProperties p) {
    // No groups of its own: they take two seconds to shut down. The shared one is kept small.
    GrpcConfigKeys.Server.setBossGroupSize(p, 0);
    GrpcConfigKeys.Server.setWorkerGroupSize(p, 0);
    GrpcConfigKeys.Client.setWorkerGroupSize(p, 0);
    if (System.getProperty(EVENT_LOOP_THREADS) == null) {
      System.setProperty(EVENT_LOOP_THREADS, "1");
    }
    GrpcConfigKeys.Server.setStubPoolSize(p, 2);
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolCached(p, true);
    RaftServerConfigKeys.ThreadPool.setProxyCached(p, true);
    RaftServerConfigKeys.ThreadPool.setServerCached(p, true);
    RaftServerConfigKeys.ThreadPool.setClientCached(p, true);
  }

  static Parameters parameters(LiveTls tls, PeerGate gate, AckCheck acks) {
    GrpcTlsConfig.Builder builder = new GrpcTlsConfig.Builder();
    builder
        .setKeyManager(tls.keyManager())
        .setTrustManager(tls.trustManager())
        .setMutualTls(true)
        .setSslProvider(SslProvider.JDK)
        .setProtocols("TLSv1.3");
    Parameters parameters = new Parameters();
    GrpcConfigKeys.TLS.setConf(parameters, builder.build());
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters, (server, _) -> server.intercept(acks).intercept(gate));
    return parameters;
  }

  /// What is told to Ratis of the log's members at the start; what the log says counts more. A
  /// newcomer knows of nobody, and listens until a leader takes it in: Ratis would let one that is
  /// not said to listen stand for election, and close itself for not being a member.
  static RaftGroup group(ConsensusConfig config, LogMarker.Mark mark) {
    List<RaftPeer> peers =
        mark.newcomer()
            ? List.of(
                peer(config.self(), mark.incarnation(), endpoint(config), RaftPeerRole.LISTENER))
            : config.voters().entrySet().stream()
                .map(voter -> peer(voter.getKey(), 1, voter.getValue(), RaftPeerRole.FOLLOWER))
                .toList();
    return RaftGroup.valueOf(groupId(config.cluster(), config.epoch()), peers);
  }

  static RaftPeer peer(
      NodeId node, int incarnation, ConsensusConfig.Endpoint endpoint, RaftPeerRole role) {
    return RaftPeer.newBuilder()
        .setId(peerId(node, incarnation))
        .setAddress(endpoint.toString())
        .setStartupRole(role)
        .build();
  }

  /// Each epoch of each cluster is a group of its own: an old one is never opened again.
  static RaftGroupId groupId(String cluster, long epoch) {
    byte[] name = (cluster + "\n" + epoch).getBytes(StandardCharsets.UTF_8);
    return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(name));
  }

  static Path groupDirectory(Path directory, String cluster, long epoch) {
    return directory.resolve(groupId(cluster, epoch).getUuid().toString());
  }

  /// The name of a node's log in Raft: the node's own, and from the second incarnation on its
  /// number behind a character that no node's name has.
  static RaftPeerId peerId(NodeId node, int incarnation) {
    return RaftPeerId.valueOf(incarnation == 1 ? node.name() : node.name() + MARK + incarnation);
  }

  static NodeId nodeId(RaftPeerId peer) {
    String name = peer.toString();
    int mark = name.indexOf(MARK);
    return new NodeId(mark < 0 ? name : name.substring(0, mark));
  }

  static int incarnation(RaftPeerId peer) {
    String name = peer.toString();
    int mark = name.indexOf(MARK);
    return mark < 0 ? 1 : Integer.parseInt(name.substring(mark + 1));
  }

  static ConsensusConfig.Endpoint endpoint(String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon);
    return new ConsensusConfig.Endpoint(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        Integer.parseInt(address.substring(colon + 1)));
  }

  static ConsensusConfig.Endpoint endpoint(ConsensusConfig config) {
    Map<NodeId, ConsensusConfig.Endpoint> voters = config.voters();
    return Objects.requireNonNull(voters.get(config.self()));
  }

  private static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
