package dev.quorate.agents.core.postgresql.doctor;

import dev.quorate.agents.Finding;
import java.time.Duration;
import java.util.List;

/// Whether operations have the time that they may need.
public final class TimeoutRules {
  private TimeoutRules() {}

  /// Judges the time-outs that a resource has.
  public static List<Finding> findings(Duration start, Duration stop, Duration demote) {
    Duration both = start.plus(stop);
    return demote.compareTo(both) >= 0
        ? List.of()
        : List.of(
            Finding.hint(
                "demote timeout",
                "it is %d s: a demotion is a stop and a start, which have %d s and %d s"
                    .formatted(demote.toSeconds(), stop.toSeconds(), start.toSeconds()),
                "give it %d s or more".formatted(both.toSeconds())));
  }
}
