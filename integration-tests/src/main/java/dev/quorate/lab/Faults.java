package dev.quorate.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Lets the faults of the scenarios happen, and undoes what a person would have to undo: a pulled
/// cable, a broken power switch. Nothing else is done by hand.
final class Faults {
  private static final Duration CUT = Duration.ofSeconds(32);

  private final Lab lab;
  private final Hactl hactl;
  private final ClusterBuilder cluster;
  private final PrintStream out;
  private final List<String> violations;
  private final CableFaults cables;

  Faults(Lab lab, Hactl hactl, ClusterBuilder cluster, PrintStream out, List<String> violations) {
    this.lab = lab;
    this.hactl = hactl;
    this.cluster = cluster;
    this.out = out;
    this.violations = violations;
    this.cables = new CableFaults(lab, cluster, out, violations);
  }

  /// Lets it happen to the primary's machine.
  ///
  /// @return when it happened, by [System#nanoTime()]
  long inject(Scenario scenario, LabNode primary) throws IOException, SQLException {
    return switch (scenario) {
      case NODE_CRASH -> {
        long at = System.nanoTime();
        lab.powerOff(primary);
        yield at;
      }
      case STANDBY_CRASH -> {
        long at = System.nanoTime();
        LabNode standby = standby(primary);
        lab.powerOff(standby);
        Wait.until(
            standby.name() + " to be fenced and to boot",
            Duration.ofSeconds(60),
            () -> Daemons.of(lab, standby).isPresent());
        yield at;
      }
      case PG_CRASH -> {
        long postmaster =
            Long.parseLong(
                lab.in(primary, "head", "-1", primary.pgData() + "/postmaster.pid").output());
        long at = System.nanoTime();
        Command.must("kill", "-KILL", Long.toString(postmaster));
        yield at;
      }
      case SWITCHOVER -> {
        long at = System.nanoTime();
        LabNode asked = other(primary);
        out.println(hactl.type(asked, "pg", "switchover").indent(2).stripTrailing());
        yield at;
      }
      case PARTITION -> cut(List.of(primary), true);
      case PARTITION_UNFENCED -> cut(List.of(primary), false);
      case PARTITION_DEAF -> cables.deaf(primary);
      case PARTITION_MUTE -> cables.mute(primary);
      case PARTITION_ASYMMETRIC -> cables.asymmetric(primary);
      case PARTITION_FLAPPING -> cables.flapping(primary);
      case FREEZE -> {
        long at = System.nanoTime();
        lab.freeze(primary);
        yield at;
      }
      case QUORUM_LOSS -> cut(lab.nodes(), true);
      case LAGGING_STANDBY -> lagAndCrash(primary);
    };
  }

  private long lagAndCrash(LabNode primary) {
    signalReceivers(primary, "-STOP");
    Wait.pass(Duration.ofSeconds(2));
    long at = System.nanoTime();
    lab.powerOff(primary);
    signalReceivers(primary, "-KILL");
    return at;
  }

  private void signalReceivers(LabNode primary, String signal) {
    for (LabNode node : lab.nodes()) {
      if (!node.equals(primary)) {
        for (long pid : lab.receivers(node)) {
          Command.run(List.of("kill", signal, Long.toString(pid)));
        }
      }
    }
  }

  private LabNode standby(LabNode primary) {
    return lab.hosts().stream().filter(n -> !n.equals(primary)).findFirst().orElseThrow();
  }

  private LabNode other(LabNode node) {
    return lab.nodes().stream().filter(n -> !n.equals(node)).findFirst().orElseThrow();
  }

  private long cut(List<LabNode> nodes, boolean fencing) throws IOException, SQLException {
    Ledger.ask(cluster.primary().address(), "select setval('minority', 1)");
    lab.fenceDevice(fencing);
    long at = System.nanoTime();
    for (LabNode node : nodes) {
      lab.unplug(node);
    }
    try (MinorityProbe probe = new MinorityProbe(lab, nodes, at)) {
      boolean alone = nodes.size() == lab.nodes().size();
      out.println("  watching the nodes that were cut off for " + CUT.toSeconds() + " s");
      Wait.pass(CUT);
      if (!fencing && !alone) {
        nothingPromoted(nodes);
      }
      for (MinorityProbe.Finding f : probe.findings()) {
        out.printf(
            "  %s, ms after the cut: last acknowledgement %d, address seen %d, PostgreSQL seen %d%n",
            f.node(), f.lastAcknowledged(), f.lastVip(), f.lastPostgres());
      }
      violations.addAll(MinorityProbe.violations(probe.findings()));
    }
    for (LabNode node : nodes) {
      lab.plug(node);
    }
    lab.fenceDevice(true);
    out.println("  the cables are plugged in again");
    return at;
  }

  private void nothingPromoted(List<LabNode> gone) {
    for (LabNode node : lab.nodes()) {
      if (gone.contains(node)) {
        continue;
      }
      try {
        if (!Ledger.inRecovery(node.address())) {
          violations.add(node.name() + " was promoted without a fence's proof");
        }
      } catch (SQLException e) {
        out.println("  " + node.name() + " does not answer: " + e.getMessage());
      }
    }
    LabNode asked = other(gone.getFirst());
    String status = hactl.quietly(asked, "status").output();
    if (!status.contains("is promoted because")) {
      violations.add("status does not say why nothing is promoted");
    }
    out.println(status.lines().filter(l -> l.contains("is promoted because")).toList());
  }
}
