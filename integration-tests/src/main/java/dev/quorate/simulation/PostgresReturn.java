package dev.quorate.simulation;

import dev.quorate.agents.core.postgresql.PostgresPolicy;
import dev.quorate.agents.core.postgresql.RewindPolicy;
import dev.quorate.membership.NodeId;

/// Brings a simulated PostgreSQL back under the present primary, by the real policy: it just
/// follows, is rewound, or is copied anew. That takes its time and may fail.
final class PostgresReturn {
  private final SimulatedPostgresAgent agent;
  private final SimulatedPostgres postgres;
  private boolean returning;
  private long returns;

  PostgresReturn(SimulatedPostgresAgent agent) {
    this.agent = agent;
    postgres = agent.postgres;
  }

  boolean underWay() {
    return returning;
  }

  /// Gives up; what was begun stays half done.
  void abandon() {
    returns++;
    returning = false;
  }

  /// What it takes to follow another instance.
  RewindPolicy.Return wayBack(SimulatedPostgres up) {
    return postgres.halfDone
        ? new RewindPolicy.Return.Rebuild("an earlier rewind or copy was not finished")
        : RewindPolicy.decide(postgres.vote(), true, postgres.vote().identity(), up.history());
  }

  /// Finds out whether a standby that does not receive can ever do so.
  void checkLineage(NodeId primary) {
    SimulatedPostgres up = agent.world.machine(primary).postgres;
    if (up.serves(agent.daemon.self)
        && up.phase() == SimulatedPostgres.Phase.PRIMARY
        && !(wayBack(up) instanceof RewindPolicy.Return.Follow)) {
      begin(primary);
    }
  }

  /// Begins to bring the instance back.
  void begin(NodeId primary) {
    if (returning) {
      return;
    }
    returning = true;
    long mine = ++returns;
    agent.expectExit();
    postgres.stop(
        World.between(agent.random, 30, 400),
        _ -> returnLater(mine, 5, 50, () -> rejoin(mine, primary)));
  }

  private void returnLater(long mine, long least, long most, Runnable action) {
    agent.daemon.later(
        World.between(agent.random, least, most),
        Agenda.Kind.AGENT,
        () -> {
          if (mine == returns) {
            action.run();
          }
        });
  }

  private void rejoin(long mine, NodeId primary) {
    SimulatedPostgres up = agent.world.machine(primary).postgres;
    if (!up.serves(agent.daemon.self) || postgres.phase() != SimulatedPostgres.Phase.STOPPED) {
      returned(mine);
      return;
    }
    switch (wayBack(up)) {
      case RewindPolicy.Return.Follow() -> startAgain(mine);
      case RewindPolicy.Return.Rewind _ -> {
        if (up.phase() == SimulatedPostgres.Phase.PRIMARY) {
          copy(mine, primary, 500, 3_000);
        } else {
          returned(mine);
        }
      }
      case RewindPolicy.Return.Rebuild _ -> copy(mine, primary, 3_000, 15_000);
      case RewindPolicy.Return.Refuse _ -> returned(mine);
    }
  }

  private void copy(long mine, NodeId primary, long least, long most) {
    postgres.halfDone = true;
    returnLater(
        mine,
        least,
        most,
        () -> {
          SimulatedPostgres up = agent.world.machine(primary).postgres;
          if (up.serves(agent.daemon.self) && postgres.copy(up)) {
            startAgain(mine);
          } else {
            returned(mine);
          }
        });
  }

  private void startAgain(long mine) {
    boolean begun =
        agent.started
            && agent.startServer(
                PostgresPolicy.upstream(agent.surroundings()),
                () -> endReturn(mine),
                () -> returned(mine));
    if (!begun) {
      returned(mine);
    }
  }

  /// Another attempt after a pause.
  private void returned(long mine) {
    returnLater(mine, 1_000, 1_000, () -> endReturn(mine));
  }

  private void endReturn(long mine) {
    if (mine == returns) {
      returning = false;
      agent.kick();
    }
  }
}
