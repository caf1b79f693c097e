package dev.quorate.daemon.pair;

import java.time.Duration;

/// How long the log of both has had no leader, while the peer is there and only copies. After a
/// while it will not find one: a peer that may not vote in it yet, or does not know that it may,
/// refuses every candidate.
final class LeaderlessTime {
  private static final Duration LONG = Duration.ofSeconds(5);

  private long since = System.nanoTime();

  /// Called with each tick.
  boolean tooLong(boolean leaderless) {
    long now = System.nanoTime();
    if (!leaderless) {
      since = now;
    }
    return now - since > LONG.toNanos();
  }
}
