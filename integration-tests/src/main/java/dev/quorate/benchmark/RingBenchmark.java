package dev.quorate.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// What the ring does on three nodes over the loopback:
///
/// - `RingBenchmark multicast [SECONDS]`: ordered messages of one sender, and their delay at one
///   message a millisecond, by size
/// - `RingBenchmark detection [KILLS]`: how long after a node has fallen silent the others have a
///   view without it; 200 kills if not said otherwise
/// - `RingBenchmark suspicion [MINUTES]`: nodes that doubt one another while all processors are
///   busy with something else; an hour if not said otherwise
/// - `RingBenchmark hostile [SECONDS]`: datagrams of an attacker at 10⁶ a minute, and that they
///   change nothing but counters
///
/// For detection and suspicion each node is a process that is as prompt as the daemon makes itself:
/// with its flags, and as root with real-time threads and locked memory. For the others all nodes
/// are in this process.
///
/// Beside the multicast stand figures of corosync's CPG: those on record, of three corosyncs on two
/// loaded cores, because its package brings no program that measures.
public final class RingBenchmark {
  private static final List<Peer> RECORDED =
      List.of(
          new Peer(64, 18_254, 290, 814),
          new Peer(1_024, 18_400, 338, 957),
          new Peer(65_536, 726, 26_049, 75_894));

  /// @param rate messages a second
  /// @param median delay in microseconds; at 64 KiB it is that of the flood
  private record Peer(int size, double rate, long median, long worst) {}

  private RingBenchmark() {}

  /// Runs one of them.
  public static void main(String[] arguments) throws IOException {
    var what = arguments.length > 0 ? arguments[0] : "multicast";
    var count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
    switch (what) {
      case "multicast" -> multicast(count > 0 ? count : 10);
      case "detection" -> System.out.println(detection(count > 0 ? count : 200));
      case "suspicion" -> suspicion(count > 0 ? count : 60);
      case "hostile" -> System.out.println(HostileDatagrams.run(count > 0 ? count : 60));
      default ->
          throw new IllegalArgumentException("multicast, detection, suspicion or hostile: " + what);
    }
  }

  /// Orders messages, and prints a line for each size.
  private static void multicast(int seconds) throws IOException {
    System.out.println(
        "size  messages/s  MB/s  delay p50/p99 us | corosync CPG, on record | ratio");
    var stations = RingStation.ring(3);
    for (var peer : RECORDED) {
      flood(stations, peer.size(), 2);
      var rate = flood(stations, peer.size(), seconds);
      var delays = delays(stations, peer.size(), Math.max(1, seconds / 2));
      System.out.printf(
          Locale.ROOT,
          "%d  %.0f  %.1f  %d/%d | %.0f  %d/%d | %.2f%n",
          peer.size(),
          rate,
          rate * peer.size() / 1e6,
          part(delays, 0.5),
          part(delays, 0.99),
          peer.rate(),
          peer.median(),
          peer.worst(),
          rate / peer.rate());
    }
    stations.forEach(RingStation::close);
  }

  /// Messages a second that every node has delivered.
  private static double flood(List<RingStation> stations, int size, int seconds) {
    var payload = new byte[size];
    var sender = stations.getFirst();
    var before = stations.stream().mapToLong(s -> s.delivered.get()).sum();
    var expected = sender.delivered.get();
    var start = System.nanoTime();
    while (System.nanoTime() - start < seconds * 1_000_000_000L) {
      if (sender.say(payload)) {
        expected++;
      } else {
        LockSupport.parkNanos(100_000);
      }
    }
    var took = (System.nanoTime() - start) / 1e9;
    var after = stations.stream().mapToLong(s -> s.delivered.get()).sum();
    var all = expected;
    RingStation.await(() -> stations.stream().allMatch(s -> s.delivered.get() == all));
    return (after - before) / took / stations.size();
  }

  /// From saying at one node to delivery at another; neither is the one that keeps the idle token.
  private static long[] delays(List<RingStation> stations, int size, int seconds) {
    var station = stations.get(1);
    var ear = stations.get(2);
    var delays = new long[seconds * 1_000];
    var heard = new java.util.concurrent.atomic.AtomicInteger();
    ear.hear(payload -> {
      var place = heard.getAndIncrement();
      if (place < delays.length) {
        delays[place] = (System.nanoTime() - ByteBuffer.wrap(payload).getLong()) / 1_000;
      }
    });
    for (int i = 0; i < delays.length; i++) {
      var payload = ByteBuffer.allocate(size).putLong(System.nanoTime()).array();
      while (!station.say(payload)) {
        LockSupport.parkNanos(100_000);
      }
      LockSupport.parkNanos(1_000_000);
    }
    RingStation.await(() -> heard.get() >= delays.length);
    ear.hear(_ -> {});
    Arrays.sort(delays);
    return delays;
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
