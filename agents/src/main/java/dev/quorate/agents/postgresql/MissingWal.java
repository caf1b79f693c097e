package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.Lsn;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Whether a standby that does not receive waits for WAL that nobody will bring it.
///
/// The primary is asked for the segment, since what the server says of it stands in whatever file
/// and language its settings choose. An archive may have what the primary removed: with a
/// `restore_command` nothing is missing before the standby has made no way for [#IN_VAIN].
///
/// Used by the driver's thread alone.
final class MissingWal {
  /// Nanoseconds in which an archive may bring nothing.
  static final long IN_VAIN = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier clock;
  private Optional<Lsn> stuckAt = Optional.empty();
  private long since;

  /// @param clock nanoseconds of a clock that only goes forward
  MissingWal(LongSupplier clock) {
    this.clock = clock;
  }

  /// Takes what one look says.
  ///
  /// @param lacks what the primary answered, if it may know
  /// @param end of what the standby has
  /// @param said whether the standby's log says that the primary lacks it
  /// @param restores whether it has a `restore_command`
  boolean look(Optional<Boolean> lacks, Lsn end, BooleanSupplier said, BooleanSupplier restores) {
    if (!lacks.orElseGet(said::getAsBoolean)) {
      stuckAt = Optional.empty();
      return false;
    }
    if (!restores.getAsBoolean()) {
      return true;
    }
    if (!stuckAt.equals(Optional.of(end))) {
      stuckAt = Optional.of(end);
      since = clock.getAsLong();
    }
    return clock.getAsLong() - since >= IN_VAIN;
  }
}
