package dev.quorate.membership.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Notices that this node did not run.
///
/// A timer that is far overdue means that nothing ran here: what the node believes about the
/// others, and they about it, may be outdated. Whoever was away for so long that the others may
/// have given it up lets pass what they said meanwhile: it would be told of its own failure, and
/// make it theirs. Nor does it speak at once, for a machine that is switched off while it is frozen
/// stirs for a moment.
final class PauseWatch {
  private final Timers timers;
  private final Duration tolerated;
  private Instant lastHandled = Instant.MIN;
  private Instant awake = Instant.MIN;

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

  /// It was a long one: until then nothing counts, and nothing is said.
  void wakeBy(Instant time) {
    awake = time;
  }

  /// From when on it listens and speaks.
  Instant awake() {
    return awake;
  }
}
