package dev.quorate.agents.core.postgresql;

import java.util.List;

/// What a running instance answered beside what decisions need: figures to be shown, and to be told
/// to the other nodes.
///
/// @param timeline the line that it is on, or 0 if it does not say
/// @param lastCommitMillis when the last commit that it has replayed was made, by the clock of the
///   primary, in milliseconds since 1970; 0 if it has replayed none
/// @param links who streams from it
/// @param slots its physical slots
public record PostgresFigures(
    int timeline, long lastCommitMillis, List<Link> links, List<SlotUse> slots) {
  /// Nothing is known.
  public static final PostgresFigures NONE = new PostgresFigures(0, 0, List.of(), List.of());

  /// Copies the lists.
  public PostgresFigures {
    links = List.copyOf(links);
    slots = List.copyOf(slots);
  }

  /// A row of `pg_stat_replication`.
  ///
  /// @param application under which name the other connected
  /// @param client its address; empty text for a local one
  /// @param state in PostgreSQL's word, as `streaming`
  /// @param sync in PostgreSQL's word, as `quorum` or `async`
  /// @param priority in `synchronous_standby_names`; 0 if commits do not wait for it
  public record Link(
      String application,
      String client,
      String state,
      String sync,
      int priority,
      Lsn sent,
      Lsn written,
      Lsn flushed,
      Lsn replayed) {}

  /// A slot.
  ///
  /// @param active whether somebody uses it
  /// @param lost whether WAL that it needs has been removed
  /// @param from from where on it keeps WAL; [Lsn#NONE] if it keeps none
  public record SlotUse(String name, boolean active, boolean lost, Lsn from) {}
}
