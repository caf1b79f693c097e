package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.tls.TlsMaterial;
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

  private static final String EVENT_LOOP_THREADS =
      "org.apache.ratis.thirdparty.io.netty.eventLoopThreads";

  /// Kept, since a logger that nobody holds forgets its level.
  private static final List<Logger> QUIET =
      List.of(Logger.getLogger("org.apache.ratis.thirdparty.io.grpc"));

  private RatisSettings() {}

  static RaftProperties properties(ConsensusConfig config) {
    QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
    RaftProperties p = new RaftProperties();
    ConsensusConfig.Endpoint own = endpoint(config);
    RaftConfigKeys.Rpc.setType(p, SupportedRpcType.GRPC);
    GrpcConfigKeys.Server.setHost(p, own.host());
    GrpcConfigKeys.Server.setPort(p, own.port());
    RaftServerConfigKeys.setStorageDir(p, List.of(config.directory().toFile()));
    RaftServerConfigKeys.Rpc.setTimeoutMin(p, time(config.electionTimeoutMin()));
    RaftServerConfigKeys.Rpc.setTimeoutMax(p, time(config.electionTimeoutMax()));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(p, time(config.firstElectionTimeoutMin()));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(p, time(config.firstElectionTimeoutMax()));
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
    RaftServerConfigKeys.Log.Appender.setWaitTimeMin(p, TimeDuration.ZERO);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, config.snapshotThreshold());
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(p, 2);
    RaftServerConfigKeys.Snapshot.setCreationGap(p, 1);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, true);
    RaftServerConfigKeys.Log.setPurgeGap(p, 1);
    // The entries since the older of the two snapshots stay, so that it can be used.
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(p, 2L * config.snapshotThreshold());
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

  static Parameters parameters(ConsensusConfig config) {
    ConsensusConfig.TlsFiles files = config.tls();
    TlsMaterial tls = TlsMaterial.load(files.authority(), files.certificate(), files.privateKey());
    GrpcTlsConfig.Builder builder = new GrpcTlsConfig.Builder();
    builder
        .setKeyManager(tls.keyManager())
        .setTrustManager(tls.trustManager())
        .setMutualTls(true)
        .setSslProvider(SslProvider.JDK)
        .setProtocols("TLSv1.3");
    Parameters parameters = new Parameters();
    GrpcConfigKeys.TLS.setConf(parameters, builder.build());
    return parameters;
  }

  static RaftGroup group(ConsensusConfig config) {
    List<RaftPeer> peers =
        config.voters().entrySet().stream()
            .map(voter ->
                RaftPeer.newBuilder()
                    .setId(peerId(voter.getKey()))
                    .setAddress(voter.getValue().toString())
                    .build())
            .toList();
    return RaftGroup.valueOf(groupId(config.cluster(), config.epoch()), peers);
  }

  /// Each epoch of each cluster is a group of its own: an old one is never opened again.
  static RaftGroupId groupId(String cluster, long epoch) {
    byte[] name = (cluster + "\n" + epoch).getBytes(StandardCharsets.UTF_8);
    return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(name));
  }

  static Path groupDirectory(Path directory, String cluster, long epoch) {
    return directory.resolve(groupId(cluster, epoch).getUuid().toString());
  }

  static RaftPeerId peerId(NodeId node) {
    return RaftPeerId.valueOf(node.name());
  }

  static NodeId nodeId(RaftPeerId peer) {
    return new NodeId(peer.toString());
  }

  static ConsensusConfig.Endpoint endpoint(ConsensusConfig config) {
    Map<NodeId, ConsensusConfig.Endpoint> voters = config.voters();
    return Objects.requireNonNull(voters.get(config.self()));
  }

  private static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
