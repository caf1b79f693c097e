package dev.quorate.daemon;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.ratis.DamagedLog;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.pair.PairLog;
import dev.quorate.daemon.pair.SurvivorFile;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Where and how a node of a cluster keeps its log.
final class LogPlace {
  private LogPlace() {}

  /// Where the log of the first epoch is.
  static Path directory(DaemonConfig config) {
    return config.stateDirectory().resolve("log");
  }

  /// Writes down what a newcomer's log is to be, before it takes part: it begins only when others
  /// take it in.
  static void take(DaemonConfig config, Enrolment.Admission admission) throws IOException {
    long copies = admission.seat().copies();
    if (copies > 0) {
      record(config).write(new SurvivorRecord(copies, SurvivorRecord.Standing.LEARNER));
    } else if (admission.seat().number() > 0) {
      long epoch = admission.seat().epoch();
      record(config).write(new SurvivorRecord(epoch, SurvivorRecord.Standing.PAIR));
      Path place = PairLog.directory(directory(config), epoch);
      DamagedLog.of(place, admission.identity().cluster(), epoch)
          .putOutOfUse(admission.seat().number());
    }
  }

  /// The log in the epoch that is on this node's record.
  static ConsensusConfig of(DaemonConfig config, Identity identity, LiveTls tls) {
    ConsensusConfig first = founding(config, identity, tls);
    SurvivorFile file = record(config);
    long epoch;
    try {
      epoch = file.read().map(SurvivorRecord::epoch).orElse(1L);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the survivor's record", e);
    }
    if (epoch == 1 && PairLog.foundedAnew(first.directory())) {
      throw file.missing();
    }
    return first.withEpoch(epoch, first.voters(), PairLog.directory(first.directory(), epoch));
  }

  /// Every node has a record, since its cluster may come to be one of two voters: whoever has none
  /// then has lost it.
  static void recordFounding(DaemonConfig config) throws IOException {
    SurvivorFile file = record(config);
    if (file.read().isEmpty()) {
      file.write(SurvivorRecord.founded());
    }
  }

  /// What says on disk in which epoch the log of this node is.
  static SurvivorFile record(DaemonConfig config) {
    return new SurvivorFile(config.stateDirectory().resolve("survivor"));
  }

  /// The log in its first epoch.
  static ConsensusConfig founding(DaemonConfig config, Identity identity, LiveTls tls) {
    SortedMap<NodeId, ConsensusConfig.Endpoint> voters = new TreeMap<>();
    identity
        .everyone()
        .forEach((node, address) ->
            voters.put(node, new ConsensusConfig.Endpoint(address, config.ports().raft())));
    if (voters.size() > ConsensusConfig.MAX_VOTERS) {
      // Such a cluster has been founded: its log knows who votes.
      voters.keySet().retainAll(List.of(identity.node()));
    }
    Duration shortest = config.timing().electionShortest();
    return ConsensusConfig.of(identity.cluster(), identity.node(), voters, directory(config), tls)
        .withElectionTimeout(shortest, shortest.multipliedBy(2))
        .withMinFreeBytes(config.logFreeBytes());
  }
}
