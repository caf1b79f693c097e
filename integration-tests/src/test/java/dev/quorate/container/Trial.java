package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.drill.Comparison.Difference;
import dev.quorate.agents.core.postgresql.drill.Entry;
import dev.quorate.agents.core.postgresql.drill.Outcome;
import dev.quorate.agents.core.postgresql.drill.Sent;
import dev.quorate.agents.jdbc.drill.Drill;
import dev.quorate.agents.jdbc.drill.DrillTarget;
import dev.quorate.lab.Clients;
import dev.quorate.lab.Outage;
import dev.quorate.lab.Wait;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/// One fault under clients that commit through the address, and what was seen of it: by the
/// clients, by the cluster, and from inside of each machine.
final class Trial implements AutoCloseable {
  /// What was seen of a fault, after the end.
  ///
  /// @param lost of which clients were told
  /// @param wrong what else must never be
  record Verdict(Outage felt, int lost, List<String> wrong) {}

  private static final int CLIENTS = 3;
  private static final Duration PACE = Duration.ofMillis(20);
  private static final Duration LATELY = Duration.ofMillis(500);

  private final DrillTarget target;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BEFORE = Duration.ofSeconds(3);
  private static final Duration EFFECT = Duration.ofSeconds(2);
  private static final Duration AFTER = Duration.ofSeconds(2);

  /// Within this long a power cut ends everything: cutting it takes the engine a moment.
  private static final Duration STILL = Duration.ofSeconds(2);

  private static final OperatingSystemMXBean MACHINE = ManagementFactory.getOperatingSystemMXBean();

  private final String name;
  private final Cluster site;
  private final Drill clients;
  private final SplitWatch split;
  private long faultNanos;
  private Instant fault = Instant.EPOCH;

  /// Lets clients write for a while.
  Trial(String name, Cluster site) {
    this.name = name;
    this.site = site;
    this.target = Clients.through(site.vip());
    this.clients = new Drill(target, PACE);
    this.split = new SplitWatch(site);
    clients.prepare(true, PATIENCE);
    split.start();
    clients.start(CLIENTS);
    Wait.pass(BEFORE);
    assertTrue(Clients.count(clients.sent(), Outcome.ACKNOWLEDGED) > 10, "the clients write");
  }

  /// Lets it happen now.
  void strike(Runnable deed) {
    faultNanos = System.nanoTime();
    fault = Instant.now();
    split.strike(fault);
    deed.run();
  }

  /// Waits until clients write again, and for a while longer. What happens may take effect only a
  /// moment after it was asked for.
  void awaitWriting(Duration patience) {
    Wait.pass(EFFECT);
    try {
      Wait.until(
          name + ": clients to write again", patience, () -> outage().after() > 1 && writing());
    } catch (RuntimeException e) {
      site.show();
      throw e;
    }
    Wait.pass(AFTER);
  }

  /// Whether a client was told of a commit in the last while.
  boolean writing() {
    long since = System.nanoTime() - LATELY.toNanos();
    return clients.sent().stream().anyMatch(s -> s.acknowledgedAfter(since).findAny().isPresent());
  }

  /// What the clients felt so far.
  Outage outage() {
    return Outage.of(clients.sent(), faultNanos);
  }

  /// Fails if clients waited longer than this, on a machine that is not much busier than its
  /// processors; on a busier one they may wait as much longer.
  void within(Duration bound) {
    notLonger(outage().faultToWritingMillis(), bound);
  }

  /// The same for the longest time without a commit.
  void withoutGap(Duration bound) {
    notLonger(outage().gapMillis(), bound);
  }

  private void notLonger(long took, Duration bound) {
    bounded(name, Duration.ofMillis(took), bound);
  }

  /// The same for something else that took a while.
  static void bounded(String what, Duration took, Duration bound) {
    double busy = MACHINE.getSystemLoadAverage() / (2.0 * MACHINE.getAvailableProcessors());
    long allowed = (long) (bound.toMillis() * Math.max(1, busy));
    assertTrue(
        !took.isNegative() && took.toMillis() <= allowed,
        () -> "%s: took %d ms, and may take %d ms".formatted(what, took.toMillis(), allowed));
  }

  /// When it happened.
  Instant fault() {
    return fault;
  }

  /// When a machine's own kernel had the address last, after the fault.
  Duration lastWithAddress(Machine machine) {
    return split.kernel().lastWith(site.vip(), machine);
  }

  /// When anything listened last where PostgreSQL does, on a machine.
  Duration lastWithServer(Machine machine) {
    return split.kernel().lastWithServer(machine);
  }

  /// What the cluster did about it so far, as the machine tells it that tells most.
  Steps steps() {
    return Steps.since(fault, site.machines());
  }

  /// Ends the clients; nothing that they were told of may be missing anywhere, and there were never
  /// two of what there may be one of. The cluster must be whole.
  void judge() {
    judge(Duration.ZERO);
  }

  /// The same where commits need not wait for standbys: what clients were told of before the fault,
  /// but not longer before it, may be lost.
  ///
  /// @return how many commits are
  int judge(Duration longest) {
    Difference there = end();
    List<Sent> sent = clients.sent();
    long since = faultNanos - longest.toNanos();
    List<Entry> older =
        there.lost().stream()
            .filter(entry -> longest.isZero() || !told(sent.get(entry.writer()), entry, since))
            .toList();
    assertEquals(List.of(), older, () -> name + " lost " + there.lost());
    assertEquals(List.of(), there.revived(), name);
    assertEquals(List.of(), split.violations(), name);
    for (Machine machine : site.machines()) {
      Wait.until(
          machine.name() + " to have what the primary has",
          PATIENCE,
          () -> clients.compare(target.at(machine.address()), PATIENCE).equals(there));
    }
    return there.lost().size();
  }

  /// Whether its client was told of it after a moment and before the fault, or just then.
  private boolean told(Sent sent, Entry entry, long since) {
    long later =
        LongStream.range(entry.number(), sent.last() + 1)
            .filter(number -> sent.outcome(number) == Outcome.ACKNOWLEDGED)
            .count();
    long[] when = sent.acknowledgedAfter(since).toArray();
    return later <= when.length && when[when.length - (int) later] <= faultNanos + STILL.toNanos();
  }

  /// Ends the clients and says what was seen, whatever it was.
  Verdict verdict() {
    Difference there = end();
    List<String> wrong = new ArrayList<>(split.violations());
    if (!there.revived().isEmpty()) {
      wrong.add(there.revived().size() + " commits are there that were refused");
    }
    return new Verdict(outage(), there.lost().size(), List.copyOf(wrong));
  }

  /// How long after the fault the first client was told of a commit; negative if none was.
  Duration untilFirst() {
    return clients.sent().stream()
        .flatMapToLong(s -> s.acknowledgedAfter(faultNanos))
        .min()
        .stream()
        .mapToObj(first -> Duration.ofNanos(first - faultNanos))
        .findFirst()
        .orElse(Duration.ofSeconds(-1));
  }

  private Difference end() {
    clients.finish();
    split.close();
    List<Sent> sent = clients.sent();
    Outage felt = outage();
    Difference there = clients.compare(target.at(site.thePrimary().address()), PATIENCE);
    System.out.printf(
        Locale.ROOT,
        "== %s: writing again after %d ms, longest gap %d ms, all gaps %d ms; acknowledged %d, unknown %d, lost %d,"
            + " load %d%n",
        name,
        felt.faultToWritingMillis(),
        felt.gapMillis(),
        felt.totalMillis(),
        Clients.count(sent, Outcome.ACKNOWLEDGED),
        Clients.count(sent, Outcome.UNKNOWN),
        there.lost().size(),
        Math.round(MACHINE.getSystemLoadAverage()));
    return there;
  }

  @Override
  public void close() {
    clients.close();
    split.close();
  }
}
