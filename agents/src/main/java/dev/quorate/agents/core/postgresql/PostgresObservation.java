package dev.quorate.agents.core.postgresql;

import java.time.Duration;
import java.util.Optional;

/// What the agent sees of its instance.
///
/// @param condition in plain words
/// @param facts what it answered; present only if it runs
/// @param told whom to receive from, as was last written into its settings; empty text for nobody,
///   nothing if that was not by this agent
/// @param deaf whether it has taken on to receive from nobody
/// @param castRound the last election round in which this instance has voted
/// @param detached for how long it has not received although it should
/// @param applied what commits wait for, as far as PostgreSQL has been told
/// @param boundary the end of the WAL after that came into force; empty while it may not be
/// @param wanted what the promise should become
public record PostgresObservation(
    Condition condition,
    Optional<PostgresFacts> facts,
    Optional<String> told,
    boolean deaf,
    long castRound,
    Duration detached,
    SyncNames applied,
    Optional<Lsn> boundary,
    SyncNames wanted) {
  /// What an instance is.
  public enum Condition {
    /// There is no database in the directory, or one that must not be started.
    UNUSABLE,
    /// No process is left of it.
    STOPPED,
    /// It runs and answers.
    RUNNING,
    /// It runs and does not answer.
    SILENT,
    /// It is being brought back.
    RETURNING
  }
}
