package dev.quorate.daemon.core;

import dev.quorate.fencing.ProofLevel;
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

  /// Why the other is believed to be off.
  ///
  /// @param device that was asked after its order, and said so; empty for an oath
  /// @param reboot whether it was to be switched on again afterwards
  /// @param client who swore it, or `cluster`
  /// @param reason what was said with the oath
  public record Proof(NodeId peer, String device, boolean reboot, String client, String reason) {
    /// A device said so.
    public static Proof shown(NodeId peer, String device, boolean reboot) {
      return new Proof(peer, device, reboot, "cluster", "");
    }

    /// An operator swore it.
    public static Proof sworn(NodeId peer, String client, String reason) {
      return new Proof(peer, "", false, client, reason);
    }

    ProofLevel level() {
      return device.isEmpty() ? ProofLevel.OPERATOR_OATH : ProofLevel.DEVICE_VERIFIED;
    }
  }

  /// A cluster without the arbitration of two.
  public static final PairStanding MAJORITY = new PairStanding(Mode.MAJORITY, "", Optional.empty());
}
