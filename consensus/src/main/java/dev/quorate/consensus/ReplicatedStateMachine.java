package dev.quorate.consensus;

/// What the log drives. Calls come one at a time, in log order, never concurrently.
public interface ReplicatedStateMachine {
  /// Applies one committed command and answers its proposer. Must be deterministic: the same
  /// commands in the same order give the same state and answers on every node.
  ///
  /// A command that this version does not understand must throw: the node then stops rather than
  /// diverge.
  String apply(LogPosition position, byte[] command);

  /// The whole state as bytes, for a snapshot.
  byte[] snapshot();

  /// Replaces the whole state.
  void restore(LogPosition position, byte[] snapshot);
}
