package dev.quorate.daemon;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.CommandEnvelope;
import dev.quorate.resource.json.ClusterJson;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Proposes commands under ids that are unique in this run of the daemon: the same ticket is the
/// same id for as long as its fate is not known.
final class Proposer {
  private final NodeId self;
  private final long run;
  private final ReplicatedLog replicated;
  private final AtomicLong counter = new AtomicLong();
  private final Map<Long, CommandId> tickets = new ConcurrentHashMap<>();

  Proposer(NodeId self, long run, ReplicatedLog replicated) {
    this.self = self;
    this.run = run;
    this.replicated = replicated;
  }

  CommandId newId() {
    return new CommandId(self, run, counter.incrementAndGet());
  }

  CompletableFuture<ProposalOutcome> propose(CommandId id, ClusterCommand command) {
    return replicated.propose(
        id, ClusterJson.encode(CommandEnvelope.of(System.currentTimeMillis(), command)));
  }

  /// The ticket is of no more interest to the node's brain.
  void forget(long ticket) {
    tickets.remove(ticket);
  }

  /// Proposes for the node's brain and tells it what became of it.
  void propose(long ticket, ClusterCommand command, Consumer<NodeEvent> events) {
    CommandId id = tickets.computeIfAbsent(ticket, _ -> newId());
    var _ =
        propose(id, command)
            .whenComplete((outcome, failure) -> {
              if (failure != null) {
                events.accept(new NodeEvent.ProposalUnsettled(ticket, String.valueOf(failure)));
                return;
              }
              switch (outcome) {
                case ProposalOutcome.Committed(LogPosition position, String answer) -> {
                  tickets.remove(ticket);
                  events.accept(
                      new NodeEvent.ProposalCommitted(
                          ticket, position, ClusterJson.decodeAnswer(answer)));
                }
                case ProposalOutcome.Rejected(var reason) ->
                    events.accept(new NodeEvent.ProposalUnsettled(ticket, reason));
                case ProposalOutcome.Unknown(var reason) ->
                    events.accept(new NodeEvent.ProposalUnsettled(ticket, reason));
              }
            });
  }
}
