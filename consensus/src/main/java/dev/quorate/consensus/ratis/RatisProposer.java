package dev.quorate.consensus.ratis;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.core.CommandAnswer;
import dev.quorate.consensus.core.CommandEnvelope;
import dev.quorate.consensus.core.UnknownFormatException;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/// Brings proposals to the leader: to the local server if it leads, else over the network, in short
/// tries, so that a dead leader costs little.
///
/// All tries of one proposal carry the same call id, by which a leader recognises what it has
/// appended already; across leaders the [CommandId] does the same.
final class RatisProposer {
  private static final int MAX_PENDING = 1024;
  private static final long RETRY_MILLIS = 10;
  private static final long LONGEST_RETRY_MILLIS = 80;

  private final ConsensusConfig config;
  private final RaftServer server;
  private final RaftGroupId group;
  private final RaftPeerId self;
  private final RaftClientRpc rpc;
  private final ClientId client;
  private final ScheduledExecutorService timer;
  private final Supplier<Leadership> leadership;
  private final Function<NodeId, RaftPeerId> peers;
  private final LongSupplier calls;
  private final SilentLeader silence = new SilentLeader();
  private final Set<Proposal> pending = ConcurrentHashMap.newKeySet();

  private static final class Proposal {
    final ByteString entry;
    final long call;
    final CompletableFuture<ProposalOutcome> outcome = new CompletableFuture<>();

    /// How many tries were not refused; with none the command is in no log.
    final AtomicInteger inDoubt = new AtomicInteger();

    /// Tries since the leadership changed.
    final AtomicInteger tries = new AtomicInteger();

    /// Whether the next try is to come.
    final AtomicBoolean waiting = new AtomicBoolean();

    Proposal(ByteString entry, long call) {
      this.entry = entry;
      this.call = call;
    }
  }

  RatisProposer(
      ConsensusConfig config,
      RaftServer server,
      RaftGroupId group,
      RaftClientRpc rpc,
      ClientId client,
      LongSupplier calls,
      ScheduledExecutorService timer,
      Supplier<Leadership> leadership,
      Function<NodeId, RaftPeerId> peers) {
    this.config = config;
    this.server = server;
    this.group = group;
    this.self = server.getId();
    this.rpc = rpc;
    this.client = client;
    this.calls = calls;
    this.timer = timer;
    this.leadership = leadership;
    this.peers = peers;
  }

  CompletableFuture<ProposalOutcome> propose(CommandId id, byte[] command) {
    if (command.length > config.bounds().maxEntryBytes()) {
      return rejected(
          "the command has %d bytes, at most %d are allowed"
              .formatted(command.length, config.bounds().maxEntryBytes()));
    }
    if (pending.size() >= MAX_PENDING) {
      return rejected(MAX_PENDING + " proposals are pending already");
    }
    ByteString entry = UnsafeByteOperations.unsafeWrap(CommandEnvelope.seal(id, command));
    Proposal proposal = new Proposal(entry, calls.getAsLong());
    pending.add(proposal);
    var _ = proposal.outcome.whenComplete((_, _) -> pending.remove(proposal));
    try {
      var _ =
          timer.schedule(
              () -> giveUp(proposal, "no answer in time"),
              config.timing().proposalTimeout().toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      giveUp(proposal, "the log is closed");
    }
    attempt(proposal);
    return proposal.outcome;
  }

  void close() {
    pending.forEach(proposal -> giveUp(proposal, "the log was closed"));
  }

  private static CompletableFuture<ProposalOutcome> rejected(String reason) {
    return CompletableFuture.completedFuture(new ProposalOutcome.Rejected(reason));
  }

  private static void giveUp(Proposal proposal, String reason) {
    proposal.outcome.complete(
        proposal.inDoubt.get() > 0
            ? new ProposalOutcome.Unknown(reason)
            : new ProposalOutcome.Rejected("no leader could be reached: " + reason));
  }

  private void attempt(Proposal proposal) {
    if (proposal.outcome.isDone()) {
      return;
    }
    switch (leadership.get()) {
      case Leadership.Leader _ -> {
        proposal.inDoubt.incrementAndGet();
        submit(proposal);
      }
      case Leadership.Follower(_, var leader) -> {
        proposal.inDoubt.incrementAndGet();
        RaftPeerId peer = peers.apply(leader);
        Thread.ofVirtual().name("forward-" + proposal.call).start(() -> forward(proposal, peer));
      }
      case Leadership.Leaderless _ -> retry(proposal);
    }
  }

  private void submit(Proposal proposal) {
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = server.submitClientRequestAsync(request(proposal, self));
    } catch (IOException e) {
      failed(proposal, e);
      return;
    }
    var _ =
        reply.whenComplete((answer, failure) -> {
          if (failure != null) {
            failed(proposal, failure);
          } else {
            answered(proposal, answer);
          }
        });
  }

  private void forward(Proposal proposal, RaftPeerId peer) {
    try {
      RaftClientReply reply = rpc.sendRequest(request(proposal, peer));
      silence.answered(peer);
      answered(proposal, reply);
    } catch (TimeoutIOException e) {
      failed(proposal, e);
      if (silence.unanswered(peer, Instant.EPOCH.plusNanos(System.nanoTime()))) {
        rpc.handleException(peer, e, true);
      }
    } catch (IOException e) {
      failed(proposal, e);
      silence.broken(peer);
      rpc.handleException(peer, e, true);
    }
  }

  private RaftClientRequest request(Proposal proposal, RaftPeerId peer) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(peer)
        .setGroupId(group)
        .setCallId(proposal.call)
        .setMessage(Message.valueOf(proposal.entry))
        .setType(RaftClientRequest.writeRequestType())
        .build();
  }

  private void answered(Proposal proposal, RaftClientReply reply) {
    if (!reply.isSuccess()) {
      failed(proposal, reply.getException());
      return;
    }
    try {
      ByteString content = reply.getMessage().getContent();
      proposal.outcome.complete(
          CommandAnswer.fromBytes(content.asReadOnlyByteBuffer()).toOutcome());
    } catch (UnknownFormatException e) {
      proposal.outcome.complete(new ProposalOutcome.Unknown(String.valueOf(e.getMessage())));
    }
  }

  private void failed(Proposal proposal, Throwable failure) {
    if (failure instanceof LeaderNotReadyException
        || failure instanceof ResourceUnavailableException) {
      proposal.inDoubt.decrementAndGet();
    }
    retry(proposal);
  }

  /// Another leads, or none: what waits for its next try need not.
  void leadershipChanged() {
    silence.changed();
    for (Proposal proposal : pending) {
      proposal.tries.set(0);
      again(proposal);
    }
  }

  private void again(Proposal proposal) {
    if (proposal.waiting.compareAndSet(true, false)) {
      attempt(proposal);
    }
  }

  /// Ever less often: many proposals that try at short intervals would keep the nodes from electing
  /// a leader.
  private void retry(Proposal proposal) {
    long pause =
        Math.min(
            LONGEST_RETRY_MILLIS, RETRY_MILLIS << Math.min(8, proposal.tries.getAndIncrement()));
    proposal.waiting.set(true);
    try {
      var _ = timer.schedule(() -> again(proposal), pause, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      giveUp(proposal, "the log is closed");
    }
  }
}
