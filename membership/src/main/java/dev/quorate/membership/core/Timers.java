package dev.quorate.membership.core;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which timers are armed, and until when.
///
/// Invariant: at most one arming of each kind counts; a fire of any other is stale.
final class Timers {
  private final Map<TimerId.Kind, Armed> armed = new EnumMap<>(TimerId.Kind.class);
  private long generation;

  private record Armed(long generation, Instant deadline) {}

  void set(TimerId.Kind kind, Instant deadline, List<RingEffect> out) {
    generation++;
    armed.put(kind, new Armed(generation, deadline));
    out.add(new RingEffect.SetTimer(new TimerId(kind, generation), deadline));
  }

  /// Arms the timer unless it is armed for no later than this already: the fire then finds out that
  /// it is early and arms itself again. That spares a set and a cancel for each token.
  void setNoLater(TimerId.Kind kind, Instant deadline, List<RingEffect> out) {
    var current = armed.get(kind);
    if (current == null || current.deadline().isAfter(deadline)) {
      set(kind, deadline, out);
    }
  }

  void cancel(TimerId.Kind kind, List<RingEffect> out) {
    if (armed.remove(kind) != null) {
      out.add(new RingEffect.CancelTimer(kind));
    }
  }

  void cancelAll(List<RingEffect> out) {
    for (var kind : TimerId.Kind.values()) {
      cancel(kind, out);
    }
  }

  /// Takes a fire; false if it is stale.
  boolean take(TimerId timer) {
    var current = armed.get(timer.kind());
    return current != null
        && current.generation() == timer.generation()
        && armed.remove(timer.kind(), current);
  }

  /// The first deadline that is still ahead or overdue.
  Optional<Instant> earliest() {
    Instant first = null;
    for (var timer : armed.values()) {
      if (first == null || timer.deadline().isBefore(first)) {
        first = timer.deadline();
      }
    }
    return Optional.ofNullable(first);
  }
}
