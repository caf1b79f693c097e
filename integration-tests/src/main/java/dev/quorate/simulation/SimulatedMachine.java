package dev.quorate.simulation;

import dev.quorate.membership.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The hardware of a node, its kernel, and what survives the daemon: PostgreSQL, the address, the
/// disk.
final class SimulatedMachine {
  final NodeId id;
  final SimulatedPostgres postgres;
  boolean powered;
  boolean address;
  boolean stopInterrupted;
  int boots;
  long run;
  long ringSequence;
  @Nullable SimulatedDaemon daemon;
  private final Agenda agenda;
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean frozen;

  SimulatedMachine(NodeId id, World world) {
    this.id = id;
    this.agenda = world.agenda;
    this.postgres = new SimulatedPostgres(this, world);
  }

  /// Runs something on this machine, once it runs.
  void perform(Runnable action) {
    if (frozen) {
      waiting.add(action);
    } else {
      action.run();
    }
  }

  boolean frozen() {
    return frozen;
  }

  boolean running() {
    return powered && !frozen;
  }

  void freeze() {
    frozen = true;
  }

  void thaw() {
    frozen = false;
    List<Runnable> due = List.copyOf(waiting);
    waiting.clear();
    due.forEach(action -> agenda.at(agenda.nanos(), Agenda.Kind.NODE, () -> perform(action)));
  }

  String bootId() {
    return "boot-" + id + "-" + boots;
  }

  /// The power goes away.
  void off() {
    powered = false;
    frozen = false;
    address = false;
    stopInterrupted = false;
    waiting.clear();
    postgres.powerLost();
  }
}
