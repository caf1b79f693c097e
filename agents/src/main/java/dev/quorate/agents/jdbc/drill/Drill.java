package dev.quorate.agents.jdbc.drill;

import dev.quorate.agents.core.postgresql.drill.Comparison;
import dev.quorate.agents.core.postgresql.drill.Entry;
import dev.quorate.agents.core.postgresql.drill.Sent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Writers on a database, in a schema of their own, and what they may find there afterwards.
///
/// Confined to one thread; its writers have theirs.
public final class Drill implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final Duration LAST_COMMIT = Duration.ofSeconds(10);
  private static final int FETCHED = 10_000;

  private static final String EXISTS = "SELECT to_regnamespace('quorate_drill') IS NOT NULL";
  private static final String DROP = "DROP SCHEMA IF EXISTS quorate_drill CASCADE";
  private static final String CREATE =
      """
      CREATE SCHEMA quorate_drill;
      CREATE TABLE quorate_drill.ledger (writer int, number bigint, previous bigint NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (writer, number))
      """;
  private static final String PROMISE =
      "SELECT 'synchronous_commit = ' || current_setting('synchronous_commit')"
          + " || ', synchronous_standby_names = '''"
          + " || current_setting('synchronous_standby_names') || ''''";
  private static final String OF_WRITER =
      "SELECT writer, number, previous FROM quorate_drill.ledger"
          + " WHERE writer = ? AND number > ? ORDER BY number";
  private static final String OF_STRANGERS =
      "SELECT writer, number, previous FROM quorate_drill.ledger"
          + " WHERE writer NOT BETWEEN 0 AND ? - 1 AND number > ? ORDER BY writer, number";

  private final DrillTarget target;
  private final Duration pace;
  private final List<DrillWriter> writers = new ArrayList<>();

  /// A drill that has not touched the database.
  ///
  /// @param pace how long each writer waits after a commit
  public Drill(DrillTarget target, Duration pace) {
    this.target = target;
    this.pace = pace;
  }

  private interface Deed<T> {
    T on(Connection connection) throws SQLException;
  }

  /// Makes the schema and its table, waiting until the address takes writes.
  ///
  /// @param anew whether what an earlier drill left is dropped
  /// @return what a commit there waits for, in PostgreSQL's words
  /// @throws DrillException if the address does not take writes in time, or a schema is there
  public String prepare(boolean anew, Duration patience) {
    boolean[] mine = {anew};
    return repeatedly(
        "the database takes no writes",
        patience,
        connection -> {
          if (!mine[0] && single(connection, EXISTS).equals("t")) {
            throw new DrillException("the schema quorate_drill exists already");
          }
          mine[0] = true; // if this breaks off, the next attempt meets what it left
          execute(connection, DROP);
          execute(connection, CREATE);
          return single(connection, PROMISE);
        });
  }

  /// Starts that many writers.
  public void start(int count) {
    for (int i = 0; i < count; i++) {
      DrillWriter writer = new DrillWriter(writers.size(), target, pace);
      writers.add(writer);
      writer.start();
    }
  }

  /// What each writer has sent so far.
  public List<Sent> sent() {
    return writers.stream().map(DrillWriter::sent).toList();
  }

  /// Ends the writers; what one was waiting for is given up after a while. Idempotent.
  public void finish() {
    writers.forEach(DrillWriter::stop);
    for (DrillWriter writer : writers) {
      try {
        writer.join(LAST_COMMIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    finish();
  }

  /// Compares everything that was sent with what an instance holds, after [#finish].
  ///
  /// @param at the address, or one of a standby
  /// @throws DrillException if it cannot be read in time
  public Comparison.Difference compare(DrillTarget at, Duration patience) {
    List<Sent> sent = sent();
    List<Long> begins = sent.stream().map(_ -> 0L).toList();
    return compare(at, () -> new Comparison(sent), begins, patience);
  }

  /// Compares what was sent lately with what an instance holds, while the writers go on.
  ///
  /// @param sent what they have sent so far
  /// @param from what they had sent at the beginning of that time
  /// @throws DrillException if it cannot be read in time
  public Comparison.Difference compare(
      DrillTarget at, List<Sent> sent, List<Sent> from, Duration patience) {
    List<Long> begins = from.stream().map(Sent::last).toList();
    return compare(at, () -> new Comparison(sent, begins), begins, patience);
  }

  private Comparison.Difference compare(
      DrillTarget at, Supplier<Comparison> anew, List<Long> begins, Duration patience) {
    return new Drill(at, pace)
        .repeatedly(
            "what was written cannot be read",
            patience,
            connection -> {
              Comparison comparison = anew.get();
              connection.setAutoCommit(false); // else the driver fetches everything at once
              for (int writer = 0; writer < begins.size(); writer++) {
                read(connection, OF_WRITER, writer, begins.get(writer), comparison);
              }
              read(connection, OF_STRANGERS, begins.size(), Long.MIN_VALUE, comparison);
              return comparison.difference();
            });
  }

  private static void read(
      Connection connection, String question, int writer, long after, Comparison comparison)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(question)) {
      statement.setFetchSize(FETCHED);
      statement.setInt(1, writer);
      statement.setLong(2, after);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          comparison.found(new Entry(rows.getInt(1), rows.getLong(2), rows.getLong(3)));
        }
      }
    }
  }

  /// Removes the schema with everything in it.
  ///
  /// @throws DrillException if the address does not take writes in time
  public void drop(Duration patience) {
    repeatedly(
        "the schema quorate_drill cannot be dropped",
        patience,
        connection -> {
          execute(connection, DROP);
          return true;
        });
  }

  private <T> T repeatedly(String trouble, Duration patience, Deed<T> deed) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try (Connection connection = target.connectUnhurried()) {
        return deed.on(connection);
      } catch (SQLException e) {
        if (System.nanoTime() > end || isHopeless(e) || Thread.currentThread().isInterrupted()) {
          throw new DrillException(trouble + ": " + e.getMessage(), e);
        }
        LockSupport.parkNanos(RETRY.toNanos());
      }
    }
  }

  /// The password, the database, the permission: waiting changes none of them.
  private static boolean isHopeless(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("28") || state.startsWith("3D") || state.startsWith("42");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String single(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }
}
