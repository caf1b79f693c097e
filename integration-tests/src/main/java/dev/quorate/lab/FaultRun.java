package dev.quorate.lab;

import dev.quorate.agents.core.postgresql.drill.Comparison.Difference;
import dev.quorate.agents.core.postgresql.drill.Outcome;
import dev.quorate.agents.core.postgresql.drill.Sent;
import dev.quorate.agents.core.postgresql.drill.WriteGaps;
import dev.quorate.agents.jdbc.drill.Drill;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Random faults on one cluster, one after the other, under clients that never stop: how long each
/// kept them from writing, and whether anything that was acknowledged is lost. Then the control: a
/// cluster that must lose commits, and clients that must miss them.
final class FaultRun {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration QUIET = Duration.ofMillis(1500);

  private final FaultSchedule schedule;
  private final PrintStream out;
  private final FaultTable table = new FaultTable();
  private final List<String> wrong = new ArrayList<>();

  FaultRun(FaultSchedule schedule, PrintStream out) {
    this.schedule = schedule;
    this.out = out;
  }

  /// Plays everything.
  ///
  /// @return what is not as it must be; empty if all is well
  List<String> play() throws IOException, SQLException {
    sync();
    if (wrong.isEmpty()) {
      control();
    }
    wrong.forEach(violation -> out.println("WRONG: " + violation));
    return wrong;
  }

  private void sync() throws IOException, SQLException {
    DemoRun run = new DemoRun(3, out);
    run.build("sync");
    Random random = new Random(schedule.seed());
    RandomFaults faults = new RandomFaults(run.lab(), random);
    long began = System.nanoTime();
    out.printf("%n%d faults, seed %d%n", schedule.count(), schedule.seed());
    try (Drill drill = new Drill(Clients.TARGET, Clients.PACE)) {
      out.println("  commits wait for: " + drill.prepare(true, PATIENCE));
      drill.start(Clients.COUNT);
      int number = 0;
      for (FaultKind kind : schedule.kinds()) {
        number++;
        if (!one(run, drill, faults, kind, number)) {
          break;
        }
      }
      drill.finish();
      everything(run, drill);
      long seconds = (System.nanoTime() - began) / 1_000_000_000L;
      long acknowledged = Clients.count(drill.sent(), Outcome.ACKNOWLEDGED);
      table.print(out);
      out.printf(
          Locale.ROOT,
          "%d faults in %d s, seed %d: acknowledged %d (%d a second), unknown %d, refused %d,"
              + " lost %d%n",
          table.faults(),
          seconds,
          schedule.seed(),
          acknowledged,
          acknowledged / Math.max(1, seconds),
          Clients.count(drill.sent(), Outcome.UNKNOWN),
          Clients.count(drill.sent(), Outcome.REFUSED),
          table.lost());
      out.printf("longest write gap where one standby was struck: %d ms%n", table.longestWait());
    }
  }

  /// One fault, from clients that write to a whole cluster.
  ///
  /// @return whether the run can go on
  private boolean one(DemoRun run, Drill drill, RandomFaults faults, FaultKind kind, int number) {
    Wait.pass(QUIET);
    List<Sent> before = drill.sent();
    LabNode primary = run.cluster().primary();
    RandomFaults.Fault fault;
    try {
      fault = faults.inject(kind, primary);
      run.cluster().awaitWhole(PATIENCE);
    } catch (LabException e) {
      wrong.add("%s, primary %s: %s".formatted(kind.word(), primary.name(), e.getMessage()));
      out.println(run.hactl().quietly(run.lab().nodes().getFirst(), "status").output().indent(4));
      return false;
    }
    long whole = System.nanoTime();
    String name =
        "%d/%d %s (primary %s)".formatted(number, schedule.count(), fault.story(), primary.name());
    Wait.pass(QUIET);
    List<Sent> sent = drill.sent();
    WriteGaps gaps = WriteGaps.between(fault.nanos() - QUIET.toNanos(), System.nanoTime(), sent);
    Difference difference = drill.compare(Clients.TARGET, sent, before, PATIENCE);
    table.add(
        kind,
        new FaultTable.Row(
            gaps.longest() / 1_000_000,
            (whole - fault.nanos()) / 1_000_000,
            fault.standbyOnly(),
            difference.lost().size()));
    Clients.wrong(difference).forEach(problem -> wrong.add(name + ": " + problem));
    out.printf(
        Locale.ROOT,
        "  %s: nobody wrote for %d ms, whole after %.1f s, lost %d%n",
        name,
        gaps.longest() / 1_000_000,
        (whole - fault.nanos()) / 1e9,
        difference.lost().size());
    return true;
  }

  /// What a fault has spared a later one may still have taken, from the primary or from a standby.
  private void everything(DemoRun run, Drill drill) {
    Wait.pass(QUIET); // standbys receive the last of it
    for (LabNode node : run.lab().hosts()) {
      Clients.wrong(drill.compare(Clients.TARGET.at(node.address()), PATIENCE))
          .forEach(problem -> wrong.add("in the end, on " + node.name() + ": " + problem));
    }
  }

  private void control() throws IOException, SQLException {
    out.println(
        "\nThe control: asynchronous, both standbys lag, and the primary's machine is lost");
    DemoRun run = new DemoRun(3, out);
    run.build("async");
    DemoRun.Verdict verdict = run.play(Scenario.LAGGING_STANDBY);
    if (verdict.lost() == 0) {
      wrong.add("the control lost nothing, so that the count of lost commits shows nothing");
    }
    out.printf("control: lost %d, as it must%n", verdict.lost());
  }
}
