package dev.quorate.lab;

import dev.quorate.agents.core.postgresql.drill.Comparison.Difference;
import dev.quorate.agents.core.postgresql.drill.Outcome;
import dev.quorate.agents.core.postgresql.drill.Sent;
import dev.quorate.agents.jdbc.drill.Drill;
import dev.quorate.resource.TwoNodes;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A cluster of the lab and what is played on it: from an empty machine to the verdict.
///
/// Not thread-safe; one cluster at a time exists on a machine.
final class DemoRun {
  /// What came of a scenario.
  ///
  /// @param wrong everything that is not as it must be; empty if all is well
  /// @param returnMillis from the start of the lost machine's daemon until its instance streams
  ///   from the new primary; 0 if no machine was lost
  record Verdict(
      List<String> wrong,
      Outage outage,
      long returnMillis,
      long acknowledged,
      long unknown,
      long lost) {
    /// Copies the list.
    Verdict {
      wrong = List.copyOf(wrong);
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /// What a primary that was lost may need to be a standby again, once its machine is back.
  private static final Duration RETURN = Duration.ofSeconds(30);

  private final PrintStream out;
  private final Lab lab;
  private final Hactl hactl;
  private final ClusterBuilder cluster;
  private final long started = System.nanoTime();

  DemoRun(int nodes, PrintStream out) {
    this(Lab.of(nodes), out);
  }

  DemoRun(Lab lab, PrintStream out) {
    this.out = out;
    this.lab = lab;
    this.hactl = hactl(out);
    this.cluster = new ClusterBuilder(lab, hactl);
  }

  Lab lab() {
    return lab;
  }

  Hactl hactl() {
    return hactl;
  }

  ClusterBuilder cluster() {
    return cluster;
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

  /// Builds machines, databases and the cluster, from nothing.
  ///
  /// @param durability `sync` or `async`
  void build(String durability) throws IOException, SQLException {
    build(durability, 0);
  }

  /// The same, with so much in the database.
  void build(String durability, int megabytes) throws IOException, SQLException {
    step(
        "Building %d machines and %d PostgreSQL instances"
            .formatted(lab.nodes().size(), lab.hosts().size()));
    lab.build(java(), daemonFlags(), classpath());
    new PostgresSetup(lab).create();
    step("Making a cluster of them");
    cluster.build(durability);
    Ledger.prepare(PATIENCE);
    if (megabytes > 0) {
      step("Writing " + megabytes + " MB");
      Ledger.fill(megabytes);
    }
    awaitWhole();
    step("hactl status");
    out.println(hactl.quietly(lab.nodes().getFirst(), "status").output().indent(2));
  }

  /// Lets one scenario happen to the cluster under writing clients; returns when it is whole again.
  Verdict play(Scenario scenario) throws IOException, SQLException {
    List<String> wrong = new ArrayList<>();
    try (Drill drill = new Drill(Clients.TARGET, Clients.PACE)) {
      step(Clients.COUNT + " clients commit through " + Lab.VIP);
      drill.prepare(true, PATIENCE);
      drill.start(Clients.COUNT);
      Wait.pass(Duration.ofSeconds(6));
      LabNode primary = cluster.primary();
      step("Now " + scenario.story() + " (" + primary.name() + ")");
      long fault = new Faults(lab, hactl, cluster, out, wrong).inject(scenario, primary);
      Wait.until(
          "clients to write again",
          Duration.ofMinutes(2),
          () -> Outage.of(drill.sent(), fault).after() > 1);
      long back = scenario == Scenario.NODE_CRASH ? returned(primary, wrong) : 0;
      Wait.pass(Duration.ofSeconds(5));
      if (scenario != Scenario.SWITCHOVER) {
        step("Waiting for every node to come back by itself");
      }
      awaitWhole();
      drill.finish();
      return judge(drill, primary, fault, back, scenario, wrong);
    }
  }

  private void awaitWhole() {
    cluster.awaitWhole(PATIENCE);
    out.println("  every node is online and every standby streams");
  }

  /// Waits for the lost primary as a standby, and returns how long it took from its daemon's start.
  private long returned(LabNode lost, List<String> wrong) {
    Wait.until(lost.name() + " to stream", PATIENCE, () -> ClusterView.streams(lab, lost));
    Instant now = Instant.now();
    Instant boot =
        Daemons.startOf(lab, lost)
            .orElseThrow(() -> new LabException("the daemon of " + lost.name() + " is gone"));
    Duration took = Duration.between(boot, now);
    if (took.compareTo(RETURN) > 0) {
      wrong.add(lost.name() + " was a standby again only after " + took.toMillis() + " ms");
    }
    return took.toMillis();
  }

  private Verdict judge(
      Drill drill, LabNode struck, long fault, long back, Scenario scenario, List<String> wrong)
      throws SQLException {
    step("What happened");
    List<Sent> sent = drill.sent();
    Outage outage = Outage.of(sent, fault);
    LabNode primary = cluster.primary();
    new Timeline(lab, hactl).print(out, struck, fault, outage.faultToWritingMillis());
    line("fault to writing again", outage.faultToWritingMillis() + " ms");
    line("longest write gap", outage.gapMillis() + " ms");
    line(
        "acknowledgements a second",
        "%.0f before, %.0f after".formatted(outage.before(), outage.after()));
    if (back > 0) {
      line("boot to streaming standby", back + " ms, of " + size(primary));
    }
    line("primary now", primary.name());
    line("daemon memory", Daemons.memory(lab));
    if (scenario.budgetMillis() > 0) {
      line("budget", budgetMillis(scenario) + " ms (median of five runs)");
    }
    Difference there = drill.compare(Clients.TARGET.at(primary.address()), PATIENCE);
    LabNode standby =
        lab.hosts().stream().filter(n -> !n.equals(primary)).findFirst().orElseThrow();
    Wait.until(
        "the standby " + standby.name() + " to have what the primary has",
        Duration.ofSeconds(30),
        () -> drill.compare(Clients.TARGET.at(standby.address()), PATIENCE).equals(there));
    if (outage.before() < 50 || outage.after() < 50) {
      wrong.add("fewer than 50 acknowledgements a second");
    }
    wrong.addAll(Clients.wrong(there));
    long acknowledged = Clients.count(sent, Outcome.ACKNOWLEDGED);
    long unknown = Clients.count(sent, Outcome.UNKNOWN);
    out.printf(
        Locale.ROOT,
        "%nacknowledged %d, unknown %d, lost %d%n",
        acknowledged,
        unknown,
        there.lost().size());
    wrong.forEach(violation -> out.println("WRONG: " + violation));
    return new Verdict(wrong, outage, back, acknowledged, unknown, there.lost().size());
  }

  private static String size(LabNode node) throws SQLException {
    return Ledger.ask(
        node.address(), "select pg_size_pretty(sum(pg_database_size(oid))) from pg_database");
  }

  /// Of two nodes, the side without the primary waits before it fences; the other does not.
  private long budgetMillis(Scenario scenario) {
    return scenario.budgetMillis()
        + (lab.nodes().size() == 2 && scenario.losesPrimary()
            ? TwoNodes.DEFAULT_DELAY.toMillis()
            : 0);
  }

  /// Says what a user may try next.
  void suggest(Scenario played) {
    Scenario next = played == Scenario.FREEZE ? Scenario.PARTITION : Scenario.FREEZE;
    out.println("\nThe cluster is still running. Try:");
    out.println("  ./hactl --lab n2 status");
    out.println("  ./hactl --lab n2 explain pgsqld");
    out.println("  ./hactl --lab n2 pg switchover");
    out.println("  ./demo --scenario " + next.word());
    out.println("  ./demo stop");
  }

  private void step(String what) {
    out.printf(Locale.ROOT, "%n[%5.1f s] %s%n", (System.nanoTime() - started) / 1e9, what);
  }

  private void line(String name, String value) {
    out.printf("  %-28s %s%n", name, value);
  }
}
