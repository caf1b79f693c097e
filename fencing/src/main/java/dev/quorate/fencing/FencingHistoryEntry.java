package dev.quorate.fencing;

import java.time.Instant;
import java.util.List;

/// One finished fencing request, for people.
///
/// @param request what was asked
/// @param started when it was taken up, in monotonic time: for durations, not a date
/// @param ended when its outcome was known
/// @param outcome how it ended
/// @param steps what the devices were asked and answered, oldest first, without secrets
public record FencingHistoryEntry(
    FencingRequest request,
    Instant started,
    Instant ended,
    FencingOutcome outcome,
    List<String> steps) {
  /// Copies the steps.
  public FencingHistoryEntry {
    steps = List.copyOf(steps);
  }
}
