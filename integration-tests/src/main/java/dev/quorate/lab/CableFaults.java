package dev.quorate.lab;

import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Partitions that are none of the clean kind: one direction only, now and then, between two nodes
/// only. While one lasts every node is watched, not only those that are cut off.
final class CableFaults {
  private static final Duration SPOILT = Duration.ofSeconds(15);

  /// How long the cable is out and in again, in milliseconds: shorter than the token timeout, about
  /// as long, and longer.
  private static final List<List<Integer>> FLAPS =
      List.of(
          List.of(300, 700),
          List.of(300, 300),
          List.of(700, 500),
          List.of(900, 700),
          List.of(1_200, 300),
          List.of(1_200, 1_000),
          List.of(3_000, 1_500),
          List.of(400, 300),
          List.of(400, 300));

  private final Lab lab;
  private final Cables cables;
  private final ClusterBuilder cluster;
  private final PrintStream out;
  private final List<String> violations;

  CableFaults(Lab lab, ClusterBuilder cluster, PrintStream out, List<String> violations) {
    this.lab = lab;
    this.cables = new Cables(lab);
    this.cluster = cluster;
    this.out = out;
    this.violations = violations;
  }

  /// The primary hears nothing and is heard: like a whole cut, it must end the service there.
  long deaf(LabNode primary) throws SQLException {
    return oneWay(primary, () -> cables.deafen(primary));
  }

  /// The primary hears everybody and is not heard.
  long mute(LabNode primary) throws SQLException {
    return oneWay(primary, () -> cables.mute(primary));
  }

  private long oneWay(LabNode primary, Runnable cut) throws SQLException {
    return watched(at -> {
      cut.run();
      try (MinorityProbe probe = new MinorityProbe(lab, List.of(primary), at)) {
        Wait.pass(SPOILT);
        violations.addAll(MinorityProbe.violations(probe.findings()));
      }
    });
  }

  /// The primary and a standby do not hear each other; everybody else hears both.
  long asymmetric(LabNode primary) throws SQLException {
    LabNode other = lab.hosts().stream().filter(n -> !n.equals(primary)).toList().getLast();
    out.println("  " + primary.name() + " and " + other.name() + " do not hear each other");
    return watched(_ -> {
      cables.sever(primary, other);
      Wait.pass(SPOILT);
    });
  }

  /// The primary's cable is out and in again.
  long flapping(LabNode primary) throws SQLException {
    return watched(_ -> {
      for (List<Integer> flap : FLAPS) {
        lab.unplug(primary);
        Wait.pass(Duration.ofMillis(flap.getFirst()));
        lab.plug(primary);
        Wait.pass(Duration.ofMillis(flap.getLast()));
      }
    });
  }

  /// Something that is done to cables and lasts.
  interface Trouble {
    void last(long at);
  }

  private long watched(Trouble trouble) throws SQLException {
    Ledger.ask(cluster.primary().address(), "select setval('minority', 1)");
    long at = System.nanoTime();
    try (SplitProbe probe = new SplitProbe(lab, at)) {
      trouble.last(at);
      cables.mend();
      out.printf(
          "  the cables are whole again after %d ms%n", (System.nanoTime() - at) / 1_000_000);
      Wait.pass(Duration.ofSeconds(3));
      lab.hosts()
          .forEach(node ->
              out.printf(
                  "  %s acknowledged %d writes of clients of its own%n",
                  node.name(),
                  probe.acknowledged().stream().filter(a -> a.node().equals(node.name())).count()));
      violations.addAll(probe.violations());
    } finally {
      cables.mend();
    }
    return at;
  }
}
