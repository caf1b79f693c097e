package dev.quorate.agents.jdbc;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.PostgresFigures;
import dev.quorate.agents.core.postgresql.doctor.ServerSurvey;
import dev.quorate.agents.core.postgresql.setup.SettingPlaces;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One kept connection to the local PostgreSQL. One question at a time; thread-safe.
///
/// Every question runs on a thread of its own. When its deadline passes the connection is cut, so a
/// hung instance costs one deadline and never a thread of the caller's.
public final class PostgresProbe implements AutoCloseable {
  private static final String FACTS =
      """
      SELECT pg_is_in_recovery(),
        coalesce(pg_last_wal_receive_lsn()::text, '0/0'),
        coalesce(pg_last_wal_replay_lsn()::text, '0/0'),
        CASE WHEN pg_is_in_recovery() THEN '0/0' ELSE pg_current_wal_flush_lsn()::text END,
        EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'walreceiver'),
        EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'),
        EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'startup'
          AND wait_event IN ('RecoveryWalAll', 'RecoveryWalStream', 'RecoveryRetrieveRetryInterval')),
        coalesce(current_setting('primary_conninfo', true), ''),
        current_setting('synchronous_standby_names'),
        CASE WHEN pg_is_in_recovery()
          THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver),
            (SELECT min_recovery_end_timeline FROM pg_control_recovery()), 0)
          ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END,
        coalesce(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000, 0)::bigint
      """;

  /// Before 12 whom it follows stands in a file, which is read at a start only.
  private static final String FACTS_11 =
      FACTS.replace(
          "current_setting('primary_conninfo', true)",
          "substring(pg_read_file('recovery.conf', 0, 65536, true)"
              + " FROM 'primary_conninfo = ''([^'']*)''')");

  private static final String STANDBYS =
      "SELECT application_name, coalesce(state, ''), coalesce(host(client_addr), ''),"
          + " coalesce(sync_state, ''), coalesce(sync_priority, 0),"
          + " coalesce(sent_lsn::text, '0/0'), coalesce(write_lsn::text, '0/0'),"
          + " coalesce(flush_lsn::text, '0/0'), coalesce(replay_lsn::text, '0/0')"
          + " FROM pg_stat_replication ORDER BY application_name, pid";
  private static final String SLOTS =
      "SELECT slot_name, active, coalesce(restart_lsn::text, '0/0'),"
          + " coalesce(wal_status, '') = 'lost'"
          + " FROM pg_replication_slots WHERE slot_type = 'physical' ORDER BY slot_name";

  /// Before 13 no slot is ever lost.
  private static final String SLOTS_12 =
      "SELECT slot_name, active, coalesce(restart_lsn::text, '0/0'), false"
          + " FROM pg_replication_slots WHERE slot_type = 'physical' ORDER BY slot_name";

  private static final String PROCESS =
      "SELECT pid, coalesce(wait_event, '') FROM pg_stat_activity WHERE backend_type = ?";

  /// A process of the server's own.
  ///
  /// @param pid its number; 0 if there is none
  /// @param waitEvent what it waits for, or empty text
  public record ServerProcess(long pid, String waitEvent) {}

  private interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private final Path socket;
  private final Properties properties = new Properties();
  private final AtomicReference<@Nullable Connection> kept = new AtomicReference<>();

  /// Prepares a connection; connects when first asked.
  ///
  /// @param socketDirectory where the server's Unix socket is
  /// @param port which names the socket
  /// @param user the database user
  /// @param database the database
  public PostgresProbe(Path socketDirectory, int port, String user, String database) {
    socket = socketDirectory.resolve(".s.PGSQL." + port);
    properties.setProperty("user", user);
    properties.setProperty("PGDBNAME", database);
    properties.setProperty("ApplicationName", "quorate");
    properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
    properties.setProperty("socketFactoryArg", socket.toString());
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("options", "-c synchronous_commit=local -c statement_timeout=0");
  }

  /// Asks for everything that decisions need.
  ///
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none
  public PostgresFacts facts(Duration deadline) {
    return ask(deadline, PostgresProbe::readFacts);
  }

  /// Asks whether it is a standby.
  ///
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none
  public boolean inRecovery(Duration deadline) {
    return ask(deadline, c -> single(c, "SELECT pg_is_in_recovery()::text")).equals("true");
  }

  /// Asks whether it was told to refuse clients' writes though it is no standby.
  ///
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none
  public boolean refusesWrites(Duration deadline) {
    return ask(deadline, c -> single(c, "SHOW default_transaction_read_only")).equals("on");
  }

  /// Starts a promotion and does not wait for it.
  ///
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none
  public void promote(Duration deadline) {
    ask(deadline, c -> single(c, "SELECT pg_promote(false)::text"));
  }

  /// Writes a checkpoint (on a standby a restart point).
  ///
  /// @param deadline how long it may take
  /// @throws ProbeException if it takes longer or fails
  public void checkpoint(Duration deadline) {
    ask(deadline, c -> execute(c, "CHECKPOINT"));
  }

  /// Asks what a process of the server's own is doing.
  ///
  /// @param type as `pg_stat_activity` calls it, `checkpointer`; of several the first
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none
  public ServerProcess process(String type, Duration deadline) {
    return ask(deadline, c -> readProcess(c, type));
  }

  private static ServerProcess readProcess(Connection connection, String type) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PROCESS)) {
      statement.setString(1, type);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? new ServerProcess(row.getLong(1), row.getString(2))
            : new ServerProcess(0, "");
      }
    }
  }

  /// Asks for everything that an administrator may have to change.
  ///
  /// @param kept the name of the file of settings that the cluster keeps
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none, as when the role is no superuser
  public ServerSurvey survey(String kept, Duration deadline) {
    return ask(deadline, c -> SurveyQuestions.ask(c, kept));
  }

  /// Asks where its settings come from, as its files are now.
  ///
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none, as when the role is no superuser
  public SettingPlaces places(Duration deadline) {
    return ask(deadline, PlaceQuestions::ask);
  }

  /// Ends every client session but the probe's own.
  ///
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none
  public void cutClients(Duration deadline) {
    ask(
        deadline,
        c ->
            execute(
                c,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"));
  }

  /// Makes a physical slot; on a standby one that keeps nothing yet.
  ///
  /// @param name the slot's name
  /// @param keepNow whether it keeps WAL from now on
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none, or the slot cannot be made
  public void createSlot(String name, boolean keepNow, Duration deadline) {
    ask(
        deadline,
        c -> single(c, "SELECT pg_create_physical_replication_slot(?, ?)::text", name, keepNow));
  }

  /// Drops a slot.
  ///
  /// @param name the slot's name
  /// @param deadline how long the answer may take
  /// @throws ProbeException if there is none, or the slot is in use
  public void dropSlot(String name, Duration deadline) {
    ask(deadline, c -> single(c, "SELECT pg_drop_replication_slot(?)::text", name));
  }

  /// Cuts the connection; the next question makes a new one.
  @Override
  public void close() {
    discard(kept.getAndSet(null));
  }

  private <T> T ask(Duration deadline, Question<T> question) {
    FutureTask<T> task = new FutureTask<>(() -> answer(question));
    Thread.ofVirtual().name("postgres-probe").start(task);
    try {
      return task.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      close();
      throw new ProbeException("no answer within " + deadline.toMillis() + " ms", true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new ProbeException("interrupted", true);
    } catch (ExecutionException e) {
      close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ProbeException(String.valueOf(cause.getMessage()), false);
    }
  }

  /// Asks on the kept connection; if the server has been restarted since, once more on a new one.
  private <T> T answer(Question<T> question) throws SQLException {
    synchronized (properties) {
      Connection connection = kept.get();
      if (connection != null && !connection.isClosed()) {
        try {
          return question.ask(connection);
        } catch (SQLException e) {
          if (!isBroken(e)) {
            throw e;
          }
          discard(connection);
        }
      }
      connection = DriverManager.getConnection("jdbc:postgresql://localhost/", properties);
      connection.setAutoCommit(true);
      kept.set(connection);
      return question.ask(connection);
    }
  }

  private static boolean isBroken(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  private static void discard(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        // It is broken already, which is all that is wanted.
      }
    }
  }

  private static PostgresFacts readFacts(Connection connection) throws SQLException {
    List<PostgresFigures.Link> links = new ArrayList<>();
    List<PostgresFigures.SlotUse> slots = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery(STANDBYS)) {
        while (rows.next()) {
          links.add(link(rows));
        }
      }
      int major = connection.getMetaData().getDatabaseMajorVersion();
      try (ResultSet rows = statement.executeQuery(major >= 13 ? SLOTS : SLOTS_12)) {
        while (rows.next()) {
          slots.add(
              new PostgresFigures.SlotUse(
                  rows.getString(1),
                  rows.getBoolean(2),
                  rows.getBoolean(4),
                  Lsn.parse(rows.getString(3))));
        }
      }
      try (ResultSet row = statement.executeQuery(major >= 12 ? FACTS : FACTS_11)) {
        row.next();
        return new PostgresFacts(
            row.getBoolean(1),
            Lsn.parse(row.getString(2)),
            Lsn.parse(row.getString(3)),
            Lsn.parse(row.getString(4)),
            row.getBoolean(5),
            row.getBoolean(6),
            row.getBoolean(7),
            row.getString(8),
            row.getString(9),
            links.stream().map(PostgresProbe::standby).toList(),
            slots.stream().map(PostgresProbe::slot).toList(),
            new PostgresFigures(row.getInt(10), row.getLong(11), links, slots));
      }
    }
  }

  private static PostgresFigures.Link link(ResultSet row) throws SQLException {
    return new PostgresFigures.Link(
        row.getString(1),
        row.getString(3),
        row.getString(2),
        row.getString(4),
        row.getInt(5),
        Lsn.parse(row.getString(6)),
        Lsn.parse(row.getString(7)),
        Lsn.parse(row.getString(8)),
        Lsn.parse(row.getString(9)));
  }

  private static PostgresFacts.Standby standby(PostgresFigures.Link link) {
    return new PostgresFacts.Standby(
        link.application(), link.state().equals("streaming"), link.flushed());
  }

  private static PostgresFacts.Slot slot(PostgresFigures.SlotUse slot) {
    return new PostgresFacts.Slot(slot.name(), slot.active(), slot.from().isValid(), slot.lost());
  }

  private static String execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return "";
    }
  }

  private static String single(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        String value = row.getString(1);
        return value == null ? "" : value;
      }
    }
  }
}
