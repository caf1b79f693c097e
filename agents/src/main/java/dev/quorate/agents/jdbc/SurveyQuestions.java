package dev.quorate.agents.jdbc;

import dev.quorate.agents.core.postgresql.doctor.ServerSurvey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Asks a server for everything that [ServerSurvey] holds. Needs a superuser.
final class SurveyQuestions {
  /// What can only change at a restart "could not be applied" too, and is no fault.
  private static final String WRITTEN =
      """
      SELECT f.name, f.setting, f.sourcefile || ':' || f.sourceline,
        CASE WHEN s.context = 'postmaster' AND f.error = 'setting could not be applied' THEN ''
          ELSE coalesce(f.error, '') END
      FROM pg_file_settings f LEFT JOIN pg_settings s ON s.name = f.name ORDER BY f.seqno
      """;

  /// What this connection has set for itself says nothing of the others.
  private static final String SETTINGS =
      """
      SELECT s.name,
        CASE WHEN s.source <> 'client' THEN s.setting
          ELSE coalesce((SELECT f.setting FROM pg_file_settings f
            WHERE f.name = s.name AND f.applied ORDER BY f.seqno DESC LIMIT 1), s.boot_val) END
      FROM pg_settings s
      """;

  private static final String ACCESS =
      "SELECT coalesce(line_number, 0), coalesce(type, ''), array_to_string(database, ','),"
          + " coalesce(address, ''), coalesce(auth_method, ''), coalesce(error, '')"
          + " FROM pg_hba_file_rules ORDER BY line_number";
  private static final String ROLES =
      """
      SELECT rolname, rolcanlogin, rolsuper,
        CASE WHEN rolpassword IS NULL THEN 'none' WHEN rolpassword LIKE 'SCRAM-%' THEN 'scram'
          WHEN rolpassword LIKE 'md5%' THEN 'md5' ELSE 'other' END
      FROM pg_authid WHERE rolreplication OR rolsuper ORDER BY rolname
      """;
  private static final String ARCHIVER =
      """
      SELECT coalesce(last_failed_wal, ''), failed_count,
        last_failed_time IS NOT NULL
          AND (last_archived_time IS NULL OR last_failed_time > last_archived_time)
      FROM pg_stat_archiver
      """;
  private static final String HELD =
      """
      SELECT coalesce(max(pg_wal_lsn_diff(
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
        restart_lsn)), 0)::bigint, pg_is_in_recovery() FROM pg_replication_slots
      """;

  private static final String EXCEPTIONS =
      """
      SELECT split_part(c, '=', 1), substr(c, strpos(c, '=') + 1),
        coalesce(quote_ident(r.rolname), CASE WHEN s.setdatabase = 0 THEN 'ALL' ELSE '' END),
        coalesce(quote_ident(d.datname), '')
      FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) c
        LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
      ORDER BY 3, 4, 1
      """;

  private static final String FOLLOWERS =
      "SELECT application_name FROM pg_stat_replication ORDER BY application_name";

  private SurveyQuestions() {}

  /// Asks.
  ///
  /// @param kept the name of the file that the cluster keeps: what stands there is not reported
  static ServerSurvey ask(Connection connection, String kept) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      SortedMap<String, String> settings = new TreeMap<>();
      each(statement, SETTINGS, row -> settings.put(row.getString(1), row.getString(2)));
      SortedMap<String, ServerSurvey.Written> written = new TreeMap<>();
      List<String> wrong = new ArrayList<>();
      each(statement, WRITTEN, row -> written(row, kept, written, wrong));
      List<ServerSurvey.AccessLine> access = new ArrayList<>();
      each(
          statement,
          ACCESS,
          row ->
              access.add(
                  new ServerSurvey.AccessLine(
                      row.getInt(1),
                      row.getString(2),
                      list(row.getString(3)),
                      row.getString(4),
                      row.getString(5),
                      row.getString(6))));
      List<ServerSurvey.StreamingRole> roles = new ArrayList<>();
      each(
          statement,
          ROLES,
          row ->
              roles.add(
                  new ServerSurvey.StreamingRole(
                      row.getString(1), row.getBoolean(2), row.getBoolean(3), row.getString(4))));
      List<ServerSurvey.Archiver> archiver = new ArrayList<>();
      each(
          statement,
          ARCHIVER,
          row ->
              archiver.add(
                  new ServerSurvey.Archiver(row.getBoolean(3), row.getString(1), row.getLong(2))));
      List<String> followers = new ArrayList<>();
      each(statement, FOLLOWERS, row -> followers.add(row.getString(1)));
      List<ServerSurvey.Exceptional> exceptions = new ArrayList<>();
      each(
          statement,
          EXCEPTIONS,
          row ->
              exceptions.add(
                  new ServerSurvey.Exceptional(
                      row.getString(1), row.getString(2), row.getString(3), row.getString(4))));
      try (ResultSet row = statement.executeQuery(HELD)) {
        row.next();
        return new ServerSurvey(
            settings,
            written,
            wrong,
            row.getBoolean(2),
            access,
            roles,
            archiver.stream().findFirst(),
            followers,
            row.getLong(1),
            exceptions);
      }
    }
  }

  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private static void each(Statement statement, String sql, Row row) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        row.read(rows);
      }
    }
  }

  private static void written(
      ResultSet row,
      String kept,
      SortedMap<String, ServerSurvey.Written> written,
      List<String> wrong)
      throws SQLException {
    String name = Optional.ofNullable(row.getString(1)).orElse("");
    String value = Optional.ofNullable(row.getString(2)).orElse("");
    String place = Optional.ofNullable(row.getString(3)).orElse("");
    String error = row.getString(4);
    if (!error.isEmpty()) {
      wrong.add("%s: %s".formatted(place, (name + " " + error).strip()));
    }
    if (!place.contains("/" + kept + ":")) {
      written.put(name, new ServerSurvey.Written(value, place));
    }
  }

  private static List<String> list(String joined) {
    return joined == null ? List.of() : List.of(joined.split(",", -1));
  }
}
