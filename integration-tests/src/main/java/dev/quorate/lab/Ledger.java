package dev.quorate.lab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// Questions to an instance, and the table into which clients inside the nodes write.
final class Ledger {
  /// Megabytes written by one statement.
  private static final int PART = 32;

  private Ledger() {}

  /// Makes the table, waiting until the virtual address takes writes.
  static void prepare(Duration patience) {
    Wait.until(
        "the database to take writes",
        patience,
        () -> {
          try (Connection connection = connect(Lab.VIP);
              Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists ledger (id bigint primary key)");
            statement.execute("create sequence if not exists minority");
            statement.execute("create table if not exists ballast (id bigint, fill text)");
            return true;
          } catch (SQLException e) {
            return false; // not yet
          }
        });
  }

  /// Adds rows of a kilobyte until there are so many megabytes of them, a part at a time.
  static void fill(int megabytes) throws SQLException {
    for (int done = 0; done < megabytes; done += PART) {
      ask(
          Lab.VIP,
          "with added as (insert into ballast select g, repeat(md5(g::text), 31) from"
              + " generate_series(1, %d) g returning 1) select count(*) from added"
                  .formatted(1_000 * Math.min(PART, megabytes - done)));
    }
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
