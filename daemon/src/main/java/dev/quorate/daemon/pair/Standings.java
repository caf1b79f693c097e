package dev.quorate.daemon.pair;

import dev.quorate.daemon.core.PairStanding;
import dev.quorate.daemon.core.PairStanding.Mode;
import dev.quorate.daemon.core.survivor.Survivor;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.membership.NodeId;
import java.util.Optional;

/// What a survivor's state means for the node around it, and for a human.
final class Standings {
  private Standings() {}

  /// @param proof of the other's end, if it was shown in this run
  static PairStanding of(Survivor now, NodeId peer, Optional<PairStanding.Proof> proof) {
    Mode mode =
        switch (now.phase()) {
          case PAIRED -> Mode.BOTH;
          case SOLE -> Mode.ALONE;
          case LEARNING ->
              now.disk().standing() == Standing.PAIR && now.writing().isEmpty()
                  ? Mode.NOBODY
                  : Mode.OTHER;
          case WAITING, RESUMING, DOUBTING, ALONE, FENCING, BURYING, OFFERING, LEFT, OUT ->
              Mode.NOBODY;
        };
    return new PairStanding(mode, text(now, peer), mode == Mode.ALONE ? proof : Optional.empty());
  }

  static String text(Survivor now, NodeId peer) {
    String what =
        switch (now.phase()) {
          case WAITING ->
              "waits for " + peer + ", which may know more: start it; nothing begins before";
          case RESUMING -> "was alone before it started; makes sure that " + peer + " is off";
          case DOUBTING ->
              "was alone, and then away for long: "
                  + peer
                  + " may have gone on by an oath since; start it, or if it is lost type 'hactl"
                  + " quorum adopt "
                  + peer
                  + "'";
          case PAIRED -> "both vote";
          case ALONE -> peer + " is not heard; waits before it fences it";
          case FENCING -> "fences " + peer;
          case BURYING -> "will go on without " + peer;
          case SOLE -> "goes on without " + peer;
          case LEARNING -> "copies what " + peer + " decided alone";
          case OFFERING -> "takes " + peer + " in again";
          case LEFT -> "has left; " + peer + " is to go on";
          case OUT -> "takes no part, since the disk of its log hangs; " + peer + " is to go on";
        };
    return what + " (epoch " + now.disk().epoch() + ")";
  }
}
