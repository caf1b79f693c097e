package dev.quorate.daemon.core.survivor;

/// What a node of a pair can be told.
public sealed interface SurvivorEvent {
  /// The peer said what it is.
  ///
  /// @param boot the peer's present boot
  record PeerHeard(SurvivorRecord peer, String boot) implements SurvivorEvent {}

  /// The peer, which took this learner in, asks it to copy the next epoch instead: the log of this
  /// one comes to nothing.
  ///
  /// @param peer what the peer has on its disk
  record AskedToBeginAnew(SurvivorRecord peer) implements SurvivorEvent {}

  /// The log of both voters commits, together with this boot of the peer.
  record QuorumGained(String boot) implements SurvivorEvent {}

  /// The log of both voters does not commit any more.
  record QuorumLost() implements SurvivorEvent {}

  /// The delay, or the pause after a fencing that failed, is over.
  record DelayPassed() implements SurvivorEvent {}

  /// A fencing has ended.
  ///
  /// @param boot the boot that it was to end
  /// @param verified whether a device, asked afterwards, said that the machine is off; a newer boot
  ///   that was seen is not enough here
  record FencingEnded(String boot, boolean verified) implements SurvivorEvent {}

  /// What [SurvivorEffect.Write] asked for is on the disk.
  record Written() implements SurvivorEvent {}

  /// The peer, a learner, has everything that this node has.
  record LearnerCaughtUp() implements SurvivorEvent {}

  /// The last entry that makes this learner a voter again is known here to be committed.
  record TakenIn() implements SurvivorEvent {}

  /// The disk of this node's log has hung for too long, and the peer, asked just now, said that its
  /// own is well and that it would go on alone.
  record Relieved() implements SurvivorEvent {}

  /// This node has left the cluster, which is in the log of both; the peer had not done so before,
  /// and says just now that its disk holds the same record.
  record PeerStays() implements SurvivorEvent {}

  /// An operator swore that the peer is off.
  ///
  /// @param spare 1 or 2, never the same on both nodes, so that what two false oaths begin is told
  ///   apart: by so much the epoch is to be later than the next one, or this is what is left of it
  ///   when it is divided by three
  record Sworn(int spare) implements SurvivorEvent {}
}
