package dev.quorate.daemon.core;

import dev.quorate.membership.NodeId;
import java.util.Optional;

/// What a node of two voters may do, as [dev.quorate.daemon.core.survivor.Survivor] has it.
///
/// @param how for a human: the epoch, and what is waited for
/// @param proof of the other's end, if it was shown in this run
public record PairStanding(Mode mode, String how, Optional<Proof> proof) {
  /// Who decides.
  public enum Mode {
    /// The majority of the voters, as in every other cluster.
    MAJORITY,
    /// Nobody yet: the other is waited for, or fenced, or taken in.
    NOBODY,
    /// Both together.
    BOTH,
    /// This node alone.
    ALONE,
    /// The other, which went on alone; nothing may run here.
    OTHER
  }

  /// A device was asked after its order and said that the machine is off.
  ///
  /// @param reboot whether it was to be switched on again afterwards
  public record Proof(NodeId peer, String device, boolean reboot) {}

  /// A cluster without the arbitration of two.
  public static final PairStanding MAJORITY = new PairStanding(Mode.MAJORITY, "", Optional.empty());
}
