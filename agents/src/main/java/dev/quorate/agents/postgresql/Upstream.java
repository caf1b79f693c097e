package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import dev.quorate.agents.process.ProcessOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Another node's server, asked through `psql` with the connection that rewinding and copying use,
/// which is that of streaming but for its name.
final class Upstream {
  /// What may be added to the time of the questions that must be answered.
  private static final Duration ASIDE = Duration.ofMillis(900);

  /// Nanoseconds between two looks for a checkpoint.
  private static final long AGAIN = 100_000_000;

  private static final String QUESTION =
      """
      SELECT pg_is_in_recovery()::text || ' ' || system_identifier || ' ' || timeline_id || ' ' ||
        CASE WHEN pg_is_in_recovery() THEN '0'
          ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END || ' ' ||
        has_function_privilege('pg_ls_dir(text, boolean, boolean)', 'EXECUTE')::text
      FROM pg_control_system(), pg_control_checkpoint()
      """;

  /// What it answered.
  ///
  /// @param promoted whether it is a primary
  /// @param mayList whether it would ever say which WAL it has: its role for replication may not be
  ///   allowed to list files
  /// @param lacks whether it has removed the WAL with which who asks would go on; empty if it did
  ///   not say
  record Answer(
      boolean promoted,
      String identity,
      TimelineHistory history,
      boolean mayList,
      Optional<Boolean> lacks) {
    Answer lacking(Optional<Boolean> said) {
      return new Answer(promoted, identity, history, mayList, said);
    }
  }

  private static final String EXTENT =
      """
      SELECT sum(pg_tablespace_size(oid))::bigint || ' ' ||
        replace(current_setting('log_directory'), current_setting('data_directory') || '/', '')
      FROM pg_tablespace
      """;

  /// What a copy of it is about.
  ///
  /// @param bytes how much there is, about; 0 if nobody says
  /// @param logDirectory where its server's logs are, perhaps within the data
  record Extent(long bytes, String logDirectory) {}

  private final PostgresInstance instance;
  private final String conninfo;

  Upstream(PostgresInstance instance, String conninfo) {
    this.instance = instance;
    this.conninfo = conninfo + " dbname=postgres";
  }

  String conninfo() {
    return conninfo;
  }

  /// Asks, a primary also whether it has removed the WAL with which a standby would go on.
  ///
  /// @param from the end of the standby's WAL
  /// @param segment the name of the segment that holds it, without its timeline
  Answer ask(Duration within, Lsn from, String segment) {
    Answer answer = ask(within);
    return answer.promoted() && answer.mayList()
        ? answer.lacking(lacks(from, segment, ASIDE))
        : answer;
  }

  /// Whether a primary has removed that WAL; empty if it does not say, or takes long. It is asked
  /// by a function that `pg_rewind` needs, too.
  Optional<Boolean> lacks(Lsn from, String segment, Duration within) {
    ProcessOutcome outcome =
        outcome(
            """
            SELECT pg_current_wal_lsn() > '%s' AND NOT EXISTS (
              SELECT FROM pg_ls_dir('pg_wal', true, false) AS f WHERE f ~ '^[0-9A-F]{8}%s$')
            """
                .formatted(from, segment),
            within);
    return outcome.ok() ? Optional.of(outcome.text().strip().equals("t")) : Optional.empty();
  }

  /// Asks who it is. A primary whose control file, from which all tools read the timeline, does not
  /// know of its promotion yet, is made to write a checkpoint, or its own is waited for.
  Answer ask(Duration within) {
    List<String> words = List.of(query(QUESTION, within).split(" ", -1));
    if (words.size() != 5) {
      throw new PostgresException("the primary answered " + words);
    }
    boolean promoted = words.get(0).equals("false");
    Timeline line = new Timeline(Integer.parseInt(words.get(2)));
    if (promoted) {
      Timeline now = new Timeline(Integer.parseUnsignedInt(words.get(3), 16));
      if (!now.equals(line)) {
        awaitCheckpoint(now, within);
        line = now;
      }
    }
    boolean mayList = words.get(4).equals("true");
    return new Answer(promoted, words.get(1), history(line, within), mayList, Optional.empty());
  }

  /// A role that may not order one waits for the one that follows each promotion.
  private void awaitCheckpoint(Timeline line, Duration within) {
    long end = System.nanoTime() + within.toNanos();
    ProcessOutcome ordered = outcome("CHECKPOINT", within);
    while (!ordered.ok()
        && !query("SELECT timeline_id FROM pg_control_checkpoint()", within)
            .equals(Integer.toString(line.number()))) {
      if (System.nanoTime() - end >= 0) {
        throw new PostgresException(
            "the primary's control file does not tell of its promotion yet: " + ordered.problem());
      }
      LockSupport.parkNanos(AGAIN);
    }
  }

  /// Reads it by the function that `pg_rewind` needs as well: a role for both needs no other.
  private TimelineHistory history(Timeline line, Duration within) {
    return line.equals(Timeline.FIRST)
        ? TimelineHistory.root(line)
        : TimelineHistory.parse(
            line,
            query(
                "SELECT encode(pg_read_binary_file('pg_wal/%s'), 'escape')"
                    .formatted(line.historyFile()),
                within));
  }

  /// Asks what there is to be copied; of a role that may not know (one without `pg_monitor`), what
  /// is usual.
  Extent extent(Duration within) {
    ProcessOutcome outcome = outcome(EXTENT, within);
    String answer = outcome.ok() ? outcome.text().strip() : "";
    int blank = answer.indexOf(' ');
    return answer.matches("[0-9]+ .+")
        ? new Extent(Long.parseLong(answer.substring(0, blank)), answer.substring(blank + 1))
        : new Extent(0, "log");
  }

  /// Whether it has a physical slot that nobody uses, and that is not about to lose what it holds.
  boolean hasFreeSlot(String name, Duration within) {
    ProcessOutcome outcome =
        outcome(
            """
            SELECT count(*) FROM pg_replication_slots s WHERE slot_name = '%s' AND NOT active
              AND slot_type = 'physical'
              AND coalesce(to_jsonb(s) ->> 'wal_status', '') NOT IN ('unreserved', 'lost')
            """
                .formatted(name),
            within);
    return outcome.ok() && outcome.text().strip().equals("1");
  }

  private String query(String sql, Duration within) {
    ProcessOutcome outcome = outcome(sql, within);
    if (!outcome.ok()) {
      throw new PostgresException("the primary cannot be asked: " + outcome.problem());
    }
    return outcome.text().strip();
  }

  private ProcessOutcome outcome(String sql, Duration within) {
    return instance.tool(
        "psql", List.of("-X", "-A", "-t", "-q", "-w", "-d", conninfo, "-c", sql), within);
  }
}
