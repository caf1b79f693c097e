package dev.quorate.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/// Three ring processes on a machine whose processors are all busy with something else: who lives
/// must not be doubted.
final class FalseSuspicions {
  private static final int BURNERS_PER_CPU = 2;
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private final List<RingProcess> nodes;
  private final long started = System.nanoTime();

  private FalseSuspicions(List<RingProcess> nodes) {
    this.nodes = nodes;
  }

  /// Runs for this long and prints how it goes.
  ///
  /// @return how often a node doubted another
  static long run(Duration time) throws IOException {
    var cpus = Runtime.getRuntime().availableProcessors();
    var nodes = RingProcess.ring(3);
    var burners = new ArrayList<Process>();
    try {
      for (int i = 0; i < cpus * BURNERS_PER_CPU; i++) {
        burners.add(burner(time.plus(MARGIN)));
      }
      nodes.forEach(RingProcess::begin);
      SchedulerBenchmark.print(
          "3 ring processes, token timeout 1000 ms; %d CPUs, %d busy processes beside them",
          cpus, burners.size());
      return new FalseSuspicions(nodes).watch(time);
    } finally {
      burners.forEach(Process::destroy);
      nodes.forEach(RingProcess::close);
    }
  }

  /// Does nothing as fast as it can, with ordinary priority; ends by itself if nobody ends it.
  private static Process burner(Duration atMost) throws IOException {
    return new ProcessBuilder(
            "timeout", Long.toString(atMost.toSeconds()), "sh", "-c", "while :; do :; done")
        .start();
  }

  private long watch(Duration time) throws IOException {
    var every = Math.max(time.toNanos() / 12, Duration.ofSeconds(10).toNanos());
    var next = started;
    long suspicions;
    var ticks = ticks();
    do {
      next = Math.min(next + every, started + time.toNanos());
      LockSupport.parkNanos(next - System.nanoTime());
      var before = ticks;
      ticks = ticks();
      suspicions = say(busy(before, ticks));
    } while (next - started < time.toNanos());
    return suspicions;
  }

  private long say(double busy) {
    var reports = nodes.stream().map(RingProcess::report).toList();
    var suspicions = sum(reports, RingProcess.Report::views);
    SchedulerBenchmark.print(
        "%5.1f min: CPUs %.0f %% busy, load %.1f; %d views changed, %d tokens lost, %d pauses;"
            + " worst lateness of a sleep %.1f ms, worst rotation of the token %.0f ms"
            + " (real-time %s, memory locked %s)",
        (System.nanoTime() - started) / 60e9,
        busy * 100,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        suspicions,
        sum(reports, RingProcess.Report::tokensLost),
        sum(reports, RingProcess.Report::pauses),
        most(reports, RingProcess.Report::worstNap) / 1e6,
        most(reports, RingProcess.Report::worstRotation) / 1e6,
        reports.getFirst().realTime(),
        reports.getFirst().memory());
    return suspicions;
  }

  private static long sum(
      List<RingProcess.Report> reports, ToLongFunction<RingProcess.Report> what) {
    return reports.stream().mapToLong(what).sum();
  }

  private static long most(
      List<RingProcess.Report> reports, ToLongFunction<RingProcess.Report> what) {
    return reports.stream().mapToLong(what).max().orElse(0);
  }

  /// Time of all processors: all of it, and that in which they did nothing.
  private record Ticks(long all, long idle) {}

  private static Ticks ticks() throws IOException {
    var first = Files.readAllLines(Path.of("/proc/stat")).getFirst();
    var fields =
        Arrays.stream(first.strip().split("\\s+")).skip(1).mapToLong(Long::parseLong).toArray();
    return new Ticks(Arrays.stream(fields).limit(8).sum(), fields[3] + fields[4]);
  }

  private static double busy(Ticks from, Ticks to) {
    return 1 - (double) (to.idle() - from.idle()) / Math.max(1, to.all() - from.all());
  }
}
