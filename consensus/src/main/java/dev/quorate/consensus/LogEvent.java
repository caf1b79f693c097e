package dev.quorate.consensus;

/// What the log reports of itself, besides entries.
///
/// A log starts without quorum and leaderless, and says nothing of it: the first event about quorum
/// is [QuorumRegained].
public sealed interface LogEvent {
  /// Leadership as seen by this node changed.
  record LeadershipChanged(Leadership leadership) implements LogEvent {}

  /// No majority of voters was heard of for the configured time (leader: no majority acknowledges;
  /// follower: no leader).
  record QuorumLost(String reason) implements LogEvent {}

  /// A leader with a majority is known again.
  record QuorumRegained() implements LogEvent {}

  /// The local log is damaged, full or closed; this node must stop and be rebuilt.
  record LogFailed(String reason) implements LogEvent {}
}
