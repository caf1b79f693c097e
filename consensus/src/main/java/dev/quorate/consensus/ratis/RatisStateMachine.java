package dev.quorate.consensus.ratis;

import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.core.CommandAnswer;
import dev.quorate.consensus.core.CommandApplier;
import java.io.IOException;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/// Between Ratis and a [CommandApplier]: entries in, answers and snapshots out.
///
/// Its life cycle is driven here, since Ratis refuses to install snapshots otherwise. After a
/// failure nothing is applied any more.
final class RatisStateMachine extends BaseStateMachine {
  private final long epoch;
  private final CommandApplier applier;
  private final Runnable changed;
  private final Consumer<String> failed;
  private final SnapshotStore snapshots = new SnapshotStore();
  private final TakenBack takenBack = new TakenBack();
  private volatile LogPosition applied = LogPosition.NONE;
  private volatile boolean broken;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  /// @param changed called, on any thread, when leadership may have changed
  /// @param failed called, on any thread, when this log cannot go on
  RatisStateMachine(long epoch, CommandApplier applier, Runnable changed, Consumer<String> failed) {
    this.epoch = epoch;
    this.applier = applier;
    this.changed = changed;
    this.failed = failed;
  }

  LogPosition applied() {
    return applied;
  }

  /// Whether the flush index says something of this entry; asked before it.
  boolean settled(long index) {
    return takenBack.settled(index);
  }

  @Override
  public CompletableFuture<Void> truncate(long index) {
    return takenBack.truncate(index);
  }

  @Override
  public CompletableFuture<Void> flush(long index) {
    takenBack.flush();
    return super.flush(index);
  }

  /// Completes when nothing is applied any more, after the server has ceased to vote.
  CompletableFuture<Void> stopped() {
    return stopped;
  }

  @Override
  public void close() throws IOException {
    super.close();
    stopped.complete(null);
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
      throws IOException {
    getLifeCycle()
        .startAndTransition(
            () -> {
              super.initialize(server, groupId, storage);
              snapshots.init(storage);
              load();
            },
            IOException.class);
  }

  @Override
  public void pause() {
    if (getLifeCycleState() != LifeCycle.State.PAUSED) {
      getLifeCycle().transition(LifeCycle.State.PAUSING);
      getLifeCycle().transition(LifeCycle.State.PAUSED);
    }
  }

  @Override
  public void reinitialize() throws IOException {
    takenBack.forget();
    load();
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      getLifeCycle().transition(LifeCycle.State.STARTING);
      getLifeCycle().transition(LifeCycle.State.RUNNING);
    }
  }

  private void load() throws IOException {
    byte[] bytes = snapshots.readLatest();
    if (bytes == null) {
      return;
    }
    try {
      applier.restore(bytes);
    } catch (RuntimeException e) {
      breakWith("a snapshot cannot be restored: " + e.getMessage());
      throw new IOException("a snapshot cannot be restored", e);
    }
    applied = applier.applied();
    setLastAppliedTermIndex(TermIndex.valueOf(applied.term(), applied.index()));
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    refuseIfBroken();
    LogEntryProto entry = Objects.requireNonNull(transaction.getLogEntry());
    LogPosition position = new LogPosition(epoch, entry.getTerm(), entry.getIndex());
    CommandAnswer answer;
    try {
      answer =
          applier.apply(
              position, entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
    } catch (RuntimeException e) {
      breakWith("entry " + position + " cannot be applied: " + e.getMessage());
      throw e;
    }
    updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
    applied = position;
    return CompletableFuture.completedFuture(
        Message.valueOf(UnsafeByteOperations.unsafeWrap(answer.toBytes())));
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    refuseIfBroken();
    super.notifyTermIndexUpdated(term, index);
    LogPosition position = new LogPosition(epoch, term, index);
    applier.advance(position);
    applied = position;
  }

  @Override
  public long takeSnapshot() throws IOException {
    refuseIfBroken();
    LogPosition position = applier.applied();
    if (position.equals(LogPosition.NONE)) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    snapshots.write(position, applier.snapshot());
    return position.index();
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return snapshots;
  }

  private void refuseIfBroken() {
    if (broken) {
      throw new IllegalStateException("the log has failed on this node");
    }
  }

  private void breakWith(String reason) {
    broken = true;
    failed.accept(reason);
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    changed.run();
  }

  @Override
  public void notifyLeaderReady() {
    changed.run();
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    changed.run();
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    breakWith("the log cannot be written or read: " + cause.getMessage());
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean allServers) {
    changed.run();
  }
}
