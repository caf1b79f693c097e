package dev.quorate.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// `IdleBenchmark [SECONDS]`: what a node costs while nothing happens, in seconds of a processor a
/// minute: the daemons of a running `./demo`, and in the same minutes three nodes of corosync,
/// Pacemaker and `pcsd` that it sets up, with the same kind of resources. Root; three minutes if
/// not said otherwise.
public final class IdleBenchmark {
  private static final String DAEMON = "dev.quorate.daemon.Quorated";
  private static final int USUAL = 180;
  private static final long SETTLE_NANOS = 30_000_000_000L;

  private IdleBenchmark() {}

  /// Measures and prints; ends with 1 if ours cost more, with 2 if there is nothing to measure.
  public static void main(String[] arguments) throws IOException {
    var seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL;
    if (!BenchNetwork.isPossible()) {
      System.out.println("this takes root, because it creates network namespaces");
      System.exit(2);
    }
    var missing = PacemakerStack.missing();
    if (!missing.isEmpty()) {
      System.out.println("first: apt-get install " + String.join(" ", missing));
      System.exit(2);
    }
    if (ProcessorTime.ofEach(DAEMON).isEmpty()) {
      System.out.println("no quorated runs here: ./demo starts three; theirs are measured alone");
    }
    System.exit(measure(seconds) ? 0 : 1);
  }

  private static boolean measure(int seconds) throws IOException {
    try (var _ = new BenchNetwork();
        var stack = new PacemakerStack()) {
      LockSupport.parkNanos(SETTLE_NANOS);
      var theirs = stack.used();
      var ours = ProcessorTime.ofEach(DAEMON);
      var start = System.nanoTime();
      System.out.printf(Locale.ROOT, "three nodes each, idle for %d s; load %s%n", seconds, load());
      LockSupport.parkNanos(seconds * 1_000_000_000L);
      var minutes = (System.nanoTime() - start) / 60e9;
      var them = mean("corosync, Pacemaker, pcsd", theirs, stack.used(), minutes);
      var us = mean("quorated", ours, ProcessorTime.ofEach(DAEMON), minutes);
      System.out.printf(Locale.ROOT, "load at the end %s; ratio %.2f%n", load(), us / them);
      return us <= them;
    }
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
  }

  /// Prints what each node used a minute; gives the mean.
  private static double mean(
      String name, List<ProcessorTime> before, List<ProcessorTime> after, double minutes)
      throws IOException {
    if (before.size() != after.size()) {
      throw new IOException(name + ": one has begun or ended meanwhile");
    }
    var all = new ArrayList<Double>();
    for (int i = 0; i < before.size(); i++) {
      var used = after.get(i).since(before.get(i));
      all.add(used.seconds() / minutes);
      var parts = new ArrayList<String>();
      used.byProgram()
          .forEach((program, value) ->
              parts.add(String.format(Locale.ROOT, "%s %.2f", program, value / minutes)));
      System.out.printf(
          Locale.ROOT, "  %.2f CPU s/min: %s%n", all.getLast(), String.join(", ", parts));
    }
    var mean = all.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    System.out.printf(Locale.ROOT, "%s: %.2f CPU s/min and node%n", name, mean);
    return mean;
  }
}
