package dev.quorate.daemon.core.survivor;

/// What a node of a pair has on its disk of the cluster's founding, and says of itself to its peer.
///
/// @param epoch counts the foundings of the log, from 1
public record SurvivorRecord(long epoch, Standing standing) {
  /// What a node is in its epoch.
  public enum Standing {
    /// Both nodes vote: neither decides without the other.
    PAIR,
    /// The other was shown to be off, and has not been taken in again: this node alone votes.
    SOLE,
    /// The other went on alone: the log here is, or is becoming, a copy of its log.
    LEARNER
  }

  /// Checks the epoch.
  public SurvivorRecord {
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch must be positive: " + epoch);
    }
  }

  /// A cluster that was just founded.
  public static SurvivorRecord founded() {
    return new SurvivorRecord(1, Standing.PAIR);
  }

  /// Whether the other gave its vote in this node's epoch away for good, before it counted or when
  /// it left, and waits for this node to found the next one: nobody else could have founded it.
  public boolean awaitedBy(SurvivorRecord other) {
    return standing == Standing.PAIR
        && other.equals(new SurvivorRecord(epoch + 1, Standing.LEARNER));
  }

  /// Whether the other may know decisions that this node does not, and not the other way round.
  public boolean behind(SurvivorRecord other) {
    return epoch < other.epoch
        || (epoch == other.epoch
            && standing == Standing.LEARNER
            && other.standing != Standing.LEARNER);
  }
}
