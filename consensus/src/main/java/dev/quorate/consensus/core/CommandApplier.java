package dev.quorate.consensus.core;

import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ReplicatedStateMachine;
import java.nio.ByteBuffer;

/// Applies committed entries to a [ReplicatedStateMachine], each command once.
///
/// Invariants:
/// - positions only rise; an entry at or below [#applied] is an error of the caller
/// - the state machine sees a [dev.quorate.consensus.CommandId] at most once
/// - after any exception nothing more is applied: the caller must stop the node
public final class CommandApplier {
  private final ReplicatedStateMachine machine;
  private CommandLedger ledger = new CommandLedger();
  private LogPosition applied = LogPosition.NONE;

  /// Drives the state machine, which is in its initial state.
  public CommandApplier(ReplicatedStateMachine machine) {
    this.machine = machine;
  }

  /// Applies one entry.
  ///
  /// @throws UnknownFormatException if the entry's format is not known
  public CommandAnswer apply(LogPosition position, ByteBuffer entry) {
    advance(position);
    CommandEnvelope envelope = CommandEnvelope.open(entry);
    return switch (ledger.lookup(envelope.id())) {
      case CommandLedger.Verdict.Fresh() -> {
        String answer = machine.apply(position, envelope.command());
        ledger.record(envelope.id(), position, answer);
        yield new CommandAnswer.Applied(position, answer);
      }
      case CommandLedger.Verdict.Answered(var first, var answer) ->
          new CommandAnswer.Applied(first, answer);
      case CommandLedger.Verdict.Forgotten() -> new CommandAnswer.Forgotten();
    };
  }

  /// Passes over an entry of the log's own making.
  public void advance(LogPosition position) {
    if (position.compareTo(applied) <= 0) {
      throw new IllegalStateException("applied " + applied + " already, was given " + position);
    }
    applied = position;
  }

  /// The last position applied or passed.
  public LogPosition applied() {
    return applied;
  }

  /// Everything up to [#applied], as bytes.
  public byte[] snapshot() {
    return SnapshotFormat.encode(applied, ledger, machine.snapshot());
  }

  /// Replaces everything by a snapshot.
  ///
  /// @throws UnknownFormatException if the bytes are damaged or foreign; nothing has changed then
  public void restore(byte[] bytes) {
    SnapshotFormat snapshot = SnapshotFormat.decode(bytes);
    machine.restore(snapshot.position(), snapshot.state());
    ledger = snapshot.ledger();
    applied = snapshot.position();
  }
}
