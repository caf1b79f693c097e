package dev.quorate.consensus;

import dev.quorate.membership.NodeId;
import java.util.concurrent.CompletableFuture;

/// A totally ordered, durable list of commands that a majority of voters holds.
///
/// Thread-safe. Exactly-once: a [CommandId] is applied at most once; proposing it again returns the
/// first answer. Nothing read from the log's state is a safety decision: those are commands,
/// checked when they are applied.
public interface ReplicatedLog extends AutoCloseable {
  /// Proposes a command, at this node or, where another leads, by way of the leader. Completes
  /// within the configured proposal time-out, never exceptionally.
  CompletableFuture<ProposalOutcome> propose(CommandId id, byte[] command);

  /// Leadership as last seen; for status and as a hint, never for safety.
  Leadership leadership();

  /// The last position applied on this node.
  LogPosition applied();

  /// Asks another voter to lead. Completes with whether it does.
  CompletableFuture<Boolean> transferLeadership(NodeId to);

  /// Who keeps the log, as far as this node's own log says; nobody at a newcomer that was not taken
  /// in yet. Changes as the log does, not as any file does.
  LogMembers members();

  /// Whether another member has, as far as this node knows as the leader, all but the newest of
  /// what is committed, and was heard of lately. False where another node leads.
  boolean caughtUp(NodeId node);

  /// Changes one member: adds a listener, makes a listener that has caught up a voter, or removes a
  /// member. Only the leader does; and only if a majority of the voters that remain is reachable.
  /// Completes in bounded time, never exceptionally.
  ///
  /// @param target what [#members()] is to become
  CompletableFuture<MemberChangeOutcome> changeMembers(LogMembers target);

  /// Stops serving. Idempotent.
  @Override
  void close();
}
