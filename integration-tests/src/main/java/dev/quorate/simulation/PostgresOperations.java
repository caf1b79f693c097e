package dev.quorate.simulation;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresPolicy;
import dev.quorate.agents.core.postgresql.RewindPolicy;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// The operations that the cluster orders on a simulated PostgreSQL, as the real agent executes
/// them.
final class PostgresOperations {
  private static final OperationResult UNKILLABLE =
      OperationResult.failed(1, Role.PROMOTED, "processes cannot be killed");

  private final SimulatedPostgresAgent agent;
  private final SimulatedPostgres postgres;
  private Role lastRole = Role.STOPPED;

  PostgresOperations(SimulatedPostgresAgent agent) {
    this.agent = agent;
    postgres = agent.postgres;
  }

  void run(OperationKind kind, SimulatedAgent.Operation operation) {
    if (kind == OperationKind.STOP) {
      agent.started = false;
      agent.comeback.abandon();
    }
    if (agent.locked) {
      later(operation, 10, 20, () -> run(kind, operation));
      return;
    }
    agent.locked = true;
    operation.whenEnded(() -> {
      agent.locked = false;
      agent.kick();
    });
    switch (kind) {
      case START -> later(operation, 1, 20, () -> start(operation));
      case STOP -> end(operation, false);
      case MONITOR -> later(operation, 5, 30, () -> monitor(operation));
      case PROMOTE -> promote(operation);
      case DEMOTE -> demote(operation);
      case RELOAD -> operation.end(OperationResult.succeeded(lastRole));
    }
  }

  private void later(SimulatedAgent.Operation operation, long least, long most, Runnable action) {
    agent.daemon.later(
        World.between(agent.random, least, most),
        Agenda.Kind.AGENT,
        () -> {
          if (!operation.ended()) {
            action.run();
          }
        });
  }

  private void succeed(SimulatedAgent.Operation operation, Role role) {
    if (!operation.ended()) {
      lastRole = role;
      operation.end(OperationResult.succeeded(role));
    }
  }

  // Start.

  private void start(SimulatedAgent.Operation operation) {
    switch (postgres.phase()) {
      case STOPPED -> startStopped(operation);
      case STANDBY -> {
        agent.adopt();
        succeed(operation, Role.UNPROMOTED);
      }
      case PRIMARY -> {
        agent.adopt();
        operation.end(OperationResult.failed(1, Role.PROMOTED, "it runs as a primary already"));
      }
      case STARTING, PROMOTING, STOPPING -> later(operation, 50, 100, () -> start(operation));
    }
  }

  private void startStopped(SimulatedAgent.Operation operation) {
    Optional<NodeId> primary = PostgresPolicy.upstream(agent.surroundings());
    if (postgres.halfDone) {
      agent.started = true;
      succeed(operation, Role.UNPROMOTED);
      return;
    }
    Optional<NodeId> upstream = Optional.empty();
    if (primary.isPresent()) {
      SimulatedPostgres up = agent.world.machine(primary.get()).postgres;
      if (up.serves(agent.daemon.self)) {
        if (!(agent.comeback.wayBack(up) instanceof RewindPolicy.Return.Follow)) {
          agent.started = true;
          succeed(operation, Role.UNPROMOTED);
          return;
        }
        upstream = primary;
      }
    }
    boolean begun =
        agent.startServer(
            upstream,
            () -> {
              agent.started = true;
              succeed(operation, Role.UNPROMOTED);
            },
            () ->
                operation.end(
                    OperationResult.failed(1, Role.STOPPED, "it ended while it started")));
    if (!begun) {
      operation.end(UNKILLABLE);
    }
  }

  // Monitor.

  private void monitor(SimulatedAgent.Operation operation) {
    if (agent.comeback.underWay()) {
      succeed(operation, Role.UNPROMOTED);
      return;
    }
    if (postgres.hung() && postgres.phase() != SimulatedPostgres.Phase.STOPPED) {
      later(operation, 200, 300, () -> monitor(operation));
      return;
    }
    switch (postgres.phase()) {
      case STOPPED -> {
        if (!postgres.kill()) {
          operation.end(UNKILLABLE);
        } else {
          succeed(operation, agent.started ? Role.UNPROMOTED : Role.STOPPED);
        }
      }
      case STANDBY, PRIMARY -> {
        agent.adopt();
        boolean standby = postgres.phase() == SimulatedPostgres.Phase.STANDBY;
        succeed(operation, standby ? Role.UNPROMOTED : Role.PROMOTED);
      }
      case STARTING, PROMOTING, STOPPING -> later(operation, 200, 300, () -> monitor(operation));
    }
  }

  // Stop and demote.

  private void demote(SimulatedAgent.Operation operation) {
    if (postgres.phase() == SimulatedPostgres.Phase.STANDBY && !postgres.hung()) {
      agent.started = true;
      succeed(operation, Role.UNPROMOTED);
    } else {
      end(operation, true);
    }
  }

  private void end(SimulatedAgent.Operation operation, boolean demoted) {
    boolean primary = postgres.phase() == SimulatedPostgres.Phase.PRIMARY;
    agent.expectExit();
    if (postgres.phase() == SimulatedPostgres.Phase.STOPPED) {
      ended(operation, false, demoted);
      return;
    }
    boolean[] once = {false};
    postgres.stop(
        World.between(agent.random, 30, 400),
        clean -> {
          if (clean) {
            later(operation, 1, 5, () -> first(once, () -> ended(operation, primary, demoted)));
          }
        });
    later(operation, 6_000, 7_000, () -> first(once, () -> ended(operation, primary, demoted)));
  }

  private static void first(boolean[] once, Runnable action) {
    if (!once[0]) {
      once[0] = true;
      action.run();
    }
  }

  /// The clean stop is over, or has taken too long: whatever is left is killed.
  private void ended(SimulatedAgent.Operation operation, boolean primary, boolean demoted) {
    if (!postgres.kill()) {
      operation.end(UNKILLABLE);
      return;
    }
    if (primary || demoted) {
      agent.release(
          postgres.endedAsPrimary ? postgres.history().timeline().number() : 0,
          postgres.endedAsPrimary ? postgres.wal.end() : Lsn.NONE);
    }
    agent.started = demoted;
    succeed(operation, demoted ? Role.UNPROMOTED : Role.STOPPED);
  }

  // Promote.

  private void promote(SimulatedAgent.Operation operation) {
    if (postgres.phase() == SimulatedPostgres.Phase.PRIMARY) {
      succeed(operation, Role.PROMOTED);
    } else if (postgres.phase() != SimulatedPostgres.Phase.STANDBY) {
      operation.end(OperationResult.failed(1, lastRole, "it does not run"));
    } else if (!agent.mayBePrimary()) {
      operation.end(
          OperationResult.failed(1, Role.UNPROMOTED, "this node does not hold the grant"));
    } else {
      var names = agent.namesIfPromoted();
      agent.adopt();
      agent.apply(names);
      agent.follow(null);
      later(operation, 60, 100, () -> promoteNow(operation));
    }
  }

  private void promoteNow(SimulatedAgent.Operation operation) {
    if (postgres.phase() != SimulatedPostgres.Phase.STANDBY
        || !postgres.names.equals(agent.namesIfPromoted())) {
      operation.end(OperationResult.failed(1, lastRole, "it is not ready to be promoted"));
      return;
    }
    long deadline = agent.world.agenda.nanos() + Duration.ofSeconds(2).toNanos();
    postgres.promote(
        World.between(agent.random, 50, 500), () -> awaitStandbys(operation, deadline));
  }

  /// What was written before shall be on enough standbys before it is seen, if they come in time.
  private void awaitStandbys(SimulatedAgent.Operation operation, long deadline) {
    if (postgres.caughtUp() || agent.world.agenda.nanos() > deadline) {
      agent.daemon.later(0, Agenda.Kind.AGENT, () -> succeed(operation, Role.PROMOTED));
    } else {
      later(operation, 20, 30, () -> awaitStandbys(operation, deadline));
    }
  }

  // Emergency.

  void emergencyStop(Consumer<OperationResult> done) {
    agent.started = false;
    agent.expectExit();
    agent.comeback.abandon();
    agent.daemon.later(
        World.between(agent.random, 20, 300),
        Agenda.Kind.AGENT,
        () -> {
          agent.started = false;
          agent.expectExit();
          if (postgres.kill()) {
            lastRole = Role.STOPPED;
            done.accept(OperationResult.succeeded(Role.STOPPED));
          } else {
            agent.daemon.later(
                Duration.ofSeconds(1), Agenda.Kind.AGENT, () -> done.accept(UNKILLABLE));
          }
        });
  }
}
