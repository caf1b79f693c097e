package dev.quorate.agents.core.postgresql;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How an instance that may have been left behind comes back under the present primary.
///
/// Invariant: an instance whose own WAL is not a prefix of the primary's is never started against
/// it.
public final class RewindPolicy {
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private RewindPolicy() {}

  /// The way back.
  public sealed interface Return {
    /// Start it: what it has is a prefix of what the primary has.
    record Follow() implements Return {}

    /// Turn its files back to the point where it left, with `pg_rewind`.
    ///
    /// @param fork where it left the primary's line
    record Rewind(Lsn fork) implements Return {}

    /// Make a new copy; the old directory is kept aside.
    ///
    /// @param reason why nothing cheaper will do
    record Rebuild(String reason) implements Return {}

    /// Touch nothing: these files belong to something else.
    ///
    /// @param reason what they belong to
    record Refuse(String reason) implements Return {}
  }

  /// How long to wait before the next attempt, after copies have failed: each reads the whole
  /// database of the primary.
  ///
  /// @param failed how many in a row; 0 if none was begun
  public static Duration pause(int failed) {
    Duration pause = SHORTEST_PAUSE.multipliedBy(1L << Math.clamp(failed - 1L, 0, 20));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /// What an instance has of its own.
  ///
  /// @param mine the local instance, stopped, with the end of its valid WAL
  /// @param primary the primary's history
  /// @return the WAL that the primary never had, oldest first; empty if there is none, or if the
  ///   two have nothing in common
  public static List<TimelineHistory.Stretch> own(WalVote mine, TimelineHistory primary) {
    return primary.contains(mine.history(), mine.end())
        ? List.of()
        : primary
            .forkFrom(mine.history())
            .map(fork -> mine.history().between(fork, mine.end()))
            .orElse(List.of());
  }

  /// Compares two instances.
  ///
  /// @param mine the local instance, stopped, with the end of its valid WAL
  /// @param canRewind whether its pages can be rewound
  /// @param primaryIdentity the database of the primary
  /// @param primary the primary's history
  /// @return the cheapest safe way back
  public static Return decide(
      WalVote mine, boolean canRewind, String primaryIdentity, TimelineHistory primary) {
    if (!mine.identity().equals(primaryIdentity)) {
      return new Return.Refuse(
          "it belongs to database %s, the cluster's is %s"
              .formatted(mine.identity(), primaryIdentity));
    }
    if (primary.contains(mine.history(), mine.end())) {
      return new Return.Follow();
    }
    Optional<Lsn> fork = primary.forkFrom(mine.history());
    if (fork.isEmpty()) {
      return new Return.Rebuild("it has no timeline in common with the primary");
    }
    return canRewind
        ? new Return.Rewind(fork.get())
        : new Return.Rebuild("neither wal_log_hints nor data checksums are on");
  }
}
