package dev.quorate.container;

import dev.quorate.comparison.Fault;
import dev.quorate.comparison.Findings;
import dev.quorate.comparison.Row;
import dev.quorate.comparison.Stack;
import dev.quorate.lab.Wait;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.stream.Collectors;

/// What is done to one cluster in one round, and what is seen of it.
final class Turn {
  private static final Duration AGAIN = Duration.ofMinutes(3);
  private static final Duration WHOLE = Duration.ofMinutes(5);
  private static final double MILLIS = 1000;

  private final int round;
  private final Contender who;
  private final Findings findings;

  Turn(int round, Contender who, Findings findings) {
    this.round = round;
    this.who = who;
    this.findings = findings;
  }

  /// Gives all machines power and waits until they are a cluster.
  static void begin(Contender who) {
    who.cluster().machines().parallelStream().forEach(Machine::powerOn);
    who.start();
    who.cluster().awaitWhole(WHOLE);
  }

  /// Stops everything and takes the power away, so that others are alone on the host. What does not
  /// stop cleanly is told, and loses its power nevertheless.
  static void end(Contender who, Findings findings) {
    try {
      who.stop();
    } catch (AssertionError e) {
      who.cluster().show();
      findings.fail(
          who.stack(),
          "a clean stop: "
              + String.valueOf(e.getMessage()).strip().lines().collect(Collectors.joining("; ")));
    }
    who.cluster().machines().parallelStream().forEach(Machine::powerOff);
  }

  /// Lets it happen to a whole cluster, which is whole again afterwards.
  ///
  /// @return what must never be, if it was seen
  String suffer(Fault fault) {
    try (Trial trial =
        new Trial("round %d, %s, %s".formatted(round, who.stack(), fault), who.cluster())) {
      Trial.Verdict verdict =
          switch (fault) {
            case SWITCHOVER -> switchover(trial);
            case POSTGRES_KILLED -> postgresKilled(trial);
            case CRASH, FREEZE, PARTITION -> loss(fault, trial);
            case COLD_BOOT -> coldBoot(trial);
          };
      boolean cold = fault == Fault.COLD_BOOT;
      double first = trial.untilFirst().toMillis() / MILLIS;
      note(fault.gap(), cold ? first : verdict.felt().gapMillis() / MILLIS);
      note(fault.outage(), cold ? first : verdict.felt().totalMillis() / MILLIS);
      note(fault.lost(), verdict.lost());
      findings.load(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
      return wrong(verdict);
    }
  }

  /// The loss of the primary's machine where its kernel permits no real-time threads.
  void crashWithoutRealTime() {
    try (Trial trial = new Trial("round %d, not real-time".formatted(round), who.cluster())) {
      Machine lost = who.cluster().thePrimary();
      trial.strike(lost::powerOff);
      trial.awaitWriting(AGAIN);
      who.bringBack(lost);
      who.cluster().awaitWhole(WHOLE);
      note(Row.NOT_REAL_TIME, trial.verdict().felt().gapMillis() / MILLIS);
    }
  }

  private Trial.Verdict switchover(Trial trial) {
    Machine next = who.cluster().standbys().getFirst();
    trial.strike(() -> who.switchTo(next));
    trial.awaitWriting(AGAIN);
    who.cluster().awaitWhole(WHOLE);
    return trial.verdict();
  }

  private Trial.Verdict postgresKilled(Trial trial) {
    Machine struck = who.cluster().thePrimary();
    trial.strike(() -> struck.shell("kill -KILL $(head -n 1 " + Cluster.DATA + "/postmaster.pid)"));
    trial.awaitWriting(AGAIN);
    who.cluster().awaitWhole(WHOLE);
    Trial.Verdict verdict = trial.verdict();
    who.forgive();
    who.cluster().awaitWhole(WHOLE);
    return verdict;
  }

  private Trial.Verdict loss(Fault fault, Trial trial) {
    Machine lost = who.cluster().thePrimary();
    String boot = lost.boot();
    trial.strike(
        fault == Fault.CRASH
            ? lost::powerOff
            : fault == Fault.FREEZE ? lost::freeze : lost::cutOff);
    trial.awaitWriting(AGAIN);
    Wait.until(
        lost.name() + " to be fenced and on again",
        AGAIN,
        () -> lost.running() && !lost.boot().equals(boot));
    long power = System.nanoTime();
    int steps = who.bringBack(lost);
    who.cluster().awaitWhole(WHOLE);
    note(fault.back(), (System.nanoTime() - power) / 1e9);
    note(fault.steps(), steps);
    return trial.verdict();
  }

  private Trial.Verdict coldBoot(Trial trial) {
    end(who, findings);
    trial.strike(() -> {
      who.cluster().machines().parallelStream().forEach(Machine::powerOn);
      who.start();
    });
    Wait.until("clients to write", WHOLE, trial::writing);
    trial.awaitWriting(AGAIN);
    who.cluster().awaitWhole(WHOLE);
    return trial.verdict();
  }

  private void note(Row row, double value) {
    findings.add(who.stack(), row, value);
  }

  /// The other stack may lose commits, since its standbys are asynchronous.
  private String wrong(Trial.Verdict verdict) {
    String wrong = String.join("; ", verdict.wrong());
    return who.stack() == Stack.QUORATE && verdict.lost() > 0
        ? verdict.lost() + " acknowledged commits lost; " + wrong
        : wrong;
  }
}
