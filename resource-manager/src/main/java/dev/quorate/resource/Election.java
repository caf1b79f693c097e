package dev.quorate.resource;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Finding the node that is promoted next. One at a time for each resource, in numbered rounds.
public sealed interface Election {
  /// The number of the round; increases with each.
  long round();

  /// None is going on.
  record Idle(long round) implements Election {}

  /// Instances have been asked to stop receiving and to vote.
  ///
  /// @param expected the nodes whose votes are waited for
  /// @param preferred the node that a planned switchover names, or empty text
  record Open(
      long round,
      String reason,
      String preferred,
      LogPosition opened,
      List<NodeId> expected,
      SortedMap<NodeId, Vote> votes)
      implements Election {
    /// Copies the collections.
    public Open {
      expected = List.copyOf(expected);
      votes = Collections.unmodifiableSortedMap(new TreeMap<>(votes));
    }
  }

  /// A winner was found and may be promoted once every other condition holds.
  record Won(long round, NodeId winner, String bootId, long timeline, long position, String detail)
      implements Election {}

  /// No candidate keeps the promise; `detail` names what would help.
  record Blocked(long round, String detail, LogPosition since) implements Election {}
}
