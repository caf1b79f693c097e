package dev.quorate.consensus.simulated;

import dev.quorate.consensus.core.CommandAnswer;
import dev.quorate.membership.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
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
  private boolean ready;
  private boolean ended;

  /// Who is to be told what an entry's command was answered.
  record Waiter(SimulatedLog proposer, Proposal proposal) {}

  private static final class Progress {
    long match;
    long sentCommit;
    @Nullable SimulatedLog inFlightTo;
    boolean again;
  }

  SimulatedLeadership(SimulatedLogCluster cluster, SimulatedLog node, DurableLog disk) {
    this.cluster = cluster;
    this.node = node;
    this.disk = disk;
    this.term = disk.term;
    for (NodeId voter : cluster.voters()) {
      if (!voter.equals(node.id())) {
        followers.put(voter, new Progress());
      }
    }
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
  }

  /// Appends an entry and sends it out.
  void append(ByteBuffer command, @Nullable Waiter waiter) {
    long index = disk.append(new DurableLog.Entry(term, command));
    if (waiter != null) {
      waiters.put(index, waiter);
    }
    cluster.run(node, cluster.write(), this::commitWhatMajorityHolds);
    sendToAll();
  }

  void sendToAll() {
    followers.forEach(this::send);
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

  private void send(NodeId follower, Progress progress) {
    SimulatedLog target = cluster.life(follower);
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
    if (ended || node.dead() || !cluster.connected(node, target)) {
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
    if (ended || !cluster.connected(node, target)) {
      return;
    }
    progress.match = Math.max(progress.match, match);
    progress.sentCommit = commit;
    commitWhatMajorityHolds();
    boolean behind = progress.match < disk.lastIndex() || progress.sentCommit < node.commit();
    if (progress.again || behind) {
      send(target.id(), progress);
    }
  }

  private void commitWhatMajorityHolds() {
    if (ended) {
      return;
    }
    long[] held = new long[followers.size() + 1];
    int i = 0;
    for (Map.Entry<NodeId, Progress> follower : followers.entrySet()) {
      held[i++] = follower.getValue().match;
    }
    held[i] = disk.lastIndex();
    Arrays.sort(held);
    long majorityHolds = held[held.length - cluster.majority()];
    if (majorityHolds > node.commit() && disk.termAt(majorityHolds) == term) {
      node.committed(majorityHolds);
      sendToAll();
    }
  }
}
