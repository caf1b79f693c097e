package dev.quorate.agents.core.postgresql;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.SyncPromise;

/// One deed that follows from what is seen and what is agreed.
public sealed interface PostgresDecision {
  /// Start the stopped instance, receiving from nobody.
  record StartAlone() implements PostgresDecision {}

  /// Stop at once: it is a primary and may not be.
  record StopRogue(String reason) implements PostgresDecision {}

  /// Find out whether it can follow; if not, rewind or copy it; start it as a standby.
  record ComeBack(NodeId primary) implements PostgresDecision {}

  /// Find out whether a running standby that does not receive can ever do so.
  record CheckLineage(NodeId primary) implements PostgresDecision {}

  /// Stop the walreceiver.
  record StopReceiving() implements PostgresDecision {}

  /// Stream from this node.
  record Follow(NodeId primary) implements PostgresDecision {}

  /// State what it holds.
  record CastVote(long round) implements PostgresDecision {}

  /// State that it holds nothing of use.
  record CastEmptyVote(long round, String reason) implements PostgresDecision {}

  /// Make a slot that keeps WAL from its first use on.
  record MakeSlot(String name) implements PostgresDecision {}

  /// Drop a slot.
  record DropSlot(String name) implements PostgresDecision {}

  /// Tell PostgreSQL what commits wait for.
  record ApplyNames(SyncNames names) implements PostgresDecision {}

  /// Commit what is promised.
  record CommitPromise(SyncPromise promise) implements PostgresDecision {}

  /// Give up the grant: a switchover is wanted, and this standby, which still holds the grant, need
  /// not become the primary again for it.
  record GiveUpGrant() implements PostgresDecision {}

  /// Stream from the primary for a while: the declared upstream cannot be reached.
  record LeaveCascade() implements PostgresDecision {}

  /// Look again in a moment.
  record LookAgain() implements PostgresDecision {}
}
