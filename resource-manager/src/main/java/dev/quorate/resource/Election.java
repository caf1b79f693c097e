package dev.quorate.resource;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Finding the node that is promoted next. One at a time for each resource, in numbered rounds.
public sealed interface Election {
  /// The number of the round; increases with each.
  long round();

  /// None is going on.
  ///
  /// @param outcome what came of the last one, in plain words; empty text if there was none
  record Idle(long round, String outcome) implements Election {
    /// None was of interest.
    public Idle(long round) {
      this(round, "");
    }
  }

  /// Instances have been asked to stop receiving and to vote.
  ///
  /// @param expected the nodes whose votes are waited for
  /// @param preferred the node that a planned switchover names, or empty text
  /// @param lastWrite how far the previous holder had written, if anybody heard
  record Open(
      long round,
      String reason,
      String preferred,
      LogPosition opened,
      List<NodeId> expected,
      SortedMap<NodeId, Vote> votes,
      Optional<LastWrite> lastWrite)
      implements Election {
    /// Copies the collections.
    public Open {
      expected = List.copyOf(expected);
      votes = Collections.unmodifiableSortedMap(new TreeMap<>(votes));
    }

    /// A round before which nobody heard anything.
    public Open(
        long round,
        String reason,
        String preferred,
        LogPosition opened,
        List<NodeId> expected,
        SortedMap<NodeId, Vote> votes) {
      this(round, reason, preferred, opened, expected, votes, Optional.empty());
    }

    /// The same with other votes.
    public Open with(SortedMap<NodeId, Vote> other) {
      return new Open(round, reason, preferred, opened, expected, other, lastWrite);
    }
  }

  /// A winner was found and may be promoted once every other condition holds.
  record Won(long round, NodeId winner, String bootId, long timeline, long position, String detail)
      implements Election {}

  /// No candidate keeps the promise; `detail` names what would help.
  record Blocked(long round, String detail, LogPosition since) implements Election {}
}
