package dev.quorate.consensus.simulated;

import dev.quorate.consensus.LogMember;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.core.CommandAnswer;
import dev.quorate.consensus.core.MemberChange;
import dev.quorate.membership.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What a node knows while it leads in one term: how far the others are, and who waits for what.
///
/// Invariants: an entry is committed once a majority holds it and it, or a later one, is of this
/// term; at most one message is on its way to each follower.
final class SimulatedLeadership {
  private final SimulatedLogCluster cluster;
  private final SimulatedLog node;
  private final DurableLog disk;
  private final long term;
  private final TreeMap<NodeId, Progress> followers = new TreeMap<>();
  private final TreeMap<Long, Waiter> waiters = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private boolean ready;
  private boolean ended;

  /// Who is to be told what an entry's command was answered.
  record Waiter(SimulatedLog proposer, Proposal proposal) {}

  /// Who is to be told what became of a change of members.
  private record Change(long index, CompletableFuture<MemberChangeOutcome> outcome) {}

  private static final class Progress {
    final LogMember member;
    long match;
    long sentCommit;
    @Nullable SimulatedLog inFlightTo;
    boolean again;

    Progress(LogMember member) {
      this.member = member;
    }
  }

  SimulatedLeadership(SimulatedLogCluster cluster, SimulatedLog node, DurableLog disk) {
    this.cluster = cluster;
    this.node = node;
    this.disk = disk;
    this.term = disk.term;
    followMembers();
  }

  long term() {
    return term;
  }

  boolean ready() {
    return ready;
  }

  void becomeReady() {
    ready = true;
  }

  void end() {
    ended = true;
    waiters.clear();
    changes.forEach(
        change -> change.outcome().complete(new MemberChangeOutcome.Unknown("no leader any more")));
    changes.clear();
  }

  private void followMembers() {
    LogMembers members = disk.members();
    followers
        .values()
        .removeIf(progress ->
            members
                .of(progress.member.node())
                .filter(m -> m.incarnation() == progress.member.incarnation())
                .isEmpty());
    for (LogMember member : members.all().values()) {
      if (!member.node().equals(node.id())) {
        followers.computeIfAbsent(member.node(), _ -> new Progress(member));
      }
    }
  }

  /// Whether a member has all that is committed, and is heard of.
  boolean caughtUp(NodeId member) {
    Progress progress = followers.get(member);
    SimulatedLog life = progress == null ? null : cluster.life(progress.member);
    return progress != null
        && life != null
        && cluster.hear(node, life)
        && progress.match >= node.commit();
  }

  /// Begins a change of the members, if it may be made.
  void change(LogMembers target, CompletableFuture<MemberChangeOutcome> outcome) {
    LogMembers current = disk.members();
    TreeSet<NodeId> reachable = new TreeSet<>();
    TreeSet<NodeId> caughtUp = new TreeSet<>();
    for (LogMember member : current.all().values()) {
      SimulatedLog life = cluster.life(member);
      if (life != null && cluster.hear(node, life)) {
        reachable.add(member.node());
      }
      if (caughtUp(member.node())) {
        caughtUp.add(member.node());
      }
    }
    Optional<String> refusal =
        !ready || disk.membersIndex() > node.commit()
            ? Optional.of("a change is under way already")
            : new MemberChange(current, target, node.id(), reachable, caughtUp).refusal();
    if (refusal.isPresent()) {
      outcome.complete(new MemberChangeOutcome.Refused(refusal.get()));
      return;
    }
    long index = disk.append(new DurableLog.Entry(term, ByteBuffer.allocate(0), target));
    changes.add(new Change(index, outcome));
    followMembers();
    cluster.run(node, cluster.write(), this::commitWhatMajorityHolds);
    sendToAll();
  }

  /// Appends an entry and sends it out.
  void append(ByteBuffer command, @Nullable Waiter waiter) {
    long index = disk.append(new DurableLog.Entry(term, command, null));
    if (waiter != null) {
      waiters.put(index, waiter);
    }
    cluster.run(node, cluster.write(), this::commitWhatMajorityHolds);
    sendToAll();
  }

  void sendToAll() {
    List.copyOf(followers.values()).forEach(this::send);
  }

  /// Answers whoever waits for an entry that was applied.
  void applied(long index, CommandAnswer answer) {
    Waiter waiter = waiters.remove(index);
    if (waiter == null) {
      return;
    }
    SimulatedLog proposer = waiter.proposer();
    cluster.run(
        proposer,
        cluster.hop(node, proposer),
        () -> {
          if (cluster.connected(node, proposer)) {
            proposer.complete(waiter.proposal(), answer.toOutcome());
          }
        });
  }

  private void send(Progress progress) {
    SimulatedLog target = cluster.life(progress.member);
    if (target == null || !cluster.connected(node, target)) {
      return;
    }
    if (progress.inFlightTo == target) {
      progress.again = true;
      return;
    }
    progress.inFlightTo = target;
    progress.again = false;
    cluster.run(target, cluster.hop(node, target), () -> arrive(target, progress));
  }

  private void arrive(SimulatedLog target, Progress progress) {
    if (ended || removed(progress) || node.dead() || !cluster.connected(node, target)) {
      progress.inFlightTo = null;
      return;
    }
    long before = disk.lastIndex();
    long commit = node.commit();
    boolean written = target.lastIndex() < before;
    if (!target.accept(node, disk, commit)) {
      progress.inFlightTo = null;
      cluster.run(node, cluster.hop(target, node), () -> node.stepDown(this));
      return;
    }
    Duration delay = cluster.hop(target, node).plus(written ? cluster.write() : Duration.ZERO);
    cluster.run(node, delay, () -> acknowledged(target, progress, before, commit));
  }

  private void acknowledged(SimulatedLog target, Progress progress, long match, long commit) {
    progress.inFlightTo = null;
    if (ended || removed(progress) || !cluster.connected(node, target)) {
      return;
    }
    progress.match = Math.max(progress.match, match);
    progress.sentCommit = commit;
    commitWhatMajorityHolds();
    boolean behind = progress.match < disk.lastIndex() || progress.sentCommit < node.commit();
    if (progress.again || behind) {
      send(progress);
    }
  }

  private void commitWhatMajorityHolds() {
    if (ended) {
      return;
    }
    LogMembers members = disk.members();
    long[] held =
        members.voters().stream()
            .mapToLong(voter -> voter.equals(node.id()) ? disk.lastIndex() : match(voter))
            .sorted()
            .toArray();
    long majorityHolds = held[held.length - members.majority()];
    if (majorityHolds > node.commit() && disk.termAt(majorityHolds) == term) {
      node.committed(majorityHolds);
      sendToAll();
      for (Change change : List.copyOf(changes)) {
        if (change.index() <= majorityHolds) {
          changes.remove(change);
          change.outcome().complete(new MemberChangeOutcome.Done());
        }
      }
    }
  }

  private long match(NodeId follower) {
    Progress progress = followers.get(follower);
    return progress == null ? 0 : progress.match;
  }

  private boolean removed(Progress progress) {
    return followers.get(progress.member.node()) != progress;
  }
}
