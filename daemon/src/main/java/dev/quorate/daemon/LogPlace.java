package dev.quorate.daemon;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/// Where and how a node of a cluster keeps its log.
final class LogPlace {
  private LogPlace() {}

  static ConsensusConfig of(DaemonConfig config, Identity identity, LiveTls tls) {
    SortedMap<NodeId, ConsensusConfig.Endpoint> voters = new TreeMap<>();
    identity
        .everyone()
        .forEach((node, address) ->
            voters.put(node, new ConsensusConfig.Endpoint(address, config.ports().raft())));
    Duration shortest = config.timing().electionShortest();
    return ConsensusConfig.of(
            identity.cluster(),
            identity.node(),
            voters,
            config.stateDirectory().resolve("log"),
            tls)
        .withElectionTimeout(shortest, shortest.multipliedBy(2));
  }
}
