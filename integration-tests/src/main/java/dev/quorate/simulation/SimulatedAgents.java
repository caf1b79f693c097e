package dev.quorate.simulation;

import dev.quorate.consensus.LogPosition;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Intent;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The agents that a daemon has open, and the operations that they execute.
final class SimulatedAgents {
  private final SimulatedDaemon daemon;
  private final World world;
  private final TreeMap<ResourceId, SimulatedAgent> open = new TreeMap<>();
  private final TreeMap<ResourceId, SimulatedAgent.Operation> running = new TreeMap<>();

  SimulatedAgents(SimulatedDaemon daemon, World world) {
    this.daemon = daemon;
    this.world = world;
  }

  void open(ResourceDefinition resource) {
    open.put(
        resource.id(),
        resource.promotable()
            ? new SimulatedPostgresAgent(resource.id(), daemon, world)
            : new SimulatedAddressAgent(daemon, world));
    SimulatedAgent agent = open.get(resource.id());
    if (agent != null) {
      agent.stateChanged(daemon.state());
    }
  }

  void close(ResourceId resource) {
    open.remove(resource);
  }

  void stateChanged(ClusterState state) {
    open.values().forEach(agent -> agent.stateChanged(state));
  }

  /// Executes an intent, after it was written to disk.
  void run(Intent intent) {
    if (!(intent.action() instanceof Action.OperationAction(var kind, var resource, _))) {
      throw new IllegalArgumentException("not an operation: " + intent.action());
    }
    daemon.later(
        Duration.ofMillis(2),
        Agenda.Kind.AGENT,
        () ->
            execute(
                resource,
                kind,
                intent.timeout(),
                result -> {
                  world.trace.note(
                      daemon.self.name(),
                      intent.action().key()
                          + ": "
                          + result.status()
                          + " "
                          + result.observed()
                          + " "
                          + result.reason());
                  daemon.post(new NodeEvent.OperationFinished(intent.id(), result));
                }));
  }

  void monitor(ResourceId resource, LogPosition seen, Duration timeout) {
    execute(
        resource,
        OperationKind.MONITOR,
        timeout,
        result -> daemon.post(new NodeEvent.MonitorFinished(resource, seen, result)));
  }

  private void execute(
      ResourceId resource, OperationKind kind, Duration timeout, Consumer<OperationResult> done) {
    SimulatedAgent agent = open.get(resource);
    if (agent == null) {
      done.accept(OperationResult.unknown("not open"));
      return;
    }
    SimulatedAgent.Operation operation = new SimulatedAgent.Operation(done);
    running.put(resource, operation);
    agent.run(kind, operation);
    if (!operation.ended()) {
      daemon.later(
          timeout, Agenda.Kind.AGENT, () -> operation.end(OperationResult.unknown("timed out")));
    }
  }

  void emergencyStop(ResourceId resource) {
    SimulatedAgent agent = open.get(resource);
    SimulatedAgent.Operation operation = running.remove(resource);
    if (operation != null) {
      daemon.later(
          Duration.ZERO,
          Agenda.Kind.AGENT,
          () -> operation.end(OperationResult.unknown("interrupted by an emergency stop")));
    }
    if (agent == null || world.weakness == Weakness.NO_EMERGENCY_STOP) {
      stopped(resource, OperationResult.succeeded(Role.STOPPED));
      return;
    }
    daemon.later(
        Duration.ofMillis(1),
        Agenda.Kind.AGENT,
        () -> agent.emergencyStop(result -> stopped(resource, result)));
  }

  private void stopped(ResourceId resource, OperationResult result) {
    daemon.later(
        Duration.ZERO,
        Agenda.Kind.AGENT,
        () -> daemon.post(new NodeEvent.EmergencyStopFinished(resource, result)));
    SimulatedAgent agent = open.get(resource);
    if (world.weakness == Weakness.ACTING_MINORITY && agent != null) {
      daemon.later(
          Duration.ofSeconds(3),
          Agenda.Kind.AGENT,
          () -> {
            world.checks.begins(daemon, "start " + resource);
            agent.run(OperationKind.START, new SimulatedAgent.Operation(_ -> {}));
          });
    }
  }
}
