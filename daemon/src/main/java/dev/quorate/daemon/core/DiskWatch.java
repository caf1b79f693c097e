package dev.quorate.daemon.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Decides whether the disk of this node's log is slow, from how long it took to keep what the log
/// had written (its *syncs*).
///
/// A sync counts once for each [bound] that it has taken, whether it is over or not; a quick one
/// counts once. So a disk that answers nothing any more is found as soon as one that answers late,
/// and one late sync among quick ones says nothing.
///
/// Invariants:
/// - slow means that of the last [#LAST] counts at least [#LATE] were late
/// - what is older than [#MEMORY] does not count; of a log that had nothing to keep nothing is
///   known
public final class DiskWatch {
  /// So many counts are looked at.
  static final int LAST = 5;

  /// So many late ones among them make a disk slow.
  static final int LATE = 3;

  /// For so long a sync is remembered.
  static final Duration MEMORY = Duration.ofSeconds(30);

  private final Duration bound;
  private final Deque<Count> counts = new ArrayDeque<>();

  /// What is known of a disk.
  public enum Verdict {
    /// Nothing: there was nothing to keep lately.
    UNKNOWN,
    /// It keeps what it is asked to in time.
    WELL,
    /// It does not.
    SLOW
  }

  private record Count(Instant at, boolean late, Duration took) {}

  /// Watches a disk of which nothing is known yet.
  ///
  /// @param bound a sync that takes so long is late
  public DiskWatch(Duration bound) {
    this.bound = bound;
  }

  /// Whether a sync of this length is late.
  public boolean late(Duration took) {
    return took.compareTo(bound) >= 0;
  }

  /// A sync is over.
  public void ended(Instant now, Duration took) {
    int times = Math.clamp(took.dividedBy(bound), 1, LAST);
    for (int i = 0; i < times; i++) {
      counts.addLast(new Count(now, late(took), took));
    }
    while (counts.size() > LAST) {
      counts.removeFirst();
    }
  }

  /// What is known now.
  ///
  /// @param asked since when the disk has owed an answer; empty if it does not
  public Verdict verdict(Instant now, Optional<Instant> asked) {
    while (!counts.isEmpty() && counts.getFirst().at().plus(MEMORY).isBefore(now)) {
      counts.removeFirst();
    }
    int open = Math.clamp(owed(now, asked).dividedBy(bound), 0, LAST);
    if (open == 0 && counts.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    long late =
        counts.stream()
            .skip(Math.max(0, counts.size() - (LAST - open)))
            .filter(Count::late)
            .count();
    return late + open >= LATE ? Verdict.SLOW : Verdict.WELL;
  }

  private static Duration owed(Instant now, Optional<Instant> asked) {
    return asked.map(since -> Duration.between(since, now)).orElse(Duration.ZERO);
  }

  /// Why the disk is slow, in words.
  public String reason(Instant now, Optional<Instant> asked) {
    Duration owed = owed(now, asked);
    if (late(owed)) {
      return "it has owed an answer for " + owed.toMillis() + " ms";
    }
    Duration worst =
        counts.stream().map(Count::took).max(Duration::compareTo).orElse(Duration.ZERO);
    return "it took up to %d ms to keep what was written".formatted(worst.toMillis());
  }
}
