package dev.quorate.agents.jdbc.drill;

import dev.quorate.agents.core.postgresql.drill.Outcome;
import dev.quorate.agents.core.postgresql.drill.Sent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// One client: commits an entry, waits to be told, commits the next; connects anew after whatever
/// happens, and keeps count. Thread-safe.
final class DrillWriter {
  private static final String INSERT =
      """
      INSERT INTO quorate_drill.ledger (writer, number, previous)
      SELECT ?, ?, coalesce(max(number), 0) FROM quorate_drill.ledger WHERE writer = ?
      """;
  private static final Duration RECONNECT = Duration.ofMillis(20);

  /// Classes of errors, and single ones, with which a server says that it did nothing.
  private static final List<String> REFUSALS =
      List.of("22", "23", "25", "42", "0A", "40001", "40P01");

  private final int number;
  private final DrillTarget target;
  private final Duration pace;
  private final Sent sent = new Sent();
  private final Thread thread;
  private volatile boolean stopped;

  /// A writer that does nothing yet.
  ///
  /// @param pace how long it waits after each commit
  DrillWriter(int number, DrillTarget target, Duration pace) {
    this.number = number;
    this.target = target;
    this.pace = pace;
    thread = Thread.ofPlatform().daemon().name("drill-writer-" + number).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Says that it shall end; [#join] waits for it.
  void stop() {
    stopped = true;
  }

  void join(Duration patience) throws InterruptedException {
    thread.join(patience);
  }

  /// What it has sent so far.
  Sent sent() {
    synchronized (sent) {
      return sent.copy();
    }
  }

  private void run() {
    while (!stopped) {
      try (Connection connection = target.connect();
          PreparedStatement insert = connection.prepareStatement(INSERT)) {
        while (!stopped) {
          commit(insert);
          LockSupport.parkNanos(pace.toNanos());
        }
      } catch (SQLException e) {
        LockSupport.parkNanos(RECONNECT.toNanos()); // the address may be on its way
      }
    }
  }

  private void commit(PreparedStatement insert) throws SQLException {
    long next;
    synchronized (sent) {
      next = sent.begin();
    }
    Outcome outcome = Outcome.UNKNOWN;
    try {
      insert.clearWarnings();
      insert.getConnection().clearWarnings();
      insert.setInt(1, number);
      insert.setLong(2, next);
      insert.setInt(3, number);
      insert.executeUpdate();
      if (insert.getWarnings() == null && insert.getConnection().getWarnings() == null) {
        outcome = Outcome.ACKNOWLEDGED;
      }
    } catch (SQLException e) {
      outcome = outcome(e);
      throw e;
    } finally {
      synchronized (sent) {
        sent.end(outcome, System.nanoTime());
      }
    }
  }

  /// What a failure says of its commit. Whatever may come after the commit says nothing.
  static Outcome outcome(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && REFUSALS.stream().anyMatch(state::startsWith)
        ? Outcome.REFUSED
        : Outcome.UNKNOWN;
  }
}
