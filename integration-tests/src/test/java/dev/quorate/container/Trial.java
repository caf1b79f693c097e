package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.drill.Comparison.Difference;
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
    double busy = MACHINE.getSystemLoadAverage() / (2.0 * MACHINE.getAvailableProcessors());
    long allowed = (long) (bound.toMillis() * Math.max(1, busy));
    assertTrue(
        took >= 0 && took <= allowed,
        () -> "%s: took %d ms, and may take %d ms".formatted(name, took, allowed));
  }

  /// When it happened.
  Instant fault() {
    return fault;
  }

  /// What the cluster did about it so far, as the machine tells it that tells most.
  Steps steps() {
    return Steps.since(fault, site.machines());
  }

  /// Ends the clients; nothing that they were told of may be missing anywhere, and there were never
  /// two of what there may be one of. The cluster must be whole.
  void judge() {
    judge(0);
  }

  /// The same where standbys are asynchronous, and some of the last commits may be lost.
  void judge(int most) {
    Difference there = end();
    assertTrue(there.lost().size() <= most, () -> name + " lost " + there.lost());
    assertEquals(List.of(), there.revived(), name);
    assertEquals(List.of(), split.violations(), name);
    for (Machine machine : site.machines()) {
      Wait.until(
          machine.name() + " to have what the primary has",
          PATIENCE,
          () -> clients.compare(target.at(machine.address()), PATIENCE).equals(there));
    }
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
