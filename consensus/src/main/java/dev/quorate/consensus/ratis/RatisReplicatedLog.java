package dev.quorate.consensus.ratis;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogDamagedException;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogListener;
import dev.quorate.consensus.LogLostException;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.core.CommandApplier;
import dev.quorate.consensus.core.QuorumWatch;
import dev.quorate.consensus.tls.TlsException;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.time.MonotonicTime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The replicated log on Apache Ratis.
///
/// Ratis tells of a new leader but not of a missing one, so this asks the server for its state
/// every few milliseconds, and at once when Ratis says that something changed. All events come from
/// one thread.
public final class RatisReplicatedLog implements ReplicatedLog {
  private static final Logger LOG = LoggerFactory.getLogger(RatisReplicatedLog.class);

  /// Looking is the dearest part of an idle daemon.
  private static final Duration OBSERVE_EVERY = Duration.ofMillis(100);

  private static final Duration GIVE_UP = Duration.ofSeconds(2);

  /// Longer than connections to peers that are gone take to close.
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(20);

  private static final Duration LONGEST_GAP = Duration.ofMillis(250);

  private final ConsensusConfig config;
  private final LogListener listener;
  private final FreeSpace space;
  private final MonotonicTime clock = new MonotonicTime();
  private final QuorumWatch quorum;
  private final ScheduledThreadPoolExecutor timer;
  private final RatisStateMachine machine;
  private final RaftGroup group;
  private final LogMarker marker;
  private final LogMarker.Mark mark;
  private final RaftServer server;
  private final RaftClientRpc rpc;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();
  private final RatisMembers members;
  private final RatisProposer proposer;
  private final ConnectionRecycler recycler;
  private final PeerConnections connections;
  private final WarmPeers warm;
  private final Runnable deaf;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean failed = new AtomicBoolean();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean observing = new AtomicBoolean();
  private volatile Optional<Candidacy> candidacy = Optional.empty();
  private volatile Optional<ReachedMark> reached = Optional.empty();
  private volatile Leadership leadership = new Leadership.Leaderless(0);

  private RatisReplicatedLog(
      ConsensusConfig config, ReplicatedStateMachine stateMachine, LogListener listener)
      throws IOException {
    this.config = config;
    this.listener = listener;
    this.space = new FreeSpace(config.directory(), config.bounds().minFreeBytes());
    this.quorum =
        new QuorumWatch(
            config.timing().quorumLostAfter(), config.timing().electionTimeoutMin(), LONGEST_GAP);
    this.marker = LogMarker.of(config);
    this.mark = marker.mark(config.newcomer());
    this.group = RatisSettings.group(config, mark);
    this.machine =
        new RatisStateMachine(
            config.epoch(), new CommandApplier(stateMachine), this::somethingChanged, this::fail);
    RaftStorage.StartupOption option = marker.startupOption(mark);
    LogCheck.require(marker.group());
    if (mark.newcomer()) {
      // Before there is anything to recover, so that it is recovered under this name.
      marker.write(mark);
    }
    RaftProperties properties = RatisSettings.properties(config);
    RaftPeerId self = RatisSettings.peerId(config.self(), mark.incarnation());
    SyncTimers.ofProcess()
        .expect(RaftGroupMemberId.valueOf(self, group.getGroupId()), config.syncs());
    PeerGate gate = new PeerGate(config.tls());
    AckCheck acks = AckCheck.of(this::division, machine::settled);
    Parameters parameters = RatisSettings.parameters(config.tls(), gate, acks);
    this.server =
        RaftServer.newBuilder()
            .setServerId(self)
            .setGroup(group)
            .setStateMachine(machine)
            .setProperties(properties)
            .setParameters(parameters)
            .setOption(option)
            .build();
    this.rpc = new GrpcFactory(parameters).newRaftClientRpc(client, properties);
    this.members =
        new RatisMembers(config, server, group.getGroupId(), rpc, client, calls::incrementAndGet);
    this.recycler = new ConnectionRecycler(server, members::peers, clock.instant());
    this.connections = new PeerConnections(config.tls(), gate, server, rpc, members::peers);
    this.warm = new WarmPeers(server, group.getGroupId(), members::peers);
    this.deaf = config.tls().onChange(connections::changed);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("quorate-log").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.proposer =
        new RatisProposer(
            config,
            server,
            group.getGroupId(),
            rpc,
            client,
            calls::incrementAndGet,
            timer,
            this::leadership,
            members::peerId);
  }

  /// Opens this node's log: restores the state machine from the last snapshot before returning,
  /// then applies what is committed as it learns of it. Peers may be absent.
  ///
  /// @throws ConsensusException if the log cannot be opened ([LogDamagedException], or the port is
  ///   taken), or was there once and is not any more ([LogLostException]); the message says why
  public static RatisReplicatedLog start(
      ConsensusConfig config, ReplicatedStateMachine stateMachine, LogListener listener) {
    try {
      requireFreePort(RatisSettings.endpoint(config));
      Files.createDirectories(config.directory());
      new FreeSpace(config.directory(), config.bounds().minFreeBytes()).require();
    } catch (IOException e) {
      throw new ConsensusException(notOpened(config, e), e);
    }
    try {
      RatisReplicatedLog log = new RatisReplicatedLog(config, stateMachine, listener);
      try {
        log.open();
      } catch (IOException | RuntimeException e) {
        // What was opened in part may never be closed by Ratis; it votes for nobody.
        log.close(GIVE_UP);
        throw e;
      }
      return log;
    } catch (ConsensusException | TlsException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new LogDamagedException(notOpened(config, e), e);
    }
  }

  private static String notOpened(ConsensusConfig config, Throwable e) {
    return "cannot open the log of %s in %s, listening on %s: %s"
        .formatted(
            config.self(), config.directory(), config.voters().get(config.self()), rootOf(e));
  }

  /// Ratis ends the process if its port is taken.
  private static void requireFreePort(ConsensusConfig.Endpoint endpoint) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(endpoint.host(), endpoint.port()));
    }
  }

  private static String rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  private void open() throws IOException {
    server.start();
    marker.write(new LogMarker.Mark(mark.incarnation(), mark.newcomer(), true));
    observeMembers();
    long first = division().getRaftLog().getStartIndex();
    if (first > machine.applied().index() + 1) {
      throw new IOException(
          "the log begins at entry %d, the last usable snapshot ends at %d"
              .formatted(first, machine.applied().index()));
    }
    reached = Optional.of(ReachedMark.open(marker.group()));
    candidacy =
        Optional.of(
            Candidacy.of(
                division(), config.timing(), timer, OBSERVE_EVERY, this::takesPart, this::fail));
    var _ =
        timer.scheduleWithFixedDelay(
            this::observe, 0, OBSERVE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private RaftServer.Division division() throws IOException {
    return server.getDivision(group.getGroupId());
  }

  @Override
  public CompletableFuture<ProposalOutcome> propose(CommandId id, byte[] command) {
    if (closed.get() || failed.get()) {
      return CompletableFuture.completedFuture(new ProposalOutcome.Rejected("the log is closed"));
    }
    return proposer.propose(id, command);
  }

  @Override
  public Leadership leadership() {
    return leadership;
  }

  @Override
  public LogPosition applied() {
    return machine.applied();
  }

  /// Which log of this node's it is, from 1.
  public int incarnation() {
    return mark.incarnation();
  }

  @Override
  public LogMembers members() {
    return members.members();
  }

  /// Who is a member whatever becomes of entries that are not committed yet.
  public LogMembers agreedMembers() {
    return members.agreed();
  }

  @Override
  public boolean caughtUp(NodeId node) {
    return members.caughtUp(node);
  }

  @Override
  public CompletableFuture<MemberChangeOutcome> changeMembers(LogMembers target) {
    return members
        .change(target)
        .thenApply(outcome -> {
          somethingChanged();
          return outcome;
        });
  }

  @Override
  public CompletableFuture<Boolean> transferLeadership(NodeId to) {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    Thread.ofVirtual().name("transfer").start(() -> result.complete(transfer(to)));
    return result;
  }

  private boolean transfer(NodeId to) {
    RaftPeerId target = members.peerId(to);
    try {
      return switch (leadership) {
        case Leadership.Leader _ ->
            to.equals(config.self())
                || server.transferLeadership(transferRequest(server.getId(), target)).isSuccess();
        case Leadership.Follower(_, var leader) ->
            to.equals(leader)
                || rpc.sendRequest(transferRequest(members.peerId(leader), target)).isSuccess();
        case Leadership.Leaderless _ -> false;
      };
    } catch (IOException e) {
      LOG.atInfo()
          .addKeyValue("node", to)
          .addKeyValue("reason", e.getMessage())
          .log("leadership not transferred");
      return false;
    }
  }

  private TransferLeadershipRequest transferRequest(RaftPeerId at, RaftPeerId to) {
    long patience = config.timing().proposalTimeout().toMillis();
    return new TransferLeadershipRequest(
        client, at, group.getGroupId(), calls.incrementAndGet(), to, patience);
  }

  @Override
  public void close() {
    close(LONGEST_CLOSE);
  }

  private void close(Duration patience) {
    if (closed.compareAndSet(false, true)) {
      deaf.run();
      timer.shutdown();
      proposer.close();
      Silence.await(this::closeServer, patience);
    }
  }

  /// Closes, and returns as soon as this node applies nothing, and takes no request for votes or
  /// entries any more. What it had begun to answer is in its files once they are written.
  public Silence fallSilent() {
    Silence silence = abandon();
    CompletableFuture.anyOf(machine.stopped(), silence.written()).join();
    return silence;
  }

  /// Begins to do so, and waits for nothing: where the disk hangs, the log's files are not closed
  /// before it answers, but its port is, and nobody gets a sign of life.
  public Silence abandon() {
    if (!closed.compareAndSet(false, true)) {
      return Silence.OF_NOTHING;
    }
    deaf.run();
    timer.shutdown();
    proposer.close();
    return Silence.begin(
        () -> server.getServerRpc().close(),
        () -> server.getDivision(group.getGroupId()).close(),
        this::closeServer,
        Objects.requireNonNull(config.voters().get(config.self())));
  }

  private synchronized void closeServer() {
    try {
      rpc.close();
      server.close();
      if (reached.isPresent()) {
        reached.get().close();
      }
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("log not closed cleanly");
    }
  }

  // Events, all on the timer's thread.

  private void somethingChanged() {
    if (observing.compareAndSet(false, true)) {
      onTimer(() -> {
        observing.set(false);
        observe();
      });
    }
  }

  private void onTimer(Runnable action) {
    try {
      timer.execute(action);
    } catch (RejectedExecutionException _) {
      // Closed: nobody listens any more.
      return;
    }
  }

  private void fail(String reason) {
    if (!closed.get() && failed.compareAndSet(false, true)) {
      LOG.atError()
          .addKeyValue("node", config.self())
          .addKeyValue("reason", reason)
          .addKeyValue("code", "HA-LOG-001")
          .log("log failed");
      Thread.ofPlatform().daemon().name("quorate-log-close").start(this::closeServer);
      onTimer(() -> {
        become(new Leadership.Leaderless(leadership.term()));
        listener.logEvent(new LogEvent.LogFailed(reason));
      });
      proposer.close();
    }
  }

  /// Hands the leadership over, as far as somebody takes it, and stops.
  private void stopFor(String reason) {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    LOG.atError()
        .addKeyValue("node", config.self())
        .addKeyValue("reason", reason)
        .addKeyValue("code", "HA-LOG-002")
        .log("log stops for want of room");
    Thread.ofVirtual()
        .name("log-stops")
        .start(() -> {
          for (NodeId node : members.members().all().keySet()) {
            if (leadership instanceof Leadership.Leader
                && !node.equals(config.self())
                && members.caughtUp(node)
                && transfer(node)) {
              break;
            }
          }
          fail(reason);
        });
  }

  private boolean takesPart() {
    return !stopping.get() && !failed.get() && !closed.get();
  }

  private void observe() {
    if (!takesPart()) {
      return;
    }
    try {
      DivisionInfo info = division().getInfo();
      if (info.getLifeCycleState().isClosingOrClosed()
          || info.getLifeCycleState() == LifeCycle.State.EXCEPTION) {
        fail("the log was closed by the Raft server itself: " + info.getLifeCycleState());
        return;
      }
      RaftConfiguration current = observeMembers();
      Leadership now = leadershipIn(info, config.self());
      become(now);
      warm.observe(clock.instant(), now instanceof Leadership.Follower);
      Optional<String> full = space.look(clock.instant());
      if (full.isPresent()) {
        stopFor(full.get());
        return;
      }
      if (reached.isPresent()) {
        reached.get().write(machine.applied());
      }
      Instant instant = clock.instant();
      RoleInfoProto role = info.getRoleInfoProto();
      candidacy.ifPresent(c -> c.observe(role, current));
      quorum.observe(instant, members.silence(role, now, current)).forEach(listener::logEvent);
      recycler.observe(instant, role, !(now instanceof Leadership.Leaderless));
    } catch (IOException | RuntimeException | Error e) {
      fail("the log's state cannot be observed: " + e);
    }
  }

  private RaftConfiguration observeMembers() throws IOException {
    RaftConfiguration current = division().getRaftConf();
    members.observe(current, !mark.newcomer(), division().getRaftLog().getLastCommittedIndex());
    return current;
  }

  private void become(Leadership now) {
    if (!now.equals(leadership)) {
      leadership = now;
      proposer.leadershipChanged();
      listener.logEvent(new LogEvent.LeadershipChanged(now));
    }
  }

  /// A leader that has just stepped down is a follower of itself for a while: nobody leads then,
  /// and the silence goes on.
  private static Leadership leadershipIn(DivisionInfo info, NodeId self) {
    long term = info.getCurrentTerm();
    RaftPeerId leader = info.getLeaderId();
    if (info.isLeader()) {
      return info.isLeaderReady() ? new Leadership.Leader(term) : new Leadership.Leaderless(term);
    }
    boolean follows = info.isFollower() || info.isListener();
    return follows && leader != null && !RatisSettings.nodeId(leader).equals(self)
        ? new Leadership.Follower(term, RatisSettings.nodeId(leader))
        : new Leadership.Leaderless(term);
  }
}
