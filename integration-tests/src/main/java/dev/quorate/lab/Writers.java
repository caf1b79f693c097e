package dev.quorate.lab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Clients that commit through the virtual address and keep count of what was acknowledged.
///
/// A commit counts as acknowledged only if the server said so *without a warning*: a cancelled wait
/// for a synchronous standby is a warning, and its commit, like every failed one, may or may not
/// exist.
final class Writers implements AutoCloseable {
  /// An acknowledged commit.
  ///
  /// @param begunNanos when it was asked for, by [System#nanoTime()]
  /// @param doneNanos when it was acknowledged
  record Acknowledged(long id, long begunNanos, long doneNanos) {}

  private static final Duration PACE = Duration.ofMillis(10);

  private final String url;
  private final List<Thread> threads = new ArrayList<>();
  private final ConcurrentLinkedQueue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
  private final AtomicLong nextId = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private volatile boolean stopped;

  /// Clients of that address; none runs yet.
  Writers(String host) {
    this.url =
        "jdbc:postgresql://"
            + host
            + ":5432/postgres?user=postgres&sslmode=disable"
            + "&socketTimeout=1&loginTimeout=1&connectTimeout=1"
            + "&socketFactory="
            + ImpatientSocketFactory.class.getName();
  }

  /// Makes the table, waiting until the address takes writes; new ids follow those that are there.
  void prepare(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try (Connection connection = connect();
          var statement = connection.createStatement()) {
        statement.execute(
            "create table if not exists ledger (id bigint primary key, at timestamptz default"
                + " clock_timestamp())");
        statement.execute("create sequence if not exists minority");
        try (var last = statement.executeQuery("select coalesce(max(id), 0) from ledger")) {
          last.next();
          nextId.set(last.getLong(1));
        }
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > deadline) {
          throw new LabException("the cluster takes no writes: " + e.getMessage(), e);
        }
        Wait.pass(Duration.ofMillis(100));
      }
    }
  }

  /// Starts that many clients.
  void start(int count) {
    for (int i = 0; i < count; i++) {
      threads.add(Thread.ofPlatform().name("writer-" + i).start(this::writeUntilStopped));
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, new Properties());
  }

  private void writeUntilStopped() {
    while (!stopped) {
      try (Connection connection = connect();
          PreparedStatement insert =
              connection.prepareStatement("insert into ledger (id) values (?)")) {
        while (!stopped) {
          writeOne(insert);
          Wait.pass(PACE);
        }
      } catch (SQLException e) {
        Wait.pass(Duration.ofMillis(20)); // the address is on its way: connect anew
      }
    }
  }

  private void writeOne(PreparedStatement insert) throws SQLException {
    long id = nextId.incrementAndGet();
    long begun = System.nanoTime();
    boolean certain = false;
    try {
      insert.clearWarnings();
      insert.setLong(1, id);
      insert.executeUpdate();
      certain = insert.getWarnings() == null && insert.getConnection().getWarnings() == null;
    } finally {
      if (certain) {
        acknowledged.add(new Acknowledged(id, begun, System.nanoTime()));
      } else {
        unknown.incrementAndGet();
      }
    }
  }

  /// Everything acknowledged so far, by time of acknowledgement.
  List<Acknowledged> acknowledged() {
    List<Acknowledged> all = new ArrayList<>(acknowledged);
    all.sort(java.util.Comparator.comparingLong(Acknowledged::doneNanos));
    return Collections.unmodifiableList(all);
  }

  /// How many commits nobody can tell about.
  long unknown() {
    return unknown.get();
  }

  /// Ends the clients.
  @Override
  public void close() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
