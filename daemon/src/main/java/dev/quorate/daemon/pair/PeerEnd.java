package dev.quorate.daemon.pair;

import dev.quorate.daemon.core.PairStanding;
import dev.quorate.daemon.core.survivor.Survivor.Phase;
import java.util.Optional;

/// What is known of the peer's end, and how often the device was asked for it in vain since.
///
/// Invariants:
/// - What a fencing came to counts only where it is waited for. One that ends after an oath was
///   taken changes nothing any more.
/// - A proof lasts as long as this node goes on alone because of it.
final class PeerEnd {
  private Optional<PairStanding.Proof> proof = Optional.empty();
  private int failures;

  Optional<PairStanding.Proof> proof() {
    return proof;
  }

  int failures() {
    return failures;
  }

  /// An operator swore it.
  void sworn(PairStanding.Proof oath) {
    proof = Optional.of(oath);
  }

  /// A fencing has ended.
  ///
  /// @param now what this node does
  /// @param shownOff absent if the peer was not shown to be off
  void fenced(Phase now, Optional<PairStanding.Proof> shownOff) {
    if (now == Phase.FENCING || now == Phase.RESUMING) {
      failures = shownOff.isPresent() ? 0 : failures + 1;
      proof = shownOff;
    }
  }

  /// What this node does now. Where it neither waits for the peer's end nor goes on because of it,
  /// an end of the past says nothing: an epoch founded anew needs none, and the peer is up in it.
  void in(Phase now) {
    switch (now) {
      case FENCING, BURYING, SOLE, RESUMING -> {}
      case WAITING, DOUBTING, ALONE, LEARNING, OFFERING, LEFT, OUT -> proof = Optional.empty();
      case PAIRED -> {
        proof = Optional.empty();
        failures = 0;
      }
    }
  }
}
