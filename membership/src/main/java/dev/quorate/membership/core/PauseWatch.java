package dev.quorate.membership.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Notices that this node did not run.
///
/// A timer that is far overdue means that nothing ran here: what the node believes about the
/// others, and they about it, may be outdated.
final class PauseWatch {
  private final Timers timers;
  private final Duration tolerated;
  private Instant lastHandled = Instant.MIN;

  PauseWatch(Timers timers, Duration tolerated) {
    this.timers = timers;
    this.tolerated = tolerated;
  }

  /// Something happens now; how long nothing did, if that was a pause.
  Optional<Duration> notice(Instant now) {
    var last = lastHandled;
    lastHandled = now;
    return timers
        .earliest()
        .filter(due -> Duration.between(due, now).compareTo(tolerated) >= 0)
        .map(_ -> Duration.between(last, now));
  }
}
