package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.membership.NodeId;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Whether a standby that does not receive waits for WAL that nobody will bring it.
///
/// The primary is asked for the segment, since what the server says of it stands in whatever file
/// and language its settings choose. That counts only of a standby that has replayed all it has, at
/// two looks: one that replays late, or was restarted and is not through with what it received
/// before, may have all that the primary removed. An archive or a declared upstream may have it,
/// too: with one of them nothing is missing before the standby has made no way for [#IN_VAIN].
///
/// What its walreceiver was told stands in the standby's log, perhaps; it counts as long as the
/// primary does not say that it has the segment (the role for replication may lack `pg_ls_dir`).
///
/// What one primary lacks says nothing of the next one, nor of a standby that has made its way
/// since. A walreceiver is shown as one that streams for the moment, too, in which the primary
/// tells it that the segment is gone: only one that is seen so for [#FIRM] makes its way.
///
/// Used by the driver's thread alone, but for [#isMissing].
final class MissingWal {
  /// Nanoseconds in which others than the primary may bring nothing.
  static final long IN_VAIN = TimeUnit.MINUTES.toNanos(10);

  /// Nanoseconds after which a walreceiver that streams was not refused: two looks, a second apart,
  /// may each meet the moment of a refusal.
  static final long FIRM = TimeUnit.MILLISECONDS.toNanos(2500);

  private final LongSupplier clock;
  private final BooleanSupplier said;
  private final BooleanSupplier elsewhere;
  private Optional<Place> stuckAt = Optional.empty();
  private long since;
  private boolean streams;
  private long streamsSince;
  private volatile boolean missing;

  private record Place(NodeId primary, Lsn end) {}

  /// @param clock nanoseconds of a clock that only goes forward
  /// @param said whether the standby's log says that the primary lacks it
  /// @param elsewhere whether others than the primary may have it
  MissingWal(LongSupplier clock, BooleanSupplier said, BooleanSupplier elsewhere) {
    this.clock = clock;
    this.said = said;
    this.elsewhere = elsewhere;
  }

  /// What was found at the last look that found something. From any thread.
  boolean isMissing() {
    return missing;
  }

  /// Takes whether a look found its walreceiver streaming.
  ///
  /// @return whether it was seen so for long enough to miss nothing
  boolean streams(boolean now) {
    if (now && !streams) {
      streamsSince = clock.getAsLong();
    }
    streams = now;
    boolean firm = streams && clock.getAsLong() - streamsSince >= FIRM;
    if (firm) {
      clear();
    }
    return firm;
  }

  /// It is no standby any more, was brought back, or does not run.
  void clear() {
    stuckAt = Optional.empty();
    missing = false;
  }

  /// Takes what one look says. A look without an answer, or at a standby that replays again,
  /// changes nothing of what is known.
  ///
  /// @param primary who was asked
  /// @param lacks what it answered; empty if it did not say
  /// @param end of what the standby has replayed or received
  /// @param idle whether it is known to have replayed all that it has
  void look(NodeId primary, Optional<Boolean> lacks, Lsn end, boolean idle) {
    Optional<Place> place = Optional.of(new Place(primary, end));
    boolean again = stuckAt.equals(place);
    if (!again) {
      clear();
    }
    boolean told = lacks.orElse(true) && said.getAsBoolean();
    if (!lacks.orElse(true)) {
      clear();
    } else if (lacks.isPresent() || told) {
      if (!again) {
        stuckAt = place;
        since = clock.getAsLong();
      }
      missing =
          missing
              || (again
                  && (told || idle)
                  && (clock.getAsLong() - since >= IN_VAIN || !elsewhere.getAsBoolean()));
    }
  }
}
