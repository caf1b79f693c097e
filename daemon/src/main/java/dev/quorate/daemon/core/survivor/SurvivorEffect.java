package dev.quorate.daemon.core.survivor;

/// What a node of a pair asks for, to be carried out in list order.
public sealed interface SurvivorEffect {
  /// Take part in the log of both voters.
  record OpenPair() implements SurvivorEffect {}

  /// Take no part in the log of both voters any more: give no vote and acknowledge nothing. Done
  /// before the next effect begins.
  record ClosePair() implements SurvivorEffect {}

  /// Make the log of this node alone ready that [OpenSole] would open, so that what is wrong with
  /// the old one is known before anybody is harmed. Done before the next effect begins; if it
  /// fails, the node takes no part any more.
  record Prepare(long epoch) implements SurvivorEffect {}

  /// Open a new log of this node alone, seeded with its state and the whole tail of its old log,
  /// which is never opened again.
  record OpenSole(long epoch) implements SurvivorEffect {}

  /// Discard the local log and copy the peer's; stop whatever runs here first.
  record Follow(long epoch) implements SurvivorEffect {}

  /// Propose that the peer votes again.
  record AddVoter() implements SurvivorEffect {}

  /// Cut the peer's power and ask the device whether it is off.
  ///
  /// @param boot empty if the peer's boot is not known
  record Fence(String boot) implements SurvivorEffect {}

  /// Make this durable, then say [SurvivorEvent.Written].
  record Write(SurvivorRecord survivor) implements SurvivorEffect {}

  /// Give no vote, no answer and no sign of life any more, whatever becomes of the disk; wait for
  /// nothing.
  record Leave() implements SurvivorEffect {}

  /// Say [SurvivorEvent.DelayPassed] after a delay; that of the side without the primary is longer.
  record Delay() implements SurvivorEffect {}
}
