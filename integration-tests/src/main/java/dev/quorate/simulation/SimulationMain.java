package dev.quorate.simulation;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The simulator as a program: replays one seed with its trace, or runs many and counts.
public final class SimulationMain {
  private static final String USAGE =
      "usage: SimulationMain --seed N [--quiet] [--weakness NAME] | --seeds A..B [--weakness NAME]";

  private SimulationMain() {}

  /// Exit codes: 0 every seed passed; 1 a property was broken; 2 usage.
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    int exit = run(List.of(args), out);
    out.flush();
    System.exit(exit);
  }

  private static int run(List<String> args, PrintStream out) {
    Weakness weakness = Weakness.NONE;
    long first = -1;
    long last = -1;
    boolean quiet = false;
    List<String> rest = new ArrayList<>(args);
    while (!rest.isEmpty()) {
      String option = rest.removeFirst();
      String value = rest.isEmpty() || option.equals("--quiet") ? "" : rest.removeFirst();
      if (option.equals("--quiet")) {
        quiet = true;
      } else if (option.equals("--seed") && value.matches("[0-9]{1,18}")) {
        first = Long.parseLong(value);
        last = first;
      } else if (option.equals("--seeds") && value.matches("[0-9]{1,18}\\.\\.[0-9]{1,18}")) {
        first = Long.parseLong(value.substring(0, value.indexOf('.')));
        last = Long.parseLong(value.substring(value.lastIndexOf('.') + 1));
        quiet = true;
      } else if (option.equals("--weakness") && value.matches("[A-Z_]+")) {
        weakness = Weakness.valueOf(value);
      } else {
        out.println(USAGE);
        return 2;
      }
    }
    if (first < 0) {
      out.println(USAGE);
      return 2;
    }
    return run(first, last, weakness, quiet ? null : out, out);
  }

  private static int run(
      long first,
      long last,
      Weakness weakness,
      @org.jspecify.annotations.Nullable PrintStream trace,
      PrintStream out) {
    SimulationTally tally = new SimulationTally();
    long cpu = cpuNanos();
    for (long seed = first; seed <= last; seed++) {
      SimulationOutcome outcome = new SimulatedCluster(seed, weakness, trace).run();
      tally.add(outcome);
      if (outcome.violation().isPresent()) {
        out.println(SimulationTally.failure(outcome, trace == null));
        out.flush();
      }
    }
    long used = Math.max(1, cpuNanos() - cpu);
    out.print(tally.text());
    out.printf(
        Locale.ROOT,
        "%.1f CPU seconds, %.0f simulated cluster-hours per CPU-minute%n",
        used / 1e9,
        tally.hours() / (used / 60e9));
    if (first == last) {
      out.printf(Locale.ROOT, "trace hash %016x%n", tally.hash());
    }
    return tally.failures() == 0 ? 0 : 1;
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
