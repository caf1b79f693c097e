package dev.quorate.consensus;

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
  CompletableFuture<Boolean> transferLeadership(dev.quorate.membership.NodeId to);

  /// Stops serving. Idempotent.
  @Override
  void close();
}
