package dev.quorate.consensus.core;

import dev.quorate.consensus.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Decides from regular observations when quorum is lost and regained.
///
/// Contact is, on a leader, the last moment at which a majority had answered; on a follower, the
/// last word of its leader.
///
/// Invariants:
/// - quorum is lost only after [#bound] without contact, and reported once
/// - after a gap in the observations (this process did not run) contact has [#grace] to be renewed,
///   since the silence was ours
/// - quorum is regained only by contact with a leader that is known
public final class QuorumWatch {
  private final Duration bound;
  private final Duration grace;
  private final Duration longestGap;
  private boolean quorate;
  private Optional<Instant> observed = Optional.empty();
  private Optional<Instant> contact = Optional.empty();
  private Instant noVerdictBefore = Instant.MIN;

  /// Quorum is not there at first.
  ///
  /// @param bound the silence after which quorum is lost
  /// @param grace what is granted after a gap
  /// @param longestGap what is no gap yet between two observations
  public QuorumWatch(Duration bound, Duration grace, Duration longestGap) {
    this.bound = bound;
    this.grace = grace;
    this.longestGap = longestGap;
  }

  /// Whether quorum is there.
  public boolean quorate() {
    return quorate;
  }

  /// Takes one observation.
  ///
  /// @param silence how long ago contact was; empty if there is no leader to be in contact with
  public List<LogEvent> observe(Instant now, Optional<Duration> silence) {
    boolean gap = observed.filter(last -> last.plus(longestGap).isBefore(now)).isPresent();
    if (gap) {
      noVerdictBefore = now.plus(grace);
    }
    observed = Optional.of(now);
    if (silence.isPresent()) {
      Instant heard = now.minus(silence.get());
      if (contact.isEmpty() || heard.isAfter(contact.get())) {
        contact = Optional.of(heard);
      }
    }
    boolean fresh = contact.filter(c -> !c.plus(bound).isBefore(now)).isPresent();
    if (!quorate && fresh && silence.isPresent()) {
      quorate = true;
      return List.of(new LogEvent.QuorumRegained());
    }
    if (quorate && !fresh && !now.isBefore(noVerdictBefore)) {
      quorate = false;
      return List.of(
          new LogEvent.QuorumLost(
              "no leader with a majority was heard of for " + bound.toMillis() + " ms"));
    }
    return List.of();
  }
}
