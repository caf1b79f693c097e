package dev.quorate.agents.core.postgresql;

import java.util.List;
import java.util.Optional;

/// What a running instance answered.
///
/// @param inRecovery whether it is a standby
/// @param received the end of what its walreceiver has flushed since it started; may be the start
///   of a segment, so never to be trusted alone
/// @param replayed the end of what it has replayed
/// @param flushed the end of its own WAL, as a primary
/// @param receiving whether a walreceiver runs
/// @param streaming whether that walreceiver is connected and receives
/// @param replayIdle whether replay waits for more WAL, having found no more in the directory
/// @param conninfo `primary_conninfo` in force
/// @param syncNames `synchronous_standby_names` in force
/// @param standbys who is connected to it
/// @param slots its physical slots
/// @param figures what is shown of it
public record PostgresFacts(
    boolean inRecovery,
    Lsn received,
    Lsn replayed,
    Lsn flushed,
    boolean receiving,
    boolean streaming,
    boolean replayIdle,
    String conninfo,
    String syncNames,
    List<Standby> standbys,
    List<Slot> slots,
    PostgresFigures figures) {
  /// A connected standby.
  ///
  /// @param name under which it connected
  /// @param streaming whether it has caught up and streams
  /// @param flushed how far it has flushed
  public record Standby(String name, boolean streaming, Lsn flushed) {}

  /// A physical replication slot.
  ///
  /// @param holdsWal whether it keeps WAL from being removed
  /// @param lost whether WAL that it needs has been removed
  public record Slot(String name, boolean active, boolean holdsWal, boolean lost) {}

  /// Copies the lists.
  public PostgresFacts {
    standbys = List.copyOf(standbys);
    slots = List.copyOf(slots);
  }

  /// The end of the WAL that it has.
  public Lsn end() {
    return inRecovery ? Lsn.max(received, replayed) : flushed;
  }

  /// Where it asks for more WAL: once its replay has found no more, where that ended, which may be
  /// before a record whose end has yet to come.
  public Lsn next() {
    return inRecovery && replayIdle ? replayed : end();
  }

  /// Whether all the WAL that it has is known: nothing more arrives, and replay found the end. What
  /// was received in an earlier life of the server it does not say.
  public boolean endIsKnown() {
    return !inRecovery
        || (!receiving && (replayIdle || (received.isValid() && replayed.reaches(received))));
  }

  /// A slot by name.
  public Optional<Slot> slot(String name) {
    return slots.stream().filter(s -> s.name().equals(name)).findFirst();
  }
}
