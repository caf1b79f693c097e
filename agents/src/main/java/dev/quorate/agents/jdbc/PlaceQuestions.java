package dev.quorate.agents.jdbc;

import dev.quorate.agents.core.postgresql.setup.SettingPlaces;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Asks a server for everything that [SettingPlaces] holds. Needs a superuser.
final class PlaceQuestions {
  private static final String AT_START =
      "SELECT name FROM pg_settings WHERE context IN ('postmaster', 'internal')";

  private static final String COMMAND_LINE =
      "SELECT name FROM pg_settings WHERE source = 'command line'";

  private static final String LINES =
      "SELECT coalesce(name, ''), coalesce(sourcefile, ''), coalesce(sourceline, 0)"
          + " FROM pg_file_settings ORDER BY seqno";

  private PlaceQuestions() {}

  static SettingPlaces ask(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      SortedSet<String> atStart = names(statement, AT_START);
      SortedSet<String> commandLine = names(statement, COMMAND_LINE);
      List<SettingPlaces.Line> lines = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery(LINES)) {
        while (rows.next()) {
          lines.add(new SettingPlaces.Line(rows.getString(1), rows.getString(2), rows.getInt(3)));
        }
      }
      return new SettingPlaces(atStart, commandLine, lines);
    }
  }

  private static SortedSet<String> names(Statement statement, String sql) throws SQLException {
    SortedSet<String> names = new TreeSet<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }
}
