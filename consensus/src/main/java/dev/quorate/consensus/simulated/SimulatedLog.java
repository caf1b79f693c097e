package dev.quorate.consensus.simulated;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogListener;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.core.CommandAnswer;
import dev.quorate.consensus.core.CommandApplier;
import dev.quorate.consensus.core.CommandEnvelope;
import dev.quorate.membership.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One life of a node's simulated log, from start to crash or close.
///
/// Invariants: terms and the commit index never fall within a life; a node in contact with a leader
/// votes for nobody else; a dead node does nothing.
final class SimulatedLog implements ReplicatedLog {
  static final long EPOCH = 1;
  private static final Duration APPLY = Duration.ofNanos(100_000);

  private final SimulatedLogCluster cluster;
  private final NodeId id;
  private final DurableLog disk;
  private final CommandApplier applier;
  private final LogListener listener;
  private final List<Runnable> deferred = new ArrayList<>();
  private final List<Proposal> pending = new ArrayList<>();
  private final List<CompletableFuture<Boolean>> awaitingLeadership = new ArrayList<>();
  private final SimulatedContact contact;
  private Leadership leadership;
  private @Nullable SimulatedLeadership leading;
  private @Nullable NodeId leader;
  private long commit;
  private boolean applyScheduled;
  private long campaignCount;
  private boolean paused;
  private boolean dead;

  SimulatedLog(
      SimulatedLogCluster cluster,
      NodeId id,
      DurableLog disk,
      ReplicatedStateMachine machine,
      LogListener listener) {
    this.cluster = cluster;
    this.id = id;
    this.disk = disk;
    this.applier = new CommandApplier(machine);
    this.listener = listener;
    this.contact = new SimulatedContact(cluster, this, listener);
    this.leadership = new Leadership.Leaderless(disk.term);
  }

  void begin() {
    byte[] snapshot = disk.snapshot();
    if (snapshot != null) {
      applier.restore(snapshot);
    }
    commit = disk.snapshotIndex();
    scheduleCampaign();
  }

  @Override
  public CompletableFuture<ProposalOutcome> propose(CommandId command, byte[] bytes) {
    if (dead) {
      return CompletableFuture.completedFuture(new ProposalOutcome.Rejected("the log is closed"));
    }
    if (bytes.length > cluster.timing().maxEntryBytes()) {
      return CompletableFuture.completedFuture(
          new ProposalOutcome.Rejected("the command has " + bytes.length + " bytes, too many"));
    }
    ByteBuffer entry = ByteBuffer.wrap(CommandEnvelope.seal(command, bytes));
    Proposal proposal = new Proposal(entry, cluster.losesAnswer());
    pending.add(proposal);
    cluster.run(this, Duration.ZERO, () -> attempt(proposal));
    cluster.run(this, cluster.timing().proposalTimeout(), () -> expire(proposal));
    return proposal.outcome;
  }

  @Override
  public Leadership leadership() {
    return leadership;
  }

  @Override
  public LogPosition applied() {
    return applier.applied();
  }

  @Override
  public LogMembers members() {
    return disk.members();
  }

  @Override
  public boolean caughtUp(NodeId node) {
    return leading != null && leading.caughtUp(node);
  }

  @Override
  public CompletableFuture<MemberChangeOutcome> changeMembers(LogMembers target) {
    CompletableFuture<MemberChangeOutcome> result = new CompletableFuture<>();
    cluster.run(
        this,
        Duration.ZERO,
        () -> {
          if (leading == null) {
            result.complete(new MemberChangeOutcome.Refused("this node does not lead"));
          } else {
            leading.change(target, result);
          }
        });
    cluster.run(
        this,
        cluster.timing().proposalTimeout(),
        () -> result.complete(new MemberChangeOutcome.Unknown("not committed in time")));
    return result;
  }

  @Override
  public CompletableFuture<Boolean> transferLeadership(NodeId to) {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    Duration patience = cluster.timing().proposalTimeout();
    cluster.run(this, Duration.ZERO, () -> transfer(to, result));
    cluster.run(this, patience, () -> result.complete(false));
    return result;
  }

  @Override
  public void close() {
    if (!dead) {
      end();
      cluster.forget(this);
      pending.forEach(p -> p.outcome.complete(undecided(p, "the log was closed")));
    }
  }

  NodeId id() {
    return id;
  }

  int incarnation() {
    return disk.incarnation();
  }

  boolean dead() {
    return dead;
  }

  boolean paused() {
    return paused;
  }

  boolean leads() {
    return leading != null && leading.ready();
  }

  long term() {
    return disk.term;
  }

  long commit() {
    return commit;
  }

  long lastIndex() {
    return disk.lastIndex();
  }

  void end() {
    dead = true;
    deferred.clear();
    if (leading != null) {
      leading.end();
    }
  }

  void fail(String reason) {
    if (!dead) {
      end();
      cluster.forget(this);
      listener.logEvent(new LogEvent.LogFailed(reason));
    }
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    List<Runnable> due = List.copyOf(deferred);
    deferred.clear();
    due.forEach(action -> cluster.run(this, Duration.ZERO, action));
  }

  void perform(Runnable action) {
    if (dead) {
      return;
    }
    if (paused) {
      deferred.add(action);
    } else {
      action.run();
    }
  }

  void complete(Proposal proposal, ProposalOutcome outcome) {
    if (pending.remove(proposal)) {
      proposal.outcome.complete(outcome);
    }
  }

  private void attempt(Proposal proposal) {
    if (proposal.outcome.isDone()) {
      return;
    }
    SimulatedLog target = cluster.life(leader);
    if (target != null && cluster.connected(this, target)) {
      proposal.inDoubt++;
      cluster.run(target, cluster.hop(this, target), () -> target.receive(this, proposal));
    }
    cluster.run(this, cluster.timing().retryEvery(), () -> attempt(proposal));
  }

  private void receive(SimulatedLog proposer, Proposal proposal) {
    if (leading == null) {
      proposal.inDoubt--;
    } else if (cluster.connected(proposer, this)) {
      var waiter = new SimulatedLeadership.Waiter(proposer, proposal);
      leading.append(proposal.entry, proposal.answerLost ? null : waiter);
    }
  }

  private void expire(Proposal proposal) {
    complete(proposal, undecided(proposal, "no answer in time"));
  }

  private static ProposalOutcome undecided(Proposal proposal, String reason) {
    return proposal.inDoubt > 0
        ? new ProposalOutcome.Unknown(reason)
        : new ProposalOutcome.Rejected("no leader could be reached");
  }

  // Following.

  /// Takes over a leader's log, unless the leader's term is over.
  boolean accept(SimulatedLog from, DurableLog leaderDisk, long leaderCommit) {
    if (disk.term > from.term()) {
      return false;
    }
    if (leading != null) {
      stepDown(leading);
    }
    boolean news = leader == null || !leader.equals(from.id()) || disk.term != from.term();
    disk.term = from.term();
    leader = from.id();
    if (news) {
      announce(new Leadership.Follower(disk.term, from.id()));
    }
    if (disk.follow(leaderDisk)) {
      applier.restore(Objects.requireNonNull(disk.snapshot()));
      commit = disk.snapshotIndex();
    }
    committed(Math.max(commit, Math.min(leaderCommit, disk.lastIndex())));
    contactChanged();
    return true;
  }

  void committed(long index) {
    commit = index;
    if (!applyScheduled && applier.applied().index() < commit) {
      applyScheduled = true;
      cluster.run(this, APPLY, this::apply);
    }
  }

  LogMembers agreedMembers() {
    return disk.agreedMembers(commit);
  }

  private void apply() {
    applyScheduled = false;
    while (!dead && applier.applied().index() < commit) {
      long index = applier.applied().index() + 1;
      DurableLog.Entry entry = disk.entry(index);
      LogPosition position = new LogPosition(EPOCH, entry.term(), index);
      if (entry.command().hasRemaining()) {
        applyCommand(position, entry.command());
      } else {
        applier.advance(position);
        leadIfReady(entry.term());
      }
    }
    if (!dead
        && applier.applied().index() - disk.snapshotIndex()
            >= cluster.timing().snapshotThreshold()) {
      disk.compact(applier.applied(), applier.snapshot());
    }
  }

  private void applyCommand(LogPosition position, ByteBuffer entry) {
    CommandAnswer answer;
    try {
      answer = applier.apply(position, entry);
    } catch (RuntimeException e) {
      fail("entry " + position + " cannot be applied: " + e.getMessage());
      return;
    }
    if (leading != null) {
      leading.applied(position.index(), answer);
    }
  }

  // Leading.

  private void leadIfReady(long term) {
    if (leading != null && leading.term() == term && !leading.ready()) {
      leading.becomeReady();
      announce(new Leadership.Leader(term));
      List<CompletableFuture<Boolean>> waiting = List.copyOf(awaitingLeadership);
      awaitingLeadership.clear();
      waiting.forEach(f -> f.complete(true));
      cluster.networkChanged();
    }
  }

  void stepDown(SimulatedLeadership of) {
    if (leading == of) {
      of.end();
      leading = null;
      leader = null;
      contact.lost();
      announce(new Leadership.Leaderless(disk.term));
      scheduleCampaign();
      cluster.networkChanged();
    }
  }

  private void transfer(NodeId to, CompletableFuture<Boolean> result) {
    SimulatedLog from = cluster.life(leader);
    SimulatedLog target = cluster.life(to);
    if (result.isDone() || from == null || target == null || from.leading == null) {
      result.complete(false);
    } else if (from == target) {
      result.complete(true);
    } else if (target.disk.reaches(from.disk) && cluster.hear(from, target)) {
      target.awaitingLeadership.add(result);
      from.stepDown(from.leading);
      cluster.run(target, cluster.hop(from, target), target::win);
    } else {
      cluster.run(this, cluster.timing().hopMax(), () -> transfer(to, result));
    }
  }

  private void scheduleCampaign() {
    long count = ++campaignCount;
    cluster.run(
        this,
        cluster.electionTimeout(),
        () -> {
          if (count == campaignCount && leading == null && !contact.there()) {
            campaign();
          }
        });
  }

  private void campaign() {
    if (leader != null) {
      leader = null;
      announce(new Leadership.Leaderless(disk.term));
    }
    long count = campaignCount;
    if (electors().size() < members().majority()) {
      scheduleCampaign();
      return;
    }
    cluster.run(
        this,
        cluster.timing().hopMax().multipliedBy(2),
        () -> {
          if (count == campaignCount) {
            scheduleCampaign();
            win();
          }
        });
  }

  private void win() {
    List<SimulatedLog> electors = electors();
    if (leading != null || electors.size() < members().majority()) {
      return;
    }
    long term = electors.stream().mapToLong(SimulatedLog::term).max().orElseThrow() + 1;
    for (SimulatedLog elector : electors) {
      elector.disk.term = term;
      if (elector.leading != null) {
        elector.stepDown(elector.leading);
      }
    }
    leader = id;
    contact.lost();
    leading = new SimulatedLeadership(cluster, this, disk);
    leading.append(ByteBuffer.allocate(0), null);
    SimulatedLeadership mine = leading;
    cluster.run(
        this,
        cluster.timing().electionMax(),
        () -> {
          if (!mine.ready()) {
            stepDown(mine);
          }
        });
  }

  private boolean votes() {
    return members().of(id).filter(m -> m.voter() && m.incarnation() == incarnation()).isPresent();
  }

  /// Who would vote for this node now.
  private List<SimulatedLog> electors() {
    List<SimulatedLog> result = new ArrayList<>();
    if (!votes()) {
      return result;
    }
    for (SimulatedLog voter : cluster.liveVoters(members())) {
      boolean free = voter == this || !voter.hearsLeader();
      if (free && cluster.hear(this, voter) && disk.reaches(voter.disk)) {
        result.add(voter);
      }
    }
    return result;
  }

  // Contact: a leader hears a majority, a follower its leader.

  private boolean hearsLeader() {
    if (leading != null) {
      return leading.ready() && hearsMajority();
    }
    SimulatedLog from = cluster.life(leader);
    return from != null
        && from.leading != null
        && from.term() == disk.term
        && cluster.hear(this, from);
  }

  private boolean hearsMajority() {
    long heard =
        cluster.liveVoters(members()).stream()
            .filter(v -> cluster.hear(this, v) && v.term() <= disk.term)
            .count();
    return heard >= members().majority();
  }

  void contactChanged() {
    if (paused || dead) {
      return;
    }
    if (leading != null) {
      leading.sendToAll();
    }
    boolean now = hearsLeader();
    if (now == contact.there()) {
      return;
    }
    if (now) {
      contact.gained();
      return;
    }
    contact.lost();
    SimulatedLeadership led = leading;
    if (led == null) {
      scheduleCampaign();
    } else {
      contact.ifItLasts(cluster.timing().electionMax(), () -> stepDown(led));
    }
  }

  private void announce(Leadership now) {
    leadership = now;
    cluster.run(this, Duration.ZERO, () -> listener.logEvent(new LogEvent.LeadershipChanged(now)));
  }
}
