package dev.quorate.agents.core.postgresql;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Vote;

/// What one instance holds, taken after its walreceiver was stopped: nothing more can reach it.
///
/// @param voter the node
/// @param identity which database it is a copy of: PostgreSQL's system identifier
/// @param history the line that it is on, and how it came there
/// @param end the end of its WAL, on that line
public record WalVote(NodeId voter, String identity, TimelineHistory history, Lsn end) {
  /// Reads a committed vote.
  ///
  /// @param vote a vote with a timeline
  public static WalVote of(Vote vote) {
    return new WalVote(
        vote.node(),
        vote.identity(),
        new TimelineHistory(
            new Timeline(Math.toIntExact(vote.timeline())),
            vote.lineage().stream()
                .map(s ->
                    new TimelineHistory.Switch(
                        new Timeline(Math.toIntExact(s.timeline())), new Lsn(s.position())))
                .toList()),
        new Lsn(vote.position()));
  }

  /// Says whether this instance has everything that another one has.
  ///
  /// @param other the other instance's vote
  /// @return true if the other one's WAL is a prefix of this one's
  public boolean covers(WalVote other) {
    return history.contains(other.history, other.end)
        && (!history.timeline().equals(other.history.timeline()) || end.reaches(other.end));
  }
}
