package dev.quorate.daemon;

import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.daemon.pair.PairLog;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandEnvelope;
import dev.quorate.resource.core.state.Applied;
import dev.quorate.resource.core.state.ClusterStateMachine;
import dev.quorate.resource.json.ClusterJson;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// Puts the cluster's state machine under the log, and publishes every new state.
final class StateMachineAdapter implements PairLog.Machine {
  /// Hears of every applied command, in order, on the log's thread; must return at once.
  interface Listener {
    /// A command was applied.
    void applied(ClusterState state, List<ClusterChange> changes);
  }

  private final String cluster;
  private final Listener listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile ClusterState state;

  /// What the log has come to; behind the published state while a log that was opened again catches
  /// up.
  private ClusterState replayed;

  StateMachineAdapter(String cluster, Listener listener) {
    this.cluster = cluster;
    this.state = ClusterState.initial(cluster);
    this.replayed = state;
    this.listener = listener;
  }

  ClusterState state() {
    return state;
  }

  @Override
  public String apply(LogPosition position, byte[] command) {
    CommandEnvelope envelope = ClusterJson.decodeCommand(command);
    Applied applied =
        ClusterStateMachine.apply(replayed, position, envelope.wallMillis(), envelope.command());
    publish(applied.state(), applied.changes());
    return ClusterJson.encode(applied.answer());
  }

  @Override
  public byte[] snapshot() {
    return ClusterJson.encode(replayed);
  }

  @Override
  public void beginAnew() {
    replayed = ClusterState.initial(cluster);
  }

  @Override
  public ReplicatedStateMachine scratch() {
    return new StateMachineAdapter(cluster, (_, _) -> {});
  }

  @Override
  public void restore(LogPosition position, byte[] snapshot) {
    publish(ClusterJson.decodeState(snapshot), List.of());
  }

  private void publish(ClusterState next, List<ClusterChange> changes) {
    replayed = next;
    if (next.position().compareTo(state.position()) < 0) {
      return;
    }
    state = next;
    listener.applied(next, changes);
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the state fulfils the condition; whether it does.
  boolean await(Predicate<ClusterState> condition, Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (!condition.test(state)) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
