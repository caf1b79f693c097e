package dev.quorate.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Looks for two of what there may be one of, from inside every node: instances that acknowledge
/// writes, and holders of the virtual address.
public final class SplitProbe implements AutoCloseable {
  private static final Duration PACE = Duration.ofMillis(100);
  private static final int HEXADECIMAL = 16;

  /// A write of a client inside a node that was acknowledged.
  ///
  /// @param timeline that of PostgreSQL: every promotion begins a new one
  /// @param begun when the client began, in milliseconds after the fault
  /// @param done when it was told
  public record Acknowledged(String node, int timeline, long begun, long done) {}

  private final Lab lab;
  private final long faultNanos;
  private final List<Acknowledged> acknowledged = new CopyOnWriteArrayList<>();
  private final List<String> twice = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /// Starts looking; the fault is about to happen.
  SplitProbe(Lab lab, long faultNanos) {
    this.lab = lab;
    this.faultNanos = faultNanos;
    threads.add(Thread.ofPlatform().name("address-probe").start(this::look));
    for (LabNode node : lab.hosts()) {
      threads.add(Thread.ofPlatform().name("write-" + node.name()).start(() -> write(node)));
    }
  }

  /// Whoever is seen with the address before and after another one was seen with it held it
  /// together with that one.
  private void look() {
    while (!stopped) {
      List<LabNode> holders = lab.hosts().stream().filter(lab::hasVip).toList();
      if (holders.size() > 1 && lab.hasVip(holders.getFirst())) {
        twice.add(
            "%s and %s both held the address %d ms after the fault"
                .formatted(holders.getFirst().name(), holders.get(1).name(), sinceFault()));
      }
      Wait.pass(PACE);
    }
  }

  private void write(LabNode node) {
    Path psql = PostgresSetup.binaries().resolve("psql");
    while (!stopped) {
      long begun = sinceFault();
      Command insert =
          lab.in(
              node,
              "timeout",
              "2",
              psql.toString(),
              "--no-psqlrc",
              "--quiet",
              "--tuples-only",
              "--no-align",
              "--host=" + node.pgSocketDirectory(),
              "--username=postgres",
              "--command=insert into ledger (id) values (-nextval('minority'))"
                  + " returning substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)");
      if (insert.ok() && insert.output().matches("[0-9A-F]{8}")) {
        int timeline = Integer.parseInt(insert.output(), HEXADECIMAL);
        acknowledged.add(new Acknowledged(node.name(), timeline, begun, sinceFault()));
      }
      Wait.pass(PACE);
    }
  }

  private long sinceFault() {
    return (System.nanoTime() - faultNanos) / 1_000_000;
  }

  /// What was acknowledged so far.
  List<Acknowledged> acknowledged() {
    return List.copyOf(acknowledged);
  }

  /// What must not have been seen.
  List<String> violations() {
    List<String> wrong = new ArrayList<>(twice.stream().limit(1).toList());
    wrong.addAll(violations(acknowledged));
    return wrong;
  }

  /// Two nodes that acknowledge on one timeline, or a write that began on an older timeline after
  /// the first acknowledgement on a newer one.
  public static List<String> violations(List<Acknowledged> acknowledged) {
    List<String> wrong = new ArrayList<>();
    Map<Integer, String> owners = new TreeMap<>();
    TreeMap<Integer, Acknowledged> firsts = new TreeMap<>();
    for (Acknowledged a : acknowledged) {
      String owner = owners.putIfAbsent(a.timeline(), a.node());
      if (owner != null && !owner.equals(a.node())) {
        wrong.add(
            "%s and %s both acknowledged writes on timeline %d"
                .formatted(owner, a.node(), a.timeline()));
      }
      firsts.merge(a.timeline(), a, (x, y) -> x.done() <= y.done() ? x : y);
    }
    for (Acknowledged a : acknowledged) {
      firsts.tailMap(a.timeline(), false).values().stream()
          .filter(newer -> newer.done() < a.begun())
          .findFirst()
          .ifPresent(newer ->
              wrong.add(
                  "%s acknowledged a write of %d ms after the fault, and %s the first of its own at %d ms"
                      .formatted(a.node(), a.begun(), newer.node(), newer.done())));
    }
    return wrong.stream().distinct().limit(5).toList();
  }

  /// Stops looking.
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
