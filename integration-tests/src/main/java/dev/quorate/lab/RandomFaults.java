package dev.quorate.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Lets faults happen to machines that chance picks, and undoes afterwards what a person would have
/// to undo: a pulled cable, two machines without power of which nobody is left to switch them on.
final class RandomFaults {
  private static final Duration BUSY = Duration.ofMillis(700);
  private static final int BUSY_BACKENDS = 2;

  /// Cables are out for a third of a second, so that nobody may notice, to ten seconds.
  private static final int SHORTEST_CUT = 300;

  private static final int LONGEST_CUT = 10_000;

  /// How long the cluster has to get a machine back that it can get back by itself.
  private static final Duration HANDS_OFF = Duration.ofSeconds(15);

  /// Before that a cluster may look whole because it has not noticed yet.
  private static final Duration NOTICED = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Lab lab;
  private final Cables cables;
  private final Random random;
  private final List<Process> sessions = new ArrayList<>();

  RandomFaults(Lab lab, Random random) {
    this.lab = lab;
    this.cables = new Cables(lab);
    this.random = random;
  }

  /// What happened.
  ///
  /// @param nanos when
  /// @param story to which machine, in words
  /// @param standbyOnly whether one standby's machine was struck and nothing else
  record Fault(long nanos, String story, boolean standbyOnly) {}

  /// One thing that happens to one machine.
  private record Blow(LabNode node, String story, Runnable deed, Duration lasts) {}

  /// Lets one fault of a kind happen; returns when nothing is left to be undone, and every machine
  /// that was lost is on again.
  Fault inject(FaultKind kind, LabNode primary) {
    List<Blow> blows = blows(kind, primary);
    long at = System.nanoTime();
    blows.forEach(blow -> blow.deed().run());
    Duration lasting =
        blows.stream().map(Blow::lasts).max(Duration::compareTo).orElse(Duration.ZERO);
    Wait.pass(lasting);
    if (!lasting.isZero()) {
      cables.mend();
      lab.nodes().forEach(lab::plug);
    }
    if (kind == FaultKind.TWO_AT_ONCE) {
      switchOn();
    }
    endSessions();
    Wait.pass(NOTICED);
    Wait.until(
        "every machine to be on again",
        PATIENCE,
        () -> lab.nodes().stream().allMatch(lab::isAlive));
    return new Fault(
        at,
        String.join(" and ", blows.stream().map(Blow::story).toList()),
        blows.size() == 1 && !blows.getFirst().node().equals(primary));
  }

  private List<Blow> blows(FaultKind kind, LabNode primary) {
    if (kind != FaultKind.TWO_AT_ONCE) {
      return List.of(blow(kind, kind == FaultKind.POSTMASTER_KILLED ? primary : victim(primary)));
    }
    List<LabNode> nodes = new ArrayList<>(lab.hosts());
    Collections.shuffle(nodes, random);
    List<FaultKind> single = new ArrayList<>(List.of(FaultKind.values()));
    single.remove(FaultKind.TWO_AT_ONCE);
    List<Blow> two = new ArrayList<>();
    for (LabNode node : nodes.subList(0, 2)) {
      two.add(blow(single.get(random.nextInt(single.size())), node));
    }
    return two;
  }

  /// The primary's machine is where most can be lost.
  private LabNode victim(LabNode primary) {
    List<LabNode> others = lab.hosts().stream().filter(n -> !n.equals(primary)).toList();
    return random.nextInt(3) < 2 ? primary : others.get(random.nextInt(others.size()));
  }

  private Blow blow(FaultKind kind, LabNode node) {
    String story = kind.word() + " on " + node.name();
    return switch (kind) {
      case POSTMASTER_KILLED -> {
        keepBusy(node);
        yield new Blow(node, story, () -> killPostmaster(node), Duration.ZERO);
      }
      case NODE_KILLED -> new Blow(node, story, () -> lab.powerOff(node), Duration.ZERO);
      case FROZEN -> new Blow(node, story, () -> lab.freeze(node), Duration.ZERO);
      case DAEMON_KILLED ->
          new Blow(
              node,
              story,
              () ->
                  Daemons.of(lab, node)
                      .ifPresent(pid -> Command.must("kill", "-KILL", Long.toString(pid))),
              Duration.ZERO);
      case PARTITIONED -> cut(node);
      case TWO_AT_ONCE -> throw new IllegalArgumentException("two at once are two blows");
    };
  }

  private Blow cut(LabNode node) {
    Duration out = Duration.ofMillis(random.nextInt(SHORTEST_CUT, LONGEST_CUT));
    String much = " for " + out.toMillis() + " ms";
    return switch (random.nextInt(4)) {
      case 0 -> new Blow(node, "deaf " + node.name() + much, () -> cables.deafen(node), out);
      case 1 -> new Blow(node, "mute " + node.name() + much, () -> cables.mute(node), out);
      default -> new Blow(node, "cable out of " + node.name() + much, () -> lab.unplug(node), out);
    };
  }

  /// Backends that compute do not notice that their postmaster is dead.
  private void keepBusy(LabNode node) {
    for (int i = 0; i < BUSY_BACKENDS; i++) {
      sessions.add(
          lab.start(
              node,
              PostgresSetup.binaries().resolve("psql").toString(),
              "--no-psqlrc",
              "--host=" + node.pgSocketDirectory(),
              "--username=postgres",
              "--command=select count(*) from generate_series(1, 2000000000)"));
    }
    Wait.pass(BUSY);
  }

  private void killPostmaster(LabNode node) {
    String pid = lab.in(node, "head", "-1", node.pgData() + "/postmaster.pid").output();
    if (pid.matches("[0-9]+")) {
      Command.run(List.of("kill", "-KILL", pid));
    }
  }

  private void endSessions() {
    sessions.forEach(Process::destroyForcibly);
    sessions.clear();
  }

  /// With two of three gone nobody may fence: a person looks after them, once it is clear that the
  /// cluster does not.
  private void switchOn() {
    long end = System.nanoTime() + HANDS_OFF.toNanos();
    while (System.nanoTime() < end) {
      if (lab.nodes().stream().allMatch(lab::isAlive)) {
        return;
      }
      Wait.pass(Duration.ofMillis(500));
    }
    for (LabNode node : lab.nodes()) {
      if (!lab.isAlive(node)) {
        lab.powerOff(node);
        lab.powerOn(node);
      }
    }
  }
}
