package dev.quorate.consensus;

import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.membership.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How a node takes part in the replicated log.
///
/// @param cluster the cluster's name; logs of different clusters never mix
/// @param epoch counts the forced re-foundings of the log, from 1
/// @param newcomer 0 if this node founds the log together with the voters; otherwise the
///   incarnation under which a leader will take it into a log that others keep. Counts only until a
///   log was begun here
/// @param self this node
/// @param voters every founding voter, this node included, and where its log listens; of a newcomer
///   and of a log that was begun only this node's own entry counts, since the log knows its members
/// @param directory where the log and its snapshots live; used by nothing else
/// @param tls this node's key and trust, exchanged while the log is open
/// @param timing how long it waits for what
/// @param bounds how much it may hold
/// @param syncs hears how long the disk takes
public record ConsensusConfig(
    String cluster,
    long epoch,
    int newcomer,
    NodeId self,
    SortedMap<NodeId, Endpoint> voters,
    Path directory,
    LiveTls tls,
    Timing timing,
    Bounds bounds,
    SyncListener syncs) {

  /// The most voters that a cluster may have.
  public static final int MAX_VOTERS = 7;

  private static final Duration ELECTION_MIN = Duration.ofMillis(300);
  private static final Duration ELECTION_MAX = Duration.ofMillis(600);
  private static final Duration PROPOSAL_TIMEOUT = Duration.ofSeconds(2);
  private static final int SNAPSHOT_THRESHOLD = 2000;

  /// Larger commands are rejected, if nothing else is said.
  public static final int MAX_ENTRY_BYTES = 256 * 1024;

  private static final long MIN_FREE_BYTES = 64L << 20;
  private static final int LARGEST_ENTRY_BYTES = 512 * 1024;

  /// Where a node's log listens.
  ///
  /// @param host an address, or a name that every node resolves
  public record Endpoint(String host, int port) {
    /// Checks the values.
    public Endpoint {
      if (host.isBlank() || port < 1 || port > 65535) {
        throw new IllegalArgumentException("not a host and a port: '" + host + "', " + port);
      }
    }

    @Override
    public String toString() {
      return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
  }

  /// How long a log waits for what.
  ///
  /// @param electionTimeoutMin shortest silence of the leader after which a node stands for
  ///   election; a leader is heard of twice in this time
  /// @param electionTimeoutMax longest such silence; a leader that hears of no majority steps down
  ///   after it
  /// @param firstElectionTimeoutMin as `electionTimeoutMin`, for the first election after a start
  /// @param firstElectionTimeoutMax as `electionTimeoutMax`, for the first election after a start
  /// @param quorumLostAfter the silence after which the loss of quorum is reported; longer than a
  ///   change of leader takes
  /// @param proposalTimeout after it, the outcome of a proposal is unknown
  public record Timing(
      Duration electionTimeoutMin,
      Duration electionTimeoutMax,
      Duration firstElectionTimeoutMin,
      Duration firstElectionTimeoutMax,
      Duration quorumLostAfter,
      Duration proposalTimeout) {
    /// Checks the values.
    public Timing {
      boolean ordered =
          electionTimeoutMin.compareTo(Duration.ofMillis(50)) >= 0
              && electionTimeoutMin.compareTo(electionTimeoutMax) < 0
              && firstElectionTimeoutMin.compareTo(firstElectionTimeoutMax) < 0;
      if (!ordered) {
        throw new IllegalArgumentException(
            "election time-outs must be at least 50 ms, and each minimum below its maximum");
      }
      if (quorumLostAfter.compareTo(electionTimeoutMax) < 0) {
        throw new IllegalArgumentException(
            "quorum cannot be reported lost after "
                + quorumLostAfter
                + ", before an election may begin");
      }
    }

    /// Election time-outs, and what follows from them by default.
    static Timing of(Duration min, Duration max, Duration proposalTimeout) {
      return new Timing(
          min, max, min.multipliedBy(2), max.multipliedBy(2), max.multipliedBy(3), proposalTimeout);
    }

    private Timing withFirstElection(Duration min, Duration max) {
      return new Timing(
          electionTimeoutMin, electionTimeoutMax, min, max, quorumLostAfter, proposalTimeout);
    }
  }

  /// How much a log may hold.
  ///
  /// @param snapshotThreshold a snapshot is taken each time so many entries were applied
  /// @param maxEntryBytes larger commands are rejected
  /// @param minFreeBytes with less room on the file system of the directory the log stops, before a
  ///   write fails
  public record Bounds(int snapshotThreshold, int maxEntryBytes, long minFreeBytes) {
    /// Checks the values.
    public Bounds {
      if (snapshotThreshold < 1 || maxEntryBytes < 1 || maxEntryBytes > LARGEST_ENTRY_BYTES) {
        throw new IllegalArgumentException(
            "snapshot threshold must be positive and entries have 1 to "
                + LARGEST_ENTRY_BYTES
                + " bytes");
      }
    }
  }

  /// Checks the values.
  public ConsensusConfig {
    voters = Collections.unmodifiableSortedMap(new TreeMap<>(voters));
    if (!voters.containsKey(self)) {
      throw new IllegalArgumentException("node " + self + " is not among the voters " + voters);
    }
    if (voters.size() > MAX_VOTERS) {
      throw new IllegalArgumentException(
          voters.size() + " voters, at most " + MAX_VOTERS + " are allowed");
    }
    if (epoch < 1 || newcomer < 0) {
      throw new IllegalArgumentException(
          "epoch must be positive, and the incarnation of a newcomer: " + epoch + ", " + newcomer);
    }
  }

  /// The defaults for a node of a cluster.
  public static ConsensusConfig of(
      String cluster, NodeId self, Map<NodeId, Endpoint> voters, Path directory, LiveTls tls) {
    return new ConsensusConfig(
        cluster,
        1,
        0,
        self,
        new TreeMap<>(voters),
        directory,
        tls,
        Timing.of(ELECTION_MIN, ELECTION_MAX, PROPOSAL_TIMEOUT),
        new Bounds(SNAPSHOT_THRESHOLD, MAX_ENTRY_BYTES, MIN_FREE_BYTES),
        SyncListener.NONE);
  }

  /// The same with other election time-outs, and what follows from them by default.
  public ConsensusConfig withElectionTimeout(Duration min, Duration max) {
    return with(Timing.of(min, max, timing.proposalTimeout()), bounds, syncs);
  }

  /// The same with another patience before the first election.
  public ConsensusConfig withFirstElection(Duration min, Duration max) {
    return with(timing.withFirstElection(min, max), bounds, syncs);
  }

  /// The same with another snapshot threshold.
  public ConsensusConfig withSnapshotThreshold(int entries) {
    return with(timing, new Bounds(entries, bounds.maxEntryBytes(), bounds.minFreeBytes()), syncs);
  }

  /// The same with another bound for the room on its file system.
  public ConsensusConfig withMinFreeBytes(long bytes) {
    return with(
        timing, new Bounds(bounds.snapshotThreshold(), bounds.maxEntryBytes(), bytes), syncs);
  }

  /// The same with somebody who hears how long the disk takes.
  public ConsensusConfig withSyncs(SyncListener listener) {
    return with(timing, bounds, listener);
  }

  private ConsensusConfig with(Timing other, Bounds others, SyncListener hearer) {
    return new ConsensusConfig(
        cluster, epoch, newcomer, self, voters, directory, tls, other, others, hearer);
  }

  /// The same in another epoch.
  ///
  /// @param electing who votes in it
  /// @param place where its log lives
  public ConsensusConfig withEpoch(long number, Map<NodeId, Endpoint> electing, Path place) {
    return reopened(number, newcomer, new TreeMap<>(electing), place);
  }

  /// The same with other founding voters, this node among them.
  public ConsensusConfig withVoters(Map<NodeId, Endpoint> others) {
    return reopened(epoch, newcomer, new TreeMap<>(others), directory);
  }

  /// The same for a node that waits until a leader takes it in.
  ///
  /// @param incarnation higher than any that the node had in this epoch
  public ConsensusConfig asNewcomer(int incarnation) {
    return reopened(epoch, incarnation, voters, directory);
  }

  private ConsensusConfig reopened(
      long era, int incarnation, SortedMap<NodeId, Endpoint> who, Path place) {
    return new ConsensusConfig(
        cluster, era, incarnation, self, who, place, tls, timing, bounds, syncs);
  }
}
