package dev.quorate.lab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Compares what was acknowledged with what is there.
final class Ledger {
  private Ledger() {}

  /// Every id that an instance holds.
  static SortedSet<Long> read(String host) throws SQLException {
    SortedSet<Long> ids = new TreeSet<>();
    try (Connection connection = connect(host);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id from ledger")) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  /// The acknowledged ids that are missing.
  static List<Long> lost(Collection<Writers.Acknowledged> acknowledged, SortedSet<Long> present) {
    return acknowledged.stream()
        .map(Writers.Acknowledged::id)
        .filter(id -> !present.contains(id))
        .sorted()
        .toList();
  }

  /// Whether the instance is a standby.
  static boolean inRecovery(String host) throws SQLException {
    return ask(host, "select pg_is_in_recovery()").equals("t");
  }

  /// The first column of the first row.
  static String ask(String host, String question) throws SQLException {
    try (Connection connection = connect(host);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(question)) {
      if (!rows.next()) {
        return "";
      }
      String answer = rows.getString(1);
      return answer == null ? "" : answer;
    }
  }

  private static Connection connect(String host) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://"
            + host
            + ":5432/postgres?user=postgres&sslmode=disable&connectTimeout=2&socketTimeout=20");
  }
}
