package dev.quorate.consensus.simulated;

import java.time.Duration;

/// How long things take in a [SimulatedLogCluster]. Each pair is a range to draw from.
///
/// @param hopMin shortest way of a message from one node to another
/// @param hopMax longest way of a message
/// @param writeMin shortest time to make an entry durable
/// @param writeMax longest time to make an entry durable
/// @param electionMin shortest silence after which a node campaigns
/// @param electionMax longest silence after which a node campaigns; a leader steps down after it
/// @param quorumLostAfter the silence after which a node reports that its quorum is lost
/// @param proposalTimeout after it a proposal's outcome is unknown
/// @param retryEvery how often a proposal without an answer is sent again
/// @param lostAnswersPercent how many in a hundred proposals get no answer, whatever becomes of
///   them
/// @param snapshotThreshold after how many applied entries a node takes a snapshot
/// @param maxEntryBytes larger commands are rejected
public record SimulatedLogTiming(
    Duration hopMin,
    Duration hopMax,
    Duration writeMin,
    Duration writeMax,
    Duration electionMin,
    Duration electionMax,
    Duration quorumLostAfter,
    Duration proposalTimeout,
    Duration retryEvery,
    int lostAnswersPercent,
    int snapshotThreshold,
    int maxEntryBytes) {

  /// What Ratis was measured to do at its default settings.
  public static final SimulatedLogTiming DEFAULT =
      new SimulatedLogTiming(
          Duration.ofNanos(200_000),
          Duration.ofMillis(2),
          Duration.ofMillis(1),
          Duration.ofMillis(8),
          Duration.ofMillis(300),
          Duration.ofMillis(600),
          Duration.ofMillis(1200),
          Duration.ofSeconds(2),
          Duration.ofMillis(150),
          0,
          2000,
          256 * 1024);

  /// Checks the values.
  public SimulatedLogTiming {
    boolean ordered =
        hopMin.compareTo(hopMax) <= 0
            && writeMin.compareTo(writeMax) <= 0
            && electionMin.compareTo(electionMax) <= 0
            && electionMax.compareTo(quorumLostAfter) <= 0;
    if (!ordered || hopMin.isNegative() || writeMin.isNegative() || snapshotThreshold < 1) {
      throw new IllegalArgumentException("times must not be negative and ranges be ordered");
    }
  }

  /// The same with so many proposals in a hundred that get no answer.
  public SimulatedLogTiming withLostAnswersPercent(int percent) {
    return new SimulatedLogTiming(
        hopMin,
        hopMax,
        writeMin,
        writeMax,
        electionMin,
        electionMax,
        quorumLostAfter,
        proposalTimeout,
        retryEvery,
        percent,
        snapshotThreshold,
        maxEntryBytes);
  }

  /// The same with another snapshot threshold.
  public SimulatedLogTiming withSnapshotThreshold(int entries) {
    return new SimulatedLogTiming(
        hopMin,
        hopMax,
        writeMin,
        writeMax,
        electionMin,
        electionMax,
        quorumLostAfter,
        proposalTimeout,
        retryEvery,
        lostAnswersPercent,
        entries,
        maxEntryBytes);
  }
}
