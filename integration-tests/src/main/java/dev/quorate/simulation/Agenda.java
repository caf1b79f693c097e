package dev.quorate.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;

/// Simulated time, and everything that is still to happen in it.
///
/// Things due at the same time happen in the order in which they were planned.
final class Agenda {
  /// What an event is about, for counts.
  enum Kind {
    RING_PACKET(1),
    RING_TIMER(2),
    NODE(3),
    LOG(4),
    AGENT(5),
    POSTGRES(6),
    CLIENT(7),
    FENCING(8),
    FAULT(9);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  private static final long MIX = 0x9E3779B97F4A7C15L;

  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final Map<Kind, Count> counts = new EnumMap<>(Kind.class);
  private long now;
  private long planned;
  private long hash;

  private static final class Count {
    long value;
  }

  private record Due(long at, long order, Kind kind, Runnable action) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  /// Nanoseconds since the beginning.
  long nanos() {
    return now;
  }

  Instant now() {
    return Instant.ofEpochSecond(now / 1_000_000_000L, now % 1_000_000_000L);
  }

  void after(Duration delay, Kind kind, Runnable action) {
    at(now + delay.toNanos(), kind, action);
  }

  void at(long nanos, Kind kind, Runnable action) {
    queue.add(new Due(Math.max(now, nanos), planned++, kind, action));
  }

  /// Lets the next thing happen, unless it is due only after the limit.
  ///
  /// @return whether something happened
  boolean step(long limit) {
    Due next = queue.peek();
    if (next == null || next.at() > limit) {
      now = limit;
      return false;
    }
    queue.remove();
    now = next.at();
    counts.computeIfAbsent(next.kind(), _ -> new Count()).value++;
    mix(now);
    mix(next.kind().number);
    next.action().run();
    return true;
  }

  /// Makes a value part of what distinguishes this run from others.
  void mix(long value) {
    hash = (Long.rotateLeft(hash, 23) ^ value) * MIX;
  }

  /// Two runs with the same hash were the same.
  long hash() {
    return hash;
  }

  long count(Kind kind) {
    Count count = counts.get(kind);
    return count == null ? 0 : count.value;
  }
}
