package dev.quorate.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;

/// One run of the demo, from an empty machine to the verdict.
final class DemoRun {
  private static final int WRITERS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Scenario scenario;
  private final String durability;
  private final PrintStream out;
  private final Lab lab;
  private final Hactl hactl;
  private final ClusterBuilder cluster;
  private final List<String> violations = new ArrayList<>();
  private final long started = System.nanoTime();

  DemoRun(Scenario scenario, int nodes, String durability, PrintStream out) {
    this.scenario = scenario;
    this.durability = durability;
    this.out = out;
    this.lab = Lab.of(nodes);
    this.hactl = hactl(out);
    this.cluster = new ClusterBuilder(lab, hactl, out);
  }

  /// The command line, on the class path of this program.
  static Hactl hactl(PrintStream out) {
    return new Hactl(
        List.of(
            java(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classpath(),
            "dev.quorate.daemon.cli.Hactl"),
        out);
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String classpath() {
    return System.getProperty("java.class.path");
  }

  private static String daemonFlags() throws IOException {
    try (InputStream in =
        DemoRun.class.getResourceAsStream("/dev/quorate/daemon/quorated.jvmflags")) {
      if (in == null) {
        throw new LabException("the daemon's JVM flags are missing from the build");
      }
      return String.join(
          " ",
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(String::strip)
              .filter(l -> !l.isEmpty() && !l.startsWith("#"))
              .toList());
    }
  }

  /// Whether everything is as it must be.
  boolean run() throws IOException, SQLException {
    step("Building " + lab.nodes().size() + " machines and PostgreSQL instances");
    lab.build(java(), daemonFlags(), classpath());
    new PostgresSetup(lab).create();
    step("Making a cluster of them");
    cluster.build(durability);
    Writers writers = new Writers(Lab.VIP);
    try (writers) {
      writers.prepare(PATIENCE);
      cluster.awaitWhole(PATIENCE);
      step("hactl status");
      out.println(hactl.quietly(lab.nodes().getFirst(), "status").output().indent(2));
      step(WRITERS + " clients commit through " + Lab.VIP);
      writers.start(WRITERS);
      Wait.pass(Duration.ofSeconds(6));
      LabNode primary = cluster.primary();
      step("Now " + scenario.story() + " (" + primary.name() + ")");
      long fault = new Faults(lab, hactl, cluster, out, violations).inject(scenario, primary);
      Wait.until(
          "clients to write again",
          Duration.ofMinutes(2),
          () -> Outage.of(writers.acknowledged(), fault).after() > 1);
      Wait.pass(Duration.ofSeconds(5));
      if (scenario != Scenario.SWITCHOVER) {
        step("Waiting for every node to come back by itself");
      }
      cluster.awaitWhole(PATIENCE);
      writers.close();
      return verdict(writers, fault);
    }
  }

  private boolean verdict(Writers writers, long fault) throws SQLException {
    step("What happened");
    List<Writers.Acknowledged> acknowledged = writers.acknowledged();
    Outage outage = Outage.of(acknowledged, fault);
    LabNode primary = cluster.primary();
    new Timeline(lab, hactl).print(out);
    line("fault to writing again", outage.faultToWritingMillis() + " ms");
    line("longest write gap", outage.gapMillis() + " ms");
    line(
        "acknowledgements a second",
        "%.0f before, %.0f after".formatted(outage.before(), outage.after()));
    line("primary now", primary.name());
    line("daemon memory", Memory.ofDaemons(lab));
    SortedSet<Long> onPrimary = Ledger.read(primary.address());
    List<Long> lost = Ledger.lost(acknowledged, onPrimary);
    LabNode standby =
        lab.nodes().stream().filter(n -> !n.equals(primary)).findFirst().orElseThrow();
    Wait.until(
        "the standby " + standby.name() + " to catch up",
        Duration.ofSeconds(30),
        () -> holdsAll(standby, onPrimary));
    List<Long> lostOnStandby = Ledger.lost(acknowledged, Ledger.read(standby.address()));
    check(
        "commits are missing on the standby " + standby.name(), lostOnStandby.size() > lost.size());
    check("fewer than 50 acknowledgements a second before", outage.before() < 50);
    check("fewer than 50 acknowledgements a second after", outage.after() < 50);
    check(lost.size() + " acknowledged commits were lost", !lost.isEmpty());
    if (scenario.budgetMillis() > 0) {
      line("budget", scenario.budgetMillis() + " ms (median of five runs)");
    }
    out.println();
    out.printf(
        Locale.ROOT,
        "acknowledged %d, unknown %d, lost %d%n",
        acknowledged.size(),
        writers.unknown(),
        lost.size());
    for (String violation : violations) {
      out.println("WRONG: " + violation);
    }
    out.println();
    out.println("The cluster is still running. Try:");
    out.println("  ./hactl --lab n2 status");
    out.println("  ./hactl --lab n2 explain pgsqld");
    out.println("  ./hactl --lab n2 pg switchover");
    out.println("  ./demo --scenario " + (scenario == Scenario.FREEZE ? "partition" : "freeze"));
    out.println("  ./demo stop");
    return violations.isEmpty();
  }

  private static boolean holdsAll(LabNode standby, SortedSet<Long> ids) {
    try {
      return Ledger.read(standby.address()).containsAll(ids);
    } catch (SQLException e) {
      return false;
    }
  }

  private void check(String what, boolean wrong) {
    if (wrong) {
      violations.add(what);
    }
  }

  private void step(String what) {
    out.printf(Locale.ROOT, "%n[%5.1f s] %s%n", (System.nanoTime() - started) / 1e9, what);
  }

  private void line(String name, String value) {
    out.printf("  %-28s %s%n", name, value);
  }
}
