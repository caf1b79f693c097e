package dev.quorate.consensus.core;

import java.time.Duration;
import java.util.Optional;

/// How long a follower bears a silent leader before it stands for election.
///
/// Raft (Ongaro, Ousterhout 2014, §5.2) lets each follower wait for a random time, so that they do
/// not stand at once. Here each has a place in the order of the voters, and waits longer than the
/// one before it: the first is enough if its log is.
///
/// @param longest how long the first one waits
/// @param stagger how much longer each next one does
/// @param signs how often a leader that lives is heard at least
public record LeaderPatience(Duration longest, Duration stagger, Duration signs) {
  private static final int GIVE_UP = 4;

  /// What follows from the shortest election time-out, in which a leader is heard twice.
  public static LeaderPatience of(Duration shortest) {
    return new LeaderPatience(
        shortest.multipliedBy(3).dividedBy(2), shortest.dividedBy(6), shortest.dividedBy(2));
  }

  /// How much longer to wait for a leader after an election that brought none, or none yet.
  ///
  /// Who has given its vote before an election gives it to no other for the shortest time-out:
  /// where one other vote is not enough, whoever asks next must leave it that time, else the first
  /// to ask could keep the only one that can win from being heard.
  ///
  /// @param missing how long ago a leader was known
  /// @param idle how long this node has neither stood nor voted since
  /// @param place among the voters without the last leader, from 0
  /// @param others how many voters there are without the last leader
  /// @return zero or less if it is time to stand; empty if it was tried for long enough
  public Optional<Duration> again(Duration missing, Duration idle, int place, int others) {
    Duration pause = others > 2 ? signs.multipliedBy(2) : signs;
    return missing.compareTo(longest.multipliedBy(GIVE_UP)) > 0
        ? Optional.empty()
        : Optional.of(pause.plus(stagger.multipliedBy(place + 1L)).minus(idle));
  }

  /// How much longer to wait; zero or less if it is time to stand.
  ///
  /// @param silence how long ago the leader was heard
  /// @param place among the voters without the leader, from 0
  public Duration rest(Duration silence, int place) {
    return longest.plus(stagger.multipliedBy(place)).minus(silence);
  }
}
