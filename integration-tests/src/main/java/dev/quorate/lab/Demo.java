package dev.quorate.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/// The `./demo` program: builds a cluster on this machine, lets a fault happen under writing
/// clients, and shows what came of it.
public final class Demo {
  private Demo() {}

  /// Exit codes: 0 shown and nothing lost; 1 something went wrong; 2 usage; 3 this machine cannot.
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int exit;
    try {
      exit = run(List.of(args), out);
    } catch (LabException e) {
      out.println("demo: " + e.getMessage());
      exit = 1;
    } catch (IOException | SQLException e) {
      out.println("demo: " + e.getClass().getSimpleName() + ": " + e.getMessage());
      exit = 1;
    }
    System.exit(exit);
  }

  private static int run(List<String> args, PrintStream out) throws IOException, SQLException {
    if (args.equals(List.of("stop"))) {
      Lab.existing().remove();
      out.println("The lab is gone: no namespace, process or file of it is left.");
      return 0;
    }
    if (args.equals(List.of("status"))) {
      return status(out);
    }
    if (args.equals(List.of("idle"))) {
      return IdleCost.print(Lab.existing(), IdleCost.USUAL, out) ? 0 : 1;
    }
    if (args.contains("--help") || args.contains("-h")) {
      out.println(DemoOptions.USAGE);
      return 0;
    }
    if (!args.isEmpty() && args.getFirst().equals("faults")) {
      return faults(args.subList(1, args.size()), out);
    }
    DemoOptions options;
    try {
      options = DemoOptions.parse(args);
    } catch (IllegalArgumentException e) {
      out.println("demo: " + e.getMessage());
      out.println(DemoOptions.USAGE);
      return 2;
    }
    DemoRun run = new DemoRun(Lab.of(options.nodes(), options.witness()), out);
    run.build(options.durability(), options.megabytes());
    List<DemoRun.Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < options.repeat(); i++) {
      verdicts.add(run.play(options.scenario()));
    }
    if (options.repeat() > 1) {
      summarize(options.scenario(), verdicts, out);
    }
    run.suggest(options.scenario());
    return verdicts.stream().allMatch(v -> v.wrong().isEmpty()) ? 0 : 1;
  }

  private static int faults(List<String> words, PrintStream out) throws IOException, SQLException {
    FaultSchedule schedule;
    try {
      schedule = FaultSchedule.parse(words, System.nanoTime() % 1_000_000);
    } catch (IllegalArgumentException e) {
      out.println("demo: " + e.getMessage());
      out.println("usage: " + FaultSchedule.USAGE);
      return 2;
    }
    return new FaultRun(schedule, out).play().isEmpty() ? 0 : 1;
  }

  private static void summarize(
      Scenario scenario, List<DemoRun.Verdict> verdicts, PrintStream out) {
    out.printf("%n%s, %d runs:%n", scenario.word(), verdicts.size());
    spread("fault to writing again", verdicts, v -> v.outage().faultToWritingMillis(), out);
    spread("longest write gap", verdicts, v -> v.outage().gapMillis(), out);
    if (scenario == Scenario.NODE_CRASH) {
      spread("boot to streaming standby", verdicts, DemoRun.Verdict::returnMillis, out);
    }
    out.printf(
        "  acknowledged %d, lost %d%n",
        verdicts.stream().mapToLong(DemoRun.Verdict::acknowledged).sum(),
        verdicts.stream().mapToLong(DemoRun.Verdict::lost).sum());
  }

  private static void spread(
      String name,
      List<DemoRun.Verdict> verdicts,
      ToLongFunction<DemoRun.Verdict> figure,
      PrintStream out) {
    long[] sorted = verdicts.stream().mapToLong(figure).sorted().toArray();
    out.printf(
        "  %-28s median %d ms (%d to %d)%n",
        name, sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
  }

  private static int status(PrintStream out) {
    Lab lab = Lab.existing();
    for (LabNode node : lab.nodes()) {
      Command status = DemoRun.hactl(out).quietly(node, "status");
      if (status.ok()) {
        out.println(status.output());
        return 0;
      }
    }
    out.println("No cluster of the lab answers; ./demo builds one.");
    return 1;
  }
}
