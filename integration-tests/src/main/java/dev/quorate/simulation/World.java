package dev.quorate.simulation;

import dev.quorate.consensus.simulated.SimulatedLogCluster;
import dev.quorate.consensus.simulated.SimulatedLogTiming;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// Everything that the parts of one simulated cluster share.
final class World {
  final Agenda agenda = new Agenda();
  final Trace trace;
  final Weakness weakness;
  final SimulatedNetwork network;
  final List<NodeId> nodes;
  final MembershipConfig ring = MembershipConfig.defaults();
  final SafetyChecks checks;
  final Chronicle chronicle;
  final SimulatedLogCluster logs;
  final SimulatedFenceDevice fenceDevice;
  final SimulatedClients clients;
  private final long seed;
  private final TreeMap<NodeId, SimulatedMachine> machines = new TreeMap<>();

  World(long seed, int size, Weakness weakness, @Nullable PrintStream out) {
    this.seed = seed;
    this.weakness = weakness;
    trace = new Trace(agenda, out);
    network = new SimulatedNetwork(agenda, random("network"));
    List<NodeId> names = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      names.add(new NodeId("n" + i));
    }
    nodes = List.copyOf(names);
    for (NodeId node : nodes) {
      machines.put(node, new SimulatedMachine(node, this));
    }
    checks = new SafetyChecks(this);
    chronicle = new Chronicle(checks::committed, Twist.of(weakness));
    SimulatedLogTiming timing =
        SimulatedLogTiming.DEFAULT.withLostAnswersPercent(2).withSnapshotThreshold(300);
    logs =
        new SimulatedLogCluster(
            timing,
            nodes,
            random("log"),
            network::reaches,
            (delay, action) -> agenda.after(delay, Agenda.Kind.LOG, action));
    fenceDevice = new SimulatedFenceDevice(this);
    clients = new SimulatedClients(this);
  }

  /// Randomness of its own for each purpose, so that one use does not shift another.
  RandomGenerator random(String purpose) {
    return RandomGeneratorFactory.of("L64X128MixRandom")
        .create(seed * 0x9E3779B97F4A7C15L + purpose.hashCode());
  }

  SimulatedMachine machine(NodeId node) {
    return Objects.requireNonNull(machines.get(node));
  }

  Iterable<SimulatedMachine> machines() {
    return machines.values();
  }

  /// Wall-clock time: some date, and what has passed since.
  long wallMillis() {
    return 1_700_000_000_000L + agenda.nanos() / 1_000_000;
  }

  /// The time of something that takes between a shortest and a longest time.
  static long between(RandomGenerator random, long leastMillis, long mostMillis) {
    return Duration.ofMillis(leastMillis).toNanos()
        + random.nextLong(Duration.ofMillis(mostMillis - leastMillis).toNanos() + 1);
  }

  // What happens to machines.

  void powerOn(SimulatedMachine machine) {
    if (machine.powered) {
      return;
    }
    machine.powered = true;
    machine.boots++;
    trace.note(machine.id.name(), "boots as " + machine.bootId());
    startDaemon(machine);
  }

  void powerOff(SimulatedMachine machine, String reason) {
    if (!machine.powered) {
      return;
    }
    trace.note(machine.id.name(), "power off: " + reason);
    killDaemon(machine);
    machine.off();
    logs.networkChanged();
  }

  /// The machine ends itself and boots again.
  void reset(SimulatedMachine machine, String reason) {
    powerOff(machine, reason);
    agenda.after(Duration.ofSeconds(8), Agenda.Kind.FAULT, () -> powerOn(machine));
  }

  void startDaemon(SimulatedMachine machine) {
    if (!machine.powered || machine.daemon != null) {
      return;
    }
    machine.run++;
    SimulatedDaemon daemon = new SimulatedDaemon(machine, this);
    machine.daemon = daemon;
    daemon.start();
    checks.contactChanged();
  }

  void killDaemon(SimulatedMachine machine) {
    SimulatedDaemon daemon = machine.daemon;
    if (daemon != null) {
      machine.daemon = null;
      machine.postgres.listen(null);
      daemon.die();
      logs.crash(machine.id);
      checks.contactChanged();
    }
  }

  void freeze(SimulatedMachine machine) {
    machine.freeze();
    logs.pause(machine.id);
    checks.contactChanged();
  }

  void thaw(SimulatedMachine machine) {
    machine.thaw();
    SimulatedDaemon daemon = machine.daemon;
    if (daemon != null && !daemon.frozen()) {
      logs.resume(machine.id);
    }
    checks.contactChanged();
  }

  /// To be called after each change of the network.
  void networkChanged() {
    logs.networkChanged();
    checks.contactChanged();
  }
}
