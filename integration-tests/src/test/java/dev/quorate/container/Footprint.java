package dev.quorate.container;

import dev.quorate.comparison.Findings;
import dev.quorate.comparison.Row;
import dev.quorate.comparison.Spread;
import dev.quorate.lab.Wait;
import java.time.Duration;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.stream.IntStream;

/// What a cluster's daemons and commands cost, as its machines tell it.
final class Footprint {
  private static final int ASKED = 10;
  private static final Duration IDLE = Duration.ofMinutes(2);
  private static final int WINDOWS = 3;

  private final Contender who;
  private final Findings findings;

  /// What a node's daemons use: kilobytes, and ticks of the processor's clock since they began.
  record Usage(double resident, double proportional, double ticks) {
    /// Of all processes of units, those of PostgreSQL left out.
    static Usage of(Machine machine, List<String> units) {
      String program = processes(String.join("|", units).replace(".", "[.]"));
      String[] sums = machine.shell(program).strip().split(" ", -1);
      return new Usage(
          Double.parseDouble(sums[0]), Double.parseDouble(sums[1]), Double.parseDouble(sums[2]));
    }
  }

  Footprint(Contender who, Findings findings) {
    this.who = who;
    this.findings = findings;
  }

  private List<Machine> machines() {
    return who.cluster().machines();
  }

  /// What was typed, and what the packages occupy.
  ///
  /// @param before what all packages occupied before the stack's own came
  void ofSetup(long before) {
    note(Row.COMMANDS, (double) who.typed().stream().filter(l -> l.startsWith(who.tool())).count());
    note(Row.TYPED, who.typed().size());
    note(Row.INSTALLED, (installed(machines().getFirst(), "") - before) / 1024.0);
  }

  /// Kilobytes of a package, or of all.
  static long installed(Machine machine, String name) {
    return machine
        .shell("dpkg-query --show --showformat='${Installed-Size}\\n' " + name)
        .lines()
        .mapToLong(Long::parseLong)
        .sum();
  }

  /// What is measured in every round, of a cluster that was just booted.
  void ofRound() {
    note(Row.READY, median(machines().stream().map(this::ready).toList()));
    List<Double> micros =
        machines()
            .getFirst()
            .must("bash", "-c", timed(who.statusCommand()))
            .lines()
            .map(Double::valueOf)
            .toList();
    note(Row.STATUS, median(micros) / 1000);
    List<Usage> usage = usage();
    note(Row.RESIDENT, resident(usage));
    note(Row.PROPORTIONAL, median(usage.stream().map(u -> u.proportional() / 1024).toList()));
  }

  /// Lets ten addresses be stopped and started fifty times each, and takes them away again.
  ///
  /// @param tool whose words are understood: those of `pcs`
  static void thousandActions(Machine machine, String tool) {
    for (int i = 0; i < 10; i++) {
      machine.must(
          tool,
          "resource",
          "create",
          "many" + i,
          "ocf:heartbeat:IPaddr2",
          "ip=" + Rack.address(130 + i),
          "cidr_netmask=24",
          "--group",
          "many");
    }
    machine.must(tool, "resource", "meta", "many", "ordered=false");
    for (int i = 0; i < 50; i++) {
      machine.must(tool, "resource", "disable", "many", "--wait=60");
      machine.must(tool, "resource", "enable", "many", "--wait=60");
    }
    machine.must(tool, "resource", "delete", "many");
  }

  /// What the daemons hold after they have had much to do.
  void ofActions() {
    thousandActions(machines().getFirst(), who.tool());
    note(Row.BUSY, resident(usage()));
  }

  /// How soon one daemon is ready while all others are.
  void ofRestart() {
    Machine machine = who.cluster().standbys().getFirst();
    machine.must("systemctl", "restart", who.units().getLast());
    note(Row.RESTARTED, ready(machine));
    who.cluster().awaitWhole(Duration.ofMinutes(1));
  }

  /// Processor time in a minute without clients, and the memory after it, the middle of the nodes:
  /// six minutes of measuring after those that pass first.
  ///
  /// @param settled how long nothing happens before it is measured
  void whileIdle(Duration settled) {
    Wait.pass(settled);
    double ticks = Double.parseDouble(machines().getFirst().must("getconf", "CLK_TCK").strip());
    for (int i = 0; i < WINDOWS; i++) {
      List<Usage> before = usage();
      Wait.pass(IDLE);
      List<Usage> after = usage();
      note(
          Row.IDLE,
          median(
              IntStream.range(0, before.size())
                  .mapToObj(n -> after.get(n).ticks() - before.get(n).ticks())
                  .map(used -> used / ticks / (IDLE.toSeconds() / 60.0))
                  .toList()));
    }
    note(Row.SETTLED, resident(usage()));
  }

  private static String processes(String units) {
    return """
    for p in /proc/[0-9]*; do
      grep -Eq '/(%s)$' $p/cgroup 2>/dev/null || continue
      test "$(stat --format=%%U $p 2>/dev/null)" = postgres && continue
      sed -n 's/^Rss: */rss /p; s/^Pss: */pss /p' $p/smaps_rollup 2>/dev/null
      sed -n 's/.*) /ticks /p' $p/stat 2>/dev/null
    done | awk '
      $1 == "rss" { rss += $2 }
      $1 == "pss" { pss += $2 }
      $1 == "ticks" { ticks += $13 + $14 + $15 + $16 }
      END { print rss + 0, pss + 0, ticks + 0 }'
    """
        .formatted(units);
  }

  /// Microseconds that a command takes, once cold, which is not told, and then again and again.
  private static String timed(String command) {
    return """
    for i in $(seq 0 %d); do
      a=$EPOCHREALTIME; %s >/dev/null 2>&1; b=$EPOCHREALTIME
      test $i = 0 || echo $((${b/./} - ${a/./}))
    done
    """
        .formatted(ASKED, command);
  }

  private List<Usage> usage() {
    return machines().stream().map(m -> Usage.of(m, who.units())).toList();
  }

  private double ready(Machine machine) {
    String show = "systemctl show --value --property=%s ";
    String units =
        String.join(" ", who.units().stream().filter(unit -> !unit.startsWith("pcsd")).toList());
    return (micros(machine, show.formatted("ActiveEnterTimestampMonotonic") + units).getMax()
            - micros(machine, show.formatted("InactiveExitTimestampMonotonic") + units).getMin())
        / 1e6;
  }

  private static LongSummaryStatistics micros(Machine machine, String line) {
    return machine
        .shell(line)
        .lines()
        .filter(l -> !l.isBlank())
        .mapToLong(Long::parseLong)
        .summaryStatistics();
  }

  /// Mebibytes, the middle of the nodes.
  private static double resident(List<Usage> usage) {
    return median(usage.stream().map(u -> u.resident() / 1024).toList());
  }

  private static double median(List<Double> values) {
    return Spread.of(values).median();
  }

  private void note(Row row, double value) {
    findings.add(who.stack(), row, value);
  }
}
