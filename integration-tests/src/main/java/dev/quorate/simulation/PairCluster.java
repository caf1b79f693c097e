package dev.quorate.simulation;

import dev.quorate.daemon.core.survivor.LastSeen;
import dev.quorate.daemon.core.survivor.Survivor.Phase;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.membership.NodeId;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// Two machines without a third, of which the one that has shown the other to be off goes on: the
/// real arbitration, logs that are simulated message by message, switches, and faults at any time.
///
/// Always: never two who decide alone, nor two who were alone in one epoch; and who leads the log
/// and decides has everything that was ever told to be decided.
///
/// The same seed gives the same run, on every machine.
public final class PairCluster {
  private static final long SECOND = 1_000_000_000L;
  private static final long HEALING = 3_600 * SECOND;

  /// A machine that was sworn to be off may be kept off for ten minutes.
  private static final long HEALED_WITHIN = 900 * SECOND;

  /// Who decides without what was decided goes on doing so.
  private static final long COMPARED_EVERY = SECOND / 20;

  final Agenda agenda = new Agenda();
  final Trace trace;
  final PairWeakness weakness;
  final SimulatedNetwork network;
  final List<NodeId> nodes = List.of(new NodeId("n1"), new NodeId("n2"));
  final PairLogs logs;
  final PairSwitch power;
  final PairDecisions decisions = new PairDecisions();
  private final long seed;
  private final PairMachine first = new PairMachine(nodes.get(0));
  private final PairMachine second = new PairMachine(nodes.get(1));
  private final RandomGenerator random;
  private Optional<PairMachine> lossAccepted = Optional.empty();
  private boolean healed;
  private int faults;
  private long compareAt;

  /// Prepares the run of a seed.
  ///
  /// @param weakness what shall not work
  /// @param out where the whole trace goes, if anywhere
  public PairCluster(long seed, PairWeakness weakness, @Nullable PrintStream out) {
    this.seed = seed;
    this.weakness = weakness;
    trace = new Trace(agenda, out);
    network = new SimulatedNetwork(agenda, random("network"));
    random = random("faults");
    logs = new PairLogs(this);
    power = new PairSwitch(this, random("switch"));
  }

  RandomGenerator random(String purpose) {
    return RandomGeneratorFactory.of("L64X128MixRandom")
        .create(seed * 0x9E3779B97F4A7C15L + purpose.hashCode());
  }

  /// Runs to the end, or to the first violation.
  ///
  /// @return what was wrong; empty if nothing was
  public Optional<String> run() {
    try {
      powerOn(first);
      powerOn(second);
      after(30 * SECOND, this::fault);
      runUntil(HEALING);
      heal();
      int before = decisions.count();
      long limit = agenda.nanos() + HEALED_WITHIN;
      while (!(both() && decisions.count() > before)) {
        if (agenda.nanos() >= limit) {
          throw new Violation("pair", "the two do not vote again, though nothing fails any more");
        }
        runUntil(agenda.nanos() + SECOND);
      }
      return Optional.empty();
    } catch (Violation violation) {
      for (PairMachine machine : List.of(first, second)) {
        PairDaemon daemon = machine.daemon;
        trace.note(machine.id.name(), daemon == null ? "no daemon" : daemon.text());
      }
      trace.note("FAILED", String.valueOf(violation.getMessage()));
      return Optional.of(
          "seed %d: %s%n%s"
              .formatted(seed, violation.getMessage(), String.join("\n", trace.last())));
    }
  }

  /// How much was decided and told.
  public int decided() {
    return decisions.count();
  }

  /// How many faults there were.
  public int faults() {
    return faults;
  }

  /// The newest epoch: how often somebody went on alone, at least.
  public long epoch() {
    return Math.max(first.disk.epoch(), second.disk.epoch());
  }

  private void runUntil(long limit) {
    while (agenda.step(limit)) {
      check();
    }
  }

  private void check() {
    PairDaemon a = first.daemon;
    PairDaemon b = second.daemon;
    if (a != null && b != null && a.in(Phase.SOLE) && b.in(Phase.SOLE)) {
      throw new Violation("pair", "two decide alone");
    }
    if (first.disk.standing() == Standing.SOLE && first.disk.equals(second.disk)) {
      throw new Violation("pair", "two were alone in one epoch");
    }
    if (agenda.nanos() < compareAt) {
      return;
    }
    compareAt = agenda.nanos() + COMPARED_EVERY;
    for (PairMachine machine : List.of(first, second)) {
      PairDaemon daemon = machine.daemon;
      if (daemon != null && daemon.leads() && !decisions.in(daemon.decided())) {
        throw new Violation("pair", machine.id + " decides without what was decided before");
      }
    }
  }

  private boolean both() {
    PairDaemon a = first.daemon;
    PairDaemon b = second.daemon;
    return a != null && b != null && a.in(Phase.PAIRED) && b.in(Phase.PAIRED);
  }

  // The machines.

  PairMachine other(PairMachine one) {
    return one == first ? second : first;
  }

  /// Whose side fences first.
  PairMachine favoured() {
    return first;
  }

  LastSeen now(PairMachine machine) {
    return new LastSeen(machine.bootId(), agenda.nanos() / 1_000_000);
  }

  void after(long nanos, Runnable action) {
    agenda.after(Duration.ofNanos(nanos), Agenda.Kind.NODE, action);
  }

  void powerOn(PairMachine machine) {
    if (machine.offUntil > agenda.nanos()) {
      after(machine.offUntil - agenda.nanos(), () -> powerOn(machine));
    } else if (!machine.powered) {
      machine.powered = true;
      machine.boots++;
      trace.note(machine.id.name(), "boots");
      startDaemon(machine);
    }
  }

  void powerOff(PairMachine machine, String reason) {
    if (machine.powered) {
      trace.note(machine.id.name(), "power off: " + reason);
      killDaemon(machine);
      machine.powered = false;
    }
  }

  private void startDaemon(PairMachine machine) {
    if (machine.powered && machine.daemon == null) {
      machine.runs++;
      PairDaemon daemon = new PairDaemon(this, machine);
      machine.daemon = daemon;
      daemon.start();
    }
  }

  private void killDaemon(PairMachine machine) {
    PairDaemon daemon = machine.daemon;
    if (daemon != null) {
      machine.daemon = null;
      daemon.die();
      logs.crash(machine.id);
      if (machine.disk.standing() != Standing.SOLE) {
        lossAccepted = lossAccepted.filter(m -> m != machine); // the oath came to nothing
      }
    }
  }

  // What goes wrong.

  private void fault() {
    if (healed) {
      return;
    }
    faults++;
    PairMachine victim = random.nextBoolean() ? first : second;
    long lasts = World.between(random, 200, 40_000);
    switch (random.nextInt(13)) {
      case 0 -> outage(List.of(victim), lasts);
      case 1 -> outage(List.of(first, second), lasts);
      case 2 -> outage(List.of(victim), World.between(random, 300_000, 900_000));
      case 3 -> {
        trace.note("FAULT", "daemon of " + victim.id + " ends");
        killDaemon(victim);
        unlessHealed(lasts / 3, () -> startDaemon(victim));
      }
      case 4, 5 -> cut(true, lasts);
      case 6 -> cut(false, lasts);
      case 7 -> mood(PairSwitch.Mood.REFUSING, lasts);
      case 8 -> mood(PairSwitch.Mood.MUTE, lasts);
      case 9 -> slow(lasts);
      case 10, 11 -> abandon(victim);
      default -> swear(random.nextInt(3) == 0 ? victim : awake().orElse(victim));
    }
    after(random.nextInt(4) == 0 ? World.between(random, 50, 3_000) : pause(), this::fault);
  }

  private long pause() {
    return World.between(random, 5_000, 90_000);
  }

  private void unlessHealed(long nanos, Runnable action) {
    after(
        nanos,
        () -> {
          if (!healed) {
            action.run();
          }
        });
  }

  private void outage(List<PairMachine> victims, long lasts) {
    for (PairMachine victim : victims) {
      powerOff(victim, "outage");
      unlessHealed(lasts + World.between(random, 0, 8_000), () -> powerOn(victim));
    }
  }

  private void cut(boolean bothWays, long lasts) {
    List<NodeId> order = random.nextBoolean() ? nodes : nodes.reversed();
    trace.note("FAULT", "cut from " + order + (bothWays ? " both ways" : ""));
    network.cut(SimulatedNetwork.Traffic.CONNECTIONS, order.get(0), order.get(1));
    if (bothWays) {
      network.cut(SimulatedNetwork.Traffic.CONNECTIONS, order.get(1), order.get(0));
    }
    logs.networkChanged();
    unlessHealed(
        lasts,
        () -> {
          network.mend(SimulatedNetwork.Traffic.CONNECTIONS, order.get(0), order.get(1));
          if (bothWays) {
            network.mend(SimulatedNetwork.Traffic.CONNECTIONS, order.get(1), order.get(0));
          }
          logs.networkChanged();
        });
  }

  /// Both are lost, one comes back, and an operator does not wait for the other.
  private void abandon(PairMachine lost) {
    PairMachine kept = other(lost);
    outage(List.of(lost), World.between(random, 60_000, 900_000));
    outage(List.of(kept), World.between(random, 1_000, 20_000));
    unlessHealed(World.between(random, 40_000, 60_000), () -> swear(kept));
  }

  /// One of them that runs.
  private Optional<PairMachine> awake() {
    return List.of(first, second).stream().filter(m -> m.daemon != null).findFirst();
  }

  private void slow(long lasts) {
    trace.note("FAULT", "hellos take up to 2 s");
    network.delay(Duration.ofSeconds(2));
    unlessHealed(lasts, () -> network.delay(Duration.ZERO));
  }

  private void mood(PairSwitch.Mood mood, long lasts) {
    trace.note("FAULT", "the switches are " + mood);
    power.behave(mood);
    unlessHealed(lasts, () -> power.behave(PairSwitch.Mood.WORKING));
  }

  /// An operator who tells the truth: the other is off. What it decided alone and is lacking here
  /// is lost by that, and so it is kept off for as long as it would not doubt.
  private void swear(PairMachine machine) {
    PairDaemon daemon = machine.daemon;
    PairMachine absent = other(machine);
    if (daemon == null
        || absent.powered
        || !daemon.waits()
        || absent.disk.epoch() > daemon.reach()) {
      return;
    }
    trace.note(machine.id.name(), absent.id + " is sworn to be off");
    if (machine.disk.behind(absent.disk)) {
      lossAccepted = Optional.of(machine);
      absent.offUntil =
          weakness == PairWeakness.BACK_TOO_SOON
              ? agenda.nanos()
              : agenda.nanos() + LastSeen.SHORT.toNanos();
    }
    daemon.sworn();
  }

  /// A node has founded a log of its own.
  void founded(PairMachine machine, PairLogs.Decided with) {
    if (lossAccepted.filter(m -> m == machine).isPresent()) {
      decisions.accept(with);
      lossAccepted = Optional.empty();
    }
  }

  private void heal() {
    healed = true;
    trace.note("FAULT", "all faults end");
    network.mendAll();
    power.behave(PairSwitch.Mood.WORKING);
    for (PairMachine machine : List.of(first, second)) {
      powerOn(machine);
      startDaemon(machine);
    }
    logs.networkChanged();
  }
}
