package dev.quorate.daemon.pair;

import dev.quorate.daemon.core.survivor.Survivor;
import dev.quorate.daemon.core.survivor.Survivor.Phase;
import dev.quorate.daemon.core.survivor.SurvivorEvent;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Leaves the peer this node's vote when this node has left the cluster and the peer has not.
/// Confined to one thread, but for the future.
final class Parting {
  private final CompletableFuture<Boolean> taken = new CompletableFuture<>();
  private boolean begun;

  /// Whether the peer has said that it goes on alone.
  CompletableFuture<Boolean> taken() {
    return taken;
  }

  /// Asked again and again.
  ///
  /// @return whether the peer is to be greeted once more
  boolean goesOn(Optional<Survivor> now) {
    begun = true;
    if (now.filter(s -> s.phase() == Phase.PAIRED || s.phase() == Phase.LEFT).isEmpty()) {
      taken.complete(false);
    }
    return !taken.isDone();
  }

  /// What follows from what the peer has on its disk. One that still copies could not take the
  /// vote.
  Optional<SurvivorEvent> heard(Survivor now, SurvivorRecord peer) {
    if (now.phase() == Phase.LEFT && now.disk().behind(peer)) {
      taken.complete(true);
    }
    return begun && now.phase() == Phase.PAIRED && peer.equals(now.disk())
        ? Optional.of(new SurvivorEvent.PeerStays())
        : Optional.empty();
  }
}
