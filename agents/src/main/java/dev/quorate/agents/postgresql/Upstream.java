package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import dev.quorate.agents.process.ProcessOutcome;
import java.time.Duration;
import java.util.List;

/// Another node's server, asked through `psql` with the connection that rewinding and copying use,
/// which is that of streaming but for its name.
final class Upstream {
  private static final String QUESTION =
      """
      SELECT pg_is_in_recovery()::text || ' ' || system_identifier || ' ' || timeline_id || ' ' ||
        CASE WHEN pg_is_in_recovery() THEN '0'
          ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END
      FROM pg_control_system(), pg_control_checkpoint()
      """;

  /// What it answered.
  ///
  /// @param promoted whether it is a primary
  record Answer(boolean promoted, String identity, TimelineHistory history) {}

  private final PostgresInstance instance;
  private final String conninfo;

  Upstream(PostgresInstance instance, String conninfo) {
    this.instance = instance;
    this.conninfo = conninfo + " dbname=postgres";
  }

  String conninfo() {
    return conninfo;
  }

  /// Asks who it is. A primary whose control file, from which all tools read the timeline, does not
  /// know of its promotion yet, is made to write a checkpoint.
  Answer ask(Duration within) {
    List<String> words = List.of(query(QUESTION, within).split(" ", -1));
    if (words.size() != 4) {
      throw new PostgresException("the primary answered " + words);
    }
    boolean promoted = words.get(0).equals("false");
    Timeline line = new Timeline(Integer.parseInt(words.get(2)));
    if (promoted) {
      Timeline now = new Timeline(Integer.parseUnsignedInt(words.get(3), 16));
      if (!now.equals(line)) {
        query("CHECKPOINT", within);
        line = now;
      }
    }
    TimelineHistory history =
        line.equals(Timeline.FIRST)
            ? TimelineHistory.root(line)
            : TimelineHistory.parse(
                line, query("SELECT pg_read_file('pg_wal/" + line.historyFile() + "')", within));
    return new Answer(promoted, words.get(1), history);
  }

  private String query(String sql, Duration within) {
    ProcessOutcome outcome =
        instance.tool(
            "psql", List.of("-X", "-A", "-t", "-q", "-w", "-d", conninfo, "-c", sql), within);
    if (!outcome.ok()) {
      throw new PostgresException("the primary cannot be asked: " + outcome.problem());
    }
    return outcome.text().strip();
  }
}
