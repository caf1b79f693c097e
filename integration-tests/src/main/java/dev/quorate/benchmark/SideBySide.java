package dev.quorate.benchmark;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.RingPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Ordered multicast of three nodes, of ours and of corosync's closed process groups, one after the
/// other on the same machine and the same network of namespaces. As root and where corosync is
/// installed; otherwise ours alone, over the loopback.
final class SideBySide {
  private static final List<Integer> SIZES = List.of(64, 1_024, 65_536);
  private static final int PORT = 5415;
  private static final int COUNT = 2_000;

  /// Until what is used often is compiled, on a busy machine too, in milliseconds.
  private static final int WARM_UP = 8_000;

  private SideBySide() {}

  /// What was measured at one size.
  private record Figures(int size, double rate, long median, long worst) {
    String text() {
      return String.format(
          Locale.ROOT, "%.0f/s %.1f MB/s, delay %d/%d us", rate, rate * size / 1e6, median, worst);
    }
  }

  /// Prints a line for each size.
  ///
  /// @param seconds how long each flood lasts
  static void run(int seconds) throws IOException {
    System.out.println(
        "three nodes, one speaks: messages delivered, and delay p50/p99 at one message a millisecond");
    if (!BenchNetwork.isPossible() || !Corosync.isInstalled()) {
      System.out.println("corosync is not measured: that needs root, and the package corosync");
      measured(RingProcess.ring(BenchNetwork.SIZE), seconds)
          .forEach(f -> System.out.println(f.size() + " bytes: " + f.text()));
      return;
    }
    try (var _ = new BenchNetwork()) {
      var ours = measured(ring(), seconds);
      List<Figures> theirs;
      try (var _ = new Corosync()) {
        theirs = measured(clients(), seconds);
      }
      for (int i = 0; i < SIZES.size(); i++) {
        System.out.printf(
            Locale.ROOT,
            "%d bytes: %s | corosync %s | ratio %.2f%n",
            SIZES.get(i),
            ours.get(i).text(),
            theirs.get(i).text(),
            ours.get(i).rate() / theirs.get(i).rate());
      }
    }
  }

  private static List<RingProcess> ring() throws IOException {
    var directory = Files.createTempDirectory("quorate-ring");
    var peers = new ArrayList<RingPeer>();
    for (int i = 1; i <= BenchNetwork.SIZE; i++) {
      peers.add(RingPeer.of(new NodeId("n" + i), new RingAddress(BenchNetwork.address(i), PORT)));
    }
    var nodes = new ArrayList<RingProcess>();
    for (int i = 1; i <= BenchNetwork.SIZE; i++) {
      nodes.add(RingProcess.of(peers.get(i - 1), peers, BenchNetwork.inside(i), directory));
    }
    RingStation.await(() -> nodes.stream().allMatch(n -> n.members() == BenchNetwork.SIZE));
    return nodes;
  }

  private static List<RingProcess> clients() throws IOException {
    var nodes = new ArrayList<RingProcess>();
    for (int i = 1; i <= BenchNetwork.SIZE; i++) {
      nodes.add(RingProcess.ofCorosync(BenchNetwork.inside(i)));
    }
    RingStation.await(() -> nodes.stream().allMatch(RingProcess::isReady));
    return nodes;
  }

  /// Measures at all sizes, and ends the processes.
  private static List<Figures> measured(List<RingProcess> nodes, int seconds) {
    try {
      var figures = new ArrayList<Figures>();
      nodes.getFirst().ask("flood " + SIZES.get(1) + " " + WARM_UP);
      for (int size : SIZES) {
        nodes.getFirst().ask("flood " + size + " 2000");
        var flood = nodes.getFirst().ask("flood " + size + " " + seconds * 1_000);
        var rate = Long.parseLong(flood[1]) * 1e9 / Long.parseLong(flood[2]);
        nodes.get(2).ask("listen " + COUNT);
        nodes.get(1).ask("tell " + size + " " + COUNT);
        var delays = nodes.get(2).answer();
        figures.add(new Figures(size, rate, Long.parseLong(delays[1]), Long.parseLong(delays[2])));
      }
      return figures;
    } finally {
      nodes.forEach(RingProcess::close);
    }
  }
}
