package dev.quorate.daemon.pair;

import dev.quorate.daemon.core.survivor.Survivor;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.membership.NodeId;
import java.util.Optional;

/// An operator's word that the peer is off.
final class Oath {
  private Oath() {}

  /// Why it is not taken; empty if it is.
  ///
  /// @param arbiter absent where nobody arbitrates
  static Optional<String> objection(
      Optional<Survivor> arbiter, NodeId peer, PeerWord word, MissedPeer missed) {
    if (arbiter.isEmpty()) {
      return Optional.of("nothing is waited for: there is no arbitration");
    }
    Survivor now = arbiter.get();
    boolean waits =
        switch (now.phase()) {
          case WAITING, RESUMING, DOUBTING, ALONE, FENCING -> true;
          case PAIRED, BURYING, SOLE, LEARNING, OFFERING, LEFT, OUT -> false;
        };
    if (!waits) {
      return Optional.of("nothing is waited for: " + Standings.text(now, peer));
    }
    if (now.disk().standing() == Standing.LEARNER) {
      return Optional.of(
          "%s went on alone, and this node has only a part of what it decided: bring back its disk, or set up a new cluster with the database of this node"
              .formatted(peer));
    }
    boolean heard = word.boot().isPresent() && missed.seen() && !missed.silent();
    return word.talks() || heard
        ? Optional.of(peer + " is not off: it is heard")
        : Optional.empty();
  }
}
