package dev.quorate.resource.core.rules;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Collects the moments at which something that depends on the time will be different, and keeps
/// the first. One per computation; for one thread.
public final class NextChange {
  private final Instant now;
  private @Nullable Instant earliest;

  /// Nothing changes yet.
  ///
  /// @param now what is not after it is no change to come
  public NextChange(Instant now) {
    this.now = now;
  }

  /// Something changes then.
  public void offer(Instant moment) {
    if (moment.isAfter(now) && (earliest == null || moment.isBefore(earliest))) {
      earliest = moment;
    }
  }

  /// The first change after now; empty if nothing depends on the time.
  public Optional<Instant> earliest() {
    return Optional.ofNullable(earliest);
  }
}
