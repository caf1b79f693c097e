package dev.quorate.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// What the ring does on three nodes:
///
/// - `RingBenchmark multicast [SECONDS]`: ordered messages of one sender, and their delay at one
///   message a millisecond, by size, beside corosync's in the same run
/// - `RingBenchmark detection [KILLS]`: how long after a node has fallen silent the others have a
///   view without it; 200 kills if not said otherwise
/// - `RingBenchmark suspicion [MINUTES]`: nodes that doubt one another while all processors are
///   busy with something else; an hour if not said otherwise
/// - `RingBenchmark hostile [SECONDS]`: datagrams of an attacker at 10⁶ a minute, and that they
///   change nothing but counters
///
/// Each node is a process that is as prompt as the daemon makes itself: with its flags, and as root
/// with real-time threads and locked memory. Only for hostile datagrams all are in this process.
public final class RingBenchmark {
  private RingBenchmark() {}

  /// Runs one of them.
  public static void main(String[] arguments) throws IOException {
    var what = arguments.length > 0 ? arguments[0] : "multicast";
    var count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
    switch (what) {
      case "multicast" -> SideBySide.run(count > 0 ? count : 10);
      case "detection" -> System.out.println(detection(count > 0 ? count : 200));
      case "suspicion" -> suspicion(count > 0 ? count : 60);
      case "hostile" -> System.out.println(HostileDatagrams.run(count > 0 ? count : 60));
      default ->
          throw new IllegalArgumentException("multicast, detection, suspicion or hostile: " + what);
    }
  }

  private static long part(long[] sorted, double share) {
    return sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))];
  }

  /// Lets a node fall silent again and again: nothing leaves it and nothing reaches it, and no
  /// kernel says that it is gone.
  static String detection(int kills) throws IOException {
    var nodes = RingProcess.ring(3);
    var took = new long[kills];
    for (int i = 0; i < kills; i++) {
      var victim = nodes.get(i % nodes.size());
      var others = nodes.stream().filter(s -> s != victim).toList();
      LockSupport.parkNanos((i * 37L % 150) * 1_000_000);
      var start = victim.silence();
      RingStation.await(() -> others.stream().allMatch(s -> s.members() == 2));
      var last = others.stream().mapToLong(RingProcess::viewAt).max().orElseThrow();
      took[i] = (last - start) / 1_000_000;
      RingStation.await(() -> victim.members() == 1);
      victim.speak();
      RingStation.await(() -> nodes.stream().allMatch(s -> s.members() == 3));
    }
    nodes.forEach(RingProcess::close);
    Arrays.sort(took);
    return String.format(
        Locale.ROOT,
        "%d kills, token timeout 1000 ms: detected after p50 %d ms, p99 %d ms, at most %d ms",
        kills,
        part(took, 0.5),
        part(took, 0.99),
        took[kills - 1]);
  }

  private static void suspicion(int minutes) throws IOException {
    var suspicions = FalseSuspicions.run(Duration.ofMinutes(minutes));
    System.out.println(
        suspicions == 0
            ? minutes + " minutes without a false suspicion"
            : "FALSE SUSPICIONS: " + suspicions + " views changed");
    System.exit(suspicions == 0 ? 0 : 1);
  }
}
