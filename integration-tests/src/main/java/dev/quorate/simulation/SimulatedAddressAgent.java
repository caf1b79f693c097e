package dev.quorate.simulation;

import dev.quorate.resource.ClusterState;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The virtual address on one node.
final class SimulatedAddressAgent implements SimulatedAgent {
  private final SimulatedDaemon daemon;
  private final World world;
  private final RandomGenerator random;

  SimulatedAddressAgent(SimulatedDaemon daemon, World world) {
    this.daemon = daemon;
    this.world = world;
    random = world.random("address " + daemon.self + " " + daemon.incarnation.run());
  }

  @Override
  public void run(OperationKind kind, Operation operation) {
    daemon.later(
        World.between(random, 2, 200),
        Agenda.Kind.AGENT,
        () -> {
          if (!operation.ended()) {
            operation.end(perform(kind));
          }
        });
  }

  private OperationResult perform(OperationKind kind) {
    return switch (kind) {
      case START -> {
        set(true);
        yield OperationResult.succeeded(Role.STARTED);
      }
      case STOP -> {
        set(false);
        yield OperationResult.succeeded(Role.STOPPED);
      }
      case MONITOR, PROMOTE, DEMOTE, RELOAD ->
          OperationResult.succeeded(daemon.machine.address ? Role.STARTED : Role.STOPPED);
    };
  }

  private void set(boolean present) {
    if (!present && world.weakness == Weakness.STICKY_ADDRESS) {
      return;
    }
    daemon.machine.address = present;
    world.trace.note(daemon.self.name(), present ? "takes the address" : "drops the address");
  }

  @Override
  public void stateChanged(ClusterState state) {}

  @Override
  public void emergencyStop(Consumer<OperationResult> done) {
    set(false);
    done.accept(OperationResult.succeeded(Role.STOPPED));
  }
}
