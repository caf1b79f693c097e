package dev.quorate.simulation;

import java.util.random.RandomGenerator;

/// Clients that write through the virtual address, a number each time.
final class SimulatedClients {
  private static final int EVERY_MILLIS = 500;

  private final World world;
  private final RandomGenerator random;
  private long lastId;
  private long written;

  SimulatedClients(World world) {
    this.world = world;
    random = world.random("clients");
  }

  void start() {
    world.agenda.at(
        world.agenda.nanos() + World.between(random, 1, 2 * EVERY_MILLIS),
        Agenda.Kind.CLIENT,
        this::write);
  }

  /// How many writes reached a server.
  long written() {
    return written;
  }

  private void write() {
    for (SimulatedMachine machine : world.machines()) {
      if (machine.address && machine.running() && machine.postgres.write(++lastId)) {
        written++;
        break;
      }
    }
    start();
  }
}
