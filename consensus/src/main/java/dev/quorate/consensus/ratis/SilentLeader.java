package dev.quorate.consensus.ratis;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/// When a connection to a leader that does not answer is made anew.
///
/// A connection that was cut without a word stays silent long after the peer is back, so one that
/// has answered before is replaced soon. One that never has may still be made: on a daemon that has
/// just started, on a busy machine, a first handshake takes longer than that, and if it were begun
/// anew each time it would never end.
///
/// Thread-safe.
final class SilentLeader {
  private static final Duration CUT = Duration.ofSeconds(1);
  private static final Duration UNMADE = Duration.ofSeconds(4);

  private final Set<RaftPeerId> made = new HashSet<>();
  private @Nullable Instant since;

  /// A peer has answered.
  synchronized void answered(RaftPeerId peer) {
    made.add(peer);
    since = null;
  }

  /// A connection was made anew, or found to be broken.
  synchronized void broken(RaftPeerId peer) {
    made.remove(peer);
  }

  /// Another leads: the silence of the last one does not count against it.
  synchronized void changed() {
    since = null;
  }

  /// A peer has not answered in time.
  ///
  /// @return whether its connection is to be made anew
  synchronized boolean unanswered(RaftPeerId peer, Instant now) {
    if (since == null) {
      since = now;
      return false;
    }
    Duration patience = made.contains(peer) ? CUT : UNMADE;
    if (Duration.between(since, now).compareTo(patience) <= 0) {
      return false;
    }
    since = now;
    made.remove(peer);
    return true;
  }
}
