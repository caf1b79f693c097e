package dev.quorate.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// What the replicated log does on three members:
///
/// - `LogBenchmark leader [KILLS]`: how long after the leader was killed, under proposals of all
///   (ten a second of each), an entry of another leader is committed; 40 kills if not said
///   otherwise
/// - `LogBenchmark commit [SECONDS]`: how long a commit takes at the leader, and the disk alone,
///   one after the other
/// - `LogBenchmark idle [SECONDS]`: the CPU time of members that have nothing to do, and of two of
///   them when the third was killed
///
/// Each member is a process with the daemon's flags, real-time threads and locked memory if that is
/// permitted, and mutual TLS. All share this machine and its disk (`-Djava.io.tmpdir` says which).
public final class LogBenchmark {
  private static final int SIZE = 3;
  private static final long SETTLED_NANOS = 1_000_000_000;

  private LogBenchmark() {}

  /// Runs one of them.
  public static void main(String[] arguments) throws IOException {
    var what = arguments.length > 0 ? arguments[0] : "leader";
    var count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
    switch (what) {
      case "leader" -> System.out.println(leader(count > 0 ? count : 40));
      case "commit" -> System.out.println(commit(count > 0 ? count : 20));
      case "idle" -> System.out.println(idle(count > 0 ? count : 60));
      default -> throw new IllegalArgumentException("leader, commit or idle: " + what);
    }
  }

  /// Times that something took, in milliseconds.
  private static String spread(long[] nanos) {
    var sorted = Arrays.stream(nanos).map(n -> n / 1_000_000).sorted().toArray();
    return String.format(
        Locale.ROOT,
        "p50 %d ms, p95 %d ms, at most %d ms",
        sorted[sorted.length / 2],
        sorted[Math.min(sorted.length - 1, sorted.length * 95 / 100)],
        sorted[sorted.length - 1]);
  }

  private static boolean settled(List<LogProcess> members) {
    var leader = members.stream().filter(m -> m.part().leads()).findFirst();
    return leader.isPresent()
        && members.stream()
            .allMatch(m ->
                m.part().leader().equals(leader.get().name())
                    && m.part().term() == leader.get().part().term());
  }

  private static LogProcess leaderOf(List<LogProcess> members) {
    RingStation.await(() -> settled(members));
    return members.stream().filter(m -> m.part().leads()).findFirst().orElseThrow();
  }

  static String leader(int kills) throws IOException {
    var members = LogProcess.log(SIZE);
    try {
      leaderOf(members);
      members.forEach(LogProcess::stream);
      var committed = new long[kills];
      var ready = new long[kills];
      var heard = new long[kills];
      var before = leaderOf(members).part().term();
      for (int i = 0; i < kills; i++) {
        var victim = leaderOf(members);
        var term = victim.part().term();
        RingStation.await(() -> members.stream().allMatch(m -> m.first().term() == term));
        LockSupport.parkNanos(SETTLED_NANOS + (i * 37L % 150) * 1_000_000);
        var others = members.stream().filter(m -> m != victim).toList();
        var start = victim.kill();
        RingStation.await(() -> others.stream().anyMatch(m -> m.first().term() > term));
        committed[i] =
            others.stream()
                    .map(LogProcess::first)
                    .filter(f -> f.term() > term)
                    .mapToLong(LogProcess.First::at)
                    .min()
                    .orElseThrow()
                - start;
        ready[i] = leaderOf(others).part().at() - start;
        victim.restart();
        RingStation.await(() -> victim.openedAt() != 0 && settled(members));
        heard[i] = Math.max(0, victim.part().at() - victim.openedAt());
        victim.stream();
      }
      var terms = leaderOf(members).part().term() - before;
      return String.format(
          Locale.ROOT,
          "%d kills of the leader, election time-out 300 to 600 ms: an entry of another one is committed after %s; it is ready after %s; the killed one, open again, follows after %s; %d terms",
          kills,
          spread(committed),
          spread(ready),
          spread(heard),
          terms);
    } finally {
      members.forEach(LogProcess::close);
    }
  }

  static String commit(int seconds) throws IOException {
    var members = LogProcess.log(SIZE);
    try {
      var answer = leaderOf(members).ask("commit " + Duration.ofSeconds(seconds).toMillis());
      var times = Arrays.stream(answer).skip(2).mapToDouble(t -> Long.parseLong(t) / 1e3).toArray();
      return String.format(
          Locale.ROOT,
          "%s commits of 200 bytes: p50 %.2f ms, p99 %.2f ms; the disk alone, 4 kB: p50 %.2f ms, p99 %.2f ms; over it: p50 %.2f ms, p99 %.2f ms",
          answer[1],
          times[0],
          times[1],
          times[2],
          times[3],
          times[0] - times[2],
          times[1] - times[3]);
    } finally {
      members.forEach(LogProcess::close);
    }
  }

  private static String idle(int seconds) throws IOException {
    var members = LogProcess.log(SIZE);
    try {
      var leader = leaderOf(members);
      var all = cpu(members, seconds);
      var lost = members.stream().filter(m -> m != leader).findFirst().orElseThrow();
      lost.kill();
      var rest = members.stream().filter(m -> m != lost).toList();
      return "CPU seconds a minute of idle members: %s; with one killed: %s"
          .formatted(all, cpu(rest, seconds));
    } finally {
      members.forEach(LogProcess::close);
    }
  }

  private static String cpu(List<LogProcess> members, int seconds) {
    LockSupport.parkNanos(10 * SETTLED_NANOS);
    var before = members.stream().map(LogProcess::cpu).toList();
    LockSupport.parkNanos(seconds * SETTLED_NANOS);
    var text = new ArrayList<String>();
    for (int i = 0; i < members.size(); i++) {
      var used = members.get(i).cpu().minus(before.get(i)).toNanos() / 1e9;
      var leads = members.get(i).part().leads() ? " (leader)" : "";
      text.add(String.format(Locale.ROOT, "%.2f%s", used * 60 / seconds, leads));
    }
    return String.join(", ", text);
  }
}
