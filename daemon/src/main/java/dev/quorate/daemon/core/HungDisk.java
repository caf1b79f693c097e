package dev.quorate.daemon.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Decides when one of two voters counts its own log as failed, because the log's disk neither
/// keeps what was written nor says that it cannot. Without that nobody would miss the node: its
/// signs of life need no disk, and nothing is decided as long as it hangs.
///
/// Think of one of two keepers whose pen is stuck: it leaves the table only if the other says, when
/// asked just now, that its own pen writes and that it would go on; if both are stuck, both wait.
///
/// Invariants:
/// - a sync counts once it has been owed for the bound while this node ran; after a pause of the
///   node the time counts anew, since the disk may have answered meanwhile
/// - the word of the other counts only if it was asked for after that, came within [#FRESH], and
///   the same sync is owed still
/// - by that, both never leave: who leaves has no good word for the other any more, and the bound
///   is longer than a word lasts
/// - who has left comes back only after its disk has kept everything for [#WELL]
public final class HungDisk {
  /// A bound that is shorter counts as this.
  static final Duration LEAST = Duration.ofSeconds(3);

  /// For so long a question and its answer may be under way.
  public static final Duration FRESH = Duration.ofMillis(1500);

  /// A disk for which this node has left is well again when it has kept everything for so long.
  static final Duration WELL = Duration.ofSeconds(5);

  /// Two looks that are further apart say that this node did not run in between.
  static final Duration GAP = Duration.ofSeconds(1);

  private final Duration bound;
  private Optional<Instant> sync = Optional.empty();
  private Instant counted = Instant.MIN;
  private Instant looked = Instant.MIN;
  private Instant asked = Instant.MIN;
  private Optional<Instant> wellSince = Optional.empty();

  /// Watches a disk that owes nothing yet.
  ///
  /// @param bound a disk that has owed an answer for so long hangs
  public HungDisk(Duration bound) {
    this.bound = bound.compareTo(LEAST) < 0 ? LEAST : bound;
  }

  /// Whether the other is to be asked now.
  ///
  /// @param owed since when the disk has owed an answer; empty if it does not
  public boolean asks(Instant now, Optional<Instant> owed) {
    boolean paused = looked.plus(GAP).isBefore(now);
    if (owed.isPresent() && (paused || !owed.equals(sync))) {
      counted = paused ? now : owed.get();
    }
    sync = owed;
    looked = now;
    asked = now;
    return owed.isPresent() && !now.isBefore(counted.plus(bound));
  }

  /// Whether this node leaves.
  ///
  /// @param owed as above, now that the other has answered
  /// @param relieved whether it said that its disk is well, and that it would go on
  public boolean leaves(Instant now, Optional<Instant> owed, boolean relieved) {
    looked = now;
    return relieved && owed.isPresent() && owed.equals(sync) && !now.isAfter(asked.plus(FRESH));
  }

  /// Whether this node, which has left, can come back.
  ///
  /// @param keeps whether its disk owes nothing and has just kept something
  public boolean isWellAgain(Instant now, boolean keeps) {
    boolean paused = looked.plus(GAP).plus(GAP).isBefore(now);
    looked = now;
    wellSince =
        keeps ? wellSince.filter(_ -> !paused).or(() -> Optional.of(now)) : Optional.empty();
    return wellSince.filter(since -> !now.isBefore(since.plus(WELL))).isPresent();
  }
}
