package dev.quorate.simulation;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Holder;
import dev.quorate.simulation.SimulatedNetwork.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Lets the planned faults happen, ends each in its time, and heals everything in the end.
final class Nemesis {
  private final World world;
  private final RandomGenerator random;
  private final Map<FaultKind, Integer> injected = new EnumMap<>(FaultKind.class);
  private boolean healed;

  Nemesis(World world) {
    this.world = world;
    random = world.random("nemesis");
  }

  Map<FaultKind, Integer> injected() {
    return injected;
  }

  void schedule(FaultPlan plan) {
    for (FaultPlan.Fault fault : plan.faults()) {
      world.agenda.at(fault.at(), Agenda.Kind.FAULT, () -> inject(fault));
    }
  }

  private void inject(FaultPlan.Fault fault) {
    injected.merge(fault.kind(), 1, Integer::sum);
    SimulatedMachine victim = world.machine(world.nodes.get(random.nextInt(world.nodes.size())));
    if (random.nextInt(3) == 0) {
      victim = primary().orElse(victim);
    } else if (random.nextInt(3) == 0) {
      victim = world.logs.leader().map(world::machine).orElse(victim);
    }
    world.trace.note(
        "FAULT", fault.kind() + " " + victim.id + " for " + fault.duration() / 1_000_000 + " ms");
    Runnable end = begin(fault, victim);
    world.agenda.after(
        Duration.ofNanos(fault.duration()),
        Agenda.Kind.FAULT,
        () -> {
          if (!healed) {
            world.trace.note("FAULT", "end of " + fault.kind());
            end.run();
          }
        });
  }

  private Runnable begin(FaultPlan.Fault fault, SimulatedMachine victim) {
    return switch (fault.kind()) {
      case NODE_CRASH -> {
        world.powerOff(victim, "crash");
        yield () -> world.powerOn(victim);
      }
      case POWER_OUTAGE -> {
        world.machines().forEach(m -> world.powerOff(m, "outage"));
        yield () -> world.machines().forEach(world::powerOn);
      }
      case NODE_FREEZE -> {
        if (victim.powered) {
          world.freeze(victim);
        }
        yield () -> world.thaw(victim);
      }
      case DAEMON_KILL, DAEMON_GONE -> {
        world.killDaemon(victim);
        yield () -> world.startDaemon(victim);
      }
      case DAEMON_FREEZE -> {
        SimulatedDaemon daemon = victim.daemon;
        if (daemon == null) {
          yield () -> {};
        }
        daemon.freeze();
        yield () -> {
          if (!daemon.dead()) {
            daemon.thaw();
          }
        };
      }
      case PARTITION -> cut(halves());
      case ISOLATION_OF_PRIMARY -> cut(around(primary().orElse(victim).id));
      case ISOLATION_OF_LEADER -> cut(around(world.logs.leader().orElse(victim.id)));
      case ONE_WAY_CUT -> cut(oneWay(victim.id));
      case LINK_CUT -> cut(link());
      case RING_CUT -> cut(List.of(Traffic.RING), around(victim.id));
      case CONNECTION_CUT -> cut(List.of(Traffic.CONNECTIONS), around(victim.id));
      case PACKET_LOSS, DUPLICATION, SLOW_NETWORK, LOG_LAG -> disturb(fault.kind(), victim);
      case POSTMASTER_KILL -> {
        victim.postgres.postmasterDies(fault.duration());
        yield () -> {};
      }
      case POSTGRES_HANG, POSTGRES_UNKILLABLE -> {
        victim.postgres.hang(fault.kind() == FaultKind.POSTGRES_UNKILLABLE);
        yield victim.postgres::unhang;
      }
      case FENCING_REFUSED -> fencing(SimulatedFenceDevice.Mood.REFUSING);
      case FENCING_MUTE -> fencing(SimulatedFenceDevice.Mood.MUTE);
      case FENCING_UNREACHABLE -> fencing(SimulatedFenceDevice.Mood.UNREACHABLE);
      case SWITCHOVER, STANDBY, CLEANUP -> operate(fault.kind(), victim.id);
    };
  }

  private Runnable fencing(SimulatedFenceDevice.Mood mood) {
    world.fenceDevice.behave(mood);
    return () -> world.fenceDevice.behave(SimulatedFenceDevice.Mood.WORKING);
  }

  private Runnable disturb(FaultKind kind, SimulatedMachine victim) {
    return switch (kind) {
      case PACKET_LOSS -> {
        world.network.lose(0.02 + random.nextDouble() * 0.4);
        yield () -> world.network.lose(0);
      }
      case DUPLICATION -> {
        world.network.duplicate(0.3);
        yield () -> world.network.duplicate(0);
      }
      case SLOW_NETWORK -> {
        world.network.delay(Duration.ofMillis(5 + random.nextInt(60)));
        yield () -> world.network.delay(Duration.ZERO);
      }
      default -> {
        world.logs.lag(victim.id, Duration.ofMillis(50 + random.nextInt(500)));
        yield () -> world.logs.lag(victim.id, Duration.ZERO);
      }
    };
  }

  // Cuts.

  private record Cut(NodeId from, NodeId to) {}

  private Runnable cut(List<Cut> cuts) {
    return cut(List.of(Traffic.values()), cuts);
  }

  private Runnable cut(List<Traffic> traffic, List<Cut> cuts) {
    traffic.forEach(t -> cuts.forEach(c -> world.network.cut(t, c.from(), c.to())));
    world.trace.note("FAULT", "cut " + traffic + " " + cuts);
    world.networkChanged();
    return () -> {
      traffic.forEach(t -> cuts.forEach(c -> world.network.mend(t, c.from(), c.to())));
      world.networkChanged();
    };
  }

  private List<Cut> halves() {
    int mask = 1 + random.nextInt((1 << world.nodes.size()) - 2);
    List<Cut> cuts = new ArrayList<>();
    for (int a = 0; a < world.nodes.size(); a++) {
      for (int b = 0; b < world.nodes.size(); b++) {
        if ((mask >> a & 1) != (mask >> b & 1)) {
          cuts.add(new Cut(world.nodes.get(a), world.nodes.get(b)));
        }
      }
    }
    return cuts;
  }

  private List<Cut> around(NodeId node) {
    List<Cut> cuts = new ArrayList<>();
    for (NodeId other : world.nodes) {
      if (!other.equals(node)) {
        cuts.add(new Cut(node, other));
        cuts.add(new Cut(other, node));
      }
    }
    return cuts;
  }

  /// Everything that a node sends, or everything that is sent to it.
  private List<Cut> oneWay(NodeId node) {
    boolean outward = random.nextBoolean();
    return around(node).stream().filter(c -> c.from().equals(node) == outward).toList();
  }

  private List<Cut> link() {
    int a = random.nextInt(world.nodes.size());
    int b = (a + 1 + random.nextInt(world.nodes.size() - 1)) % world.nodes.size();
    return List.of(
        new Cut(world.nodes.get(a), world.nodes.get(b)),
        new Cut(world.nodes.get(b), world.nodes.get(a)));
  }

  // Operators.

  private Optional<SimulatedMachine> primary() {
    for (SimulatedMachine machine : world.machines()) {
      if (machine.postgres.mayAcknowledge()) {
        return Optional.of(machine);
      }
    }
    return Optional.empty();
  }

  private Runnable operate(FaultKind kind, NodeId node) {
    return switch (kind) {
      case SWITCHOVER -> {
        String target = random.nextBoolean() ? "" : node.name();
        propose(new ClusterCommand.RequestSwitchover(ClusterSetup.CLONE, target, "operator"));
        yield () -> {};
      }
      case STANDBY -> {
        propose(standby(node, "on"));
        yield () -> propose(standby(node, ""));
      }
      default -> {
        propose(new ClusterCommand.Cleanup(ClusterSetup.CLONE, List.of(), "operator"));
        yield () -> {};
      }
    };
  }

  private static ClusterCommand standby(NodeId node, String value) {
    return new ClusterCommand.ChangeConfiguration(
        -1, "operator", List.of(new ConfigurationChange.SetNodeAttribute(node, "standby", value)));
  }

  /// By way of any node that works.
  void propose(ClusterCommand command) {
    for (SimulatedMachine machine : world.machines()) {
      SimulatedDaemon daemon = machine.daemon;
      if (machine.running() && daemon != null && !daemon.frozen() && daemon.quorate()) {
        daemon.propose(command);
        return;
      }
    }
  }

  // The end.

  /// Ends all faults; nothing goes wrong any more.
  void heal() {
    healed = true;
    world.trace.note("FAULT", "all faults end");
    world.network.mendAll();
    world.fenceDevice.behave(SimulatedFenceDevice.Mood.WORKING);
    for (SimulatedMachine machine : world.machines()) {
      world.logs.lag(machine.id, Duration.ZERO);
      machine.postgres.unhang();
      world.thaw(machine);
      SimulatedDaemon daemon = machine.daemon;
      if (daemon != null) {
        daemon.thaw();
      }
      world.powerOn(machine);
      world.startDaemon(machine);
    }
    world.networkChanged();
    unstandby();
  }

  /// An operator repeats until it is so: no node stays in standby.
  private void unstandby() {
    for (var node : world.chronicle.newest().configuration().nodes().values()) {
      if (node.standby()) {
        propose(standby(node.id(), ""));
      }
    }
    boolean lost =
        world.chronicle.newest().primacies().values().stream()
            .anyMatch(p -> p.holder() instanceof Holder.Nobody);
    if (!lost) {
      world.agenda.after(Duration.ofSeconds(5), Agenda.Kind.FAULT, this::unstandby);
    }
  }
}
