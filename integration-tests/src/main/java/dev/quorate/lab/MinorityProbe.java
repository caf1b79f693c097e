package dev.quorate.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Watches nodes that were cut off, from inside: whether their instance still acknowledges writes
/// of local clients, whether they hold the virtual address, whether PostgreSQL still runs.
final class MinorityProbe implements AutoCloseable {
  /// What was last seen of a node, in milliseconds after the cut; -1 for never.
  record Finding(String node, long lastAcknowledged, long lastVip, long lastPostgres) {}

  private static final Duration NO_SERVICE = Duration.ofSeconds(3);
  private static final Duration NO_PROCESS = Duration.ofSeconds(30);

  private final Lab lab;
  private final long cutNanos;
  private final List<Watched> watched = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  /// One node's last sightings; each field is written by one thread.
  private static final class Watched {
    private final LabNode node;
    private final List<Thread> threads = new ArrayList<>();
    private volatile long acknowledged = -1;
    private volatile long vip = -1;
    private volatile long postgres = -1;

    Watched(LabNode node) {
      this.node = node;
    }
  }

  /// Starts watching; the cut has just been made.
  MinorityProbe(Lab lab, List<LabNode> nodes, long cutNanos) {
    this.lab = lab;
    this.cutNanos = cutNanos;
    for (LabNode node : nodes) {
      Watched w = new Watched(node);
      watched.add(w);
      w.threads.add(Thread.ofPlatform().name("probe-" + node.name()).start(() -> look(w)));
      w.threads.add(Thread.ofPlatform().name("local-" + node.name()).start(() -> write(w)));
    }
  }

  private void look(Watched w) {
    while (!stopped) {
      if (lab.hasVip(w.node)) {
        w.vip = sinceCut();
      }
      if (!lab.postgresProcesses(w.node).isEmpty()) {
        w.postgres = sinceCut();
      }
      Wait.pass(Duration.ofMillis(100));
    }
  }

  private void write(Watched w) {
    Path psql = PostgresSetup.binaries().resolve("psql");
    while (!stopped) {
      Command insert =
          lab.in(
              w.node,
              "timeout",
              "2",
              psql.toString(),
              "--no-psqlrc",
              "--host=" + w.node.pgSocketDirectory(),
              "--username=postgres",
              "--command=insert into ledger (id) values (-nextval('minority'))");
      if (insert.ok() && !insert.output().contains("WARNING")) {
        w.acknowledged = sinceCut();
      }
      Wait.pass(Duration.ofMillis(100));
    }
  }

  private long sinceCut() {
    return (System.nanoTime() - cutNanos) / 1_000_000;
  }

  /// What was seen so far.
  List<Finding> findings() {
    return watched.stream()
        .map(w -> new Finding(w.node.name(), w.acknowledged, w.vip, w.postgres))
        .toList();
  }

  /// What must not have been seen: service later than 3 s, a process later than 30 s after the cut.
  static List<String> violations(List<Finding> findings) {
    List<String> wrong = new ArrayList<>();
    for (Finding f : findings) {
      if (f.lastAcknowledged() > NO_SERVICE.toMillis()) {
        wrong.add(f.node() + " acknowledged a write " + f.lastAcknowledged() + " ms after the cut");
      }
      if (f.lastVip() > NO_SERVICE.toMillis()) {
        wrong.add(f.node() + " held the address " + f.lastVip() + " ms after the cut");
      }
      if (f.lastPostgres() > NO_PROCESS.toMillis()) {
        wrong.add(f.node() + " ran PostgreSQL " + f.lastPostgres() + " ms after the cut");
      }
    }
    return wrong;
  }

  /// Stops watching.
  @Override
  public void close() {
    stopped = true;
    for (Watched w : watched) {
      for (Thread thread : w.threads) {
        try {
          thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
