package dev.quorate.simulation;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.RewindPolicy;
import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.agents.core.postgresql.SyncQuorumPlanner;
import dev.quorate.agents.core.postgresql.WalVote;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Vote;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The local controller of a PostgreSQL, and what it executes: votes, follows the holder, keeps the
/// promise, and uses the real policies wherever there is something to decide.
final class SimulatedPostgresAgent implements SimulatedAgent {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final long PATIENCE = Duration.ofSeconds(5).toNanos();

  private final ResourceId resource;
  private final SimulatedDaemon daemon;
  private final World world;
  private final RandomGenerator random;
  private final SimulatedPostgres postgres;
  private final TreeMap<NodeId, Long> lastStreamed = new TreeMap<>();
  private @Nullable ClusterCommand lastPromise;
  private Lsn boundary = Lsn.NONE;
  private long votedRound = -1;
  private boolean ticking;
  private SimulatedPostgres.Phase seen = SimulatedPostgres.Phase.STOPPED;

  SimulatedPostgresAgent(ResourceId resource, SimulatedDaemon daemon, World world) {
    this.resource = resource;
    this.daemon = daemon;
    this.world = world;
    random = world.random("postgres " + daemon.self + " " + daemon.incarnation.run());
    postgres = daemon.machine.postgres;
    postgres.listen(() -> daemon.later(0, Agenda.Kind.AGENT, this::postgresChanged));
  }

  private Optional<Primacy> primacy() {
    return Optional.ofNullable(daemon.state().primacies().get(resource));
  }

  private boolean holds(Primacy primacy) {
    return primacy.heldBy(daemon.self, daemon.incarnation.bootId());
  }

  private void postgresChanged() {
    if (postgres.phase() != seen || postgres.diverged()) {
      boolean ended = postgres.phase() == SimulatedPostgres.Phase.STOPPED;
      seen = postgres.phase();
      if (ended || postgres.diverged()) {
        daemon.post(new NodeEvent.MonitorWanted(resource));
      }
    }
    control();
  }

  @Override
  public void stateChanged(ClusterState state) {
    control();
  }

  /// Does whatever follows from the agreed state and the local instance.
  private void control() {
    Primacy primacy = primacy().orElse(null);
    if (primacy == null) {
      return;
    }
    switch (postgres.phase()) {
      case STANDBY -> stand(primacy);
      case PRIMARY -> {
        if (holds(primacy)) {
          keepPromise(primacy);
        }
        if (!ticking) {
          tick();
        }
      }
      case STOPPED, STARTING, PROMOTING, STOPPING -> {}
    }
  }

  private void tick() {
    ticking = true;
    daemon.later(
        TICK,
        Agenda.Kind.AGENT,
        () -> {
          ticking = false;
          lastPromise = null;
          control();
        });
  }

  // Standby.

  private void stand(Primacy primacy) {
    switch (primacy.election()) {
      case Election.Open open -> {
        postgres.follow(null);
        if (votedRound != open.round()) {
          votedRound = open.round();
          daemon.later(World.between(random, 5, 80), Agenda.Kind.AGENT, () -> vote(open.round()));
        }
      }
      case Election.Won won -> {
        boolean granted =
            primacy.holder() instanceof Holder.Held(var node, _) && node.equals(won.winner());
        postgres.follow(granted && !won.winner().equals(daemon.self) ? won.winner() : null);
      }
      case Election.Idle _, Election.Blocked _ ->
          postgres.follow(
              primacy.holder() instanceof Holder.Held(var node, _) && !node.equals(daemon.self)
                  ? node
                  : null);
    }
  }

  private void vote(long round) {
    boolean open =
        primacy()
            .filter(p -> p.election() instanceof Election.Open o && o.round() == round)
            .isPresent();
    if (!open || postgres.phase() != SimulatedPostgres.Phase.STANDBY || postgres.hung()) {
      votedRound = -1;
      return;
    }
    WalVote held = postgres.vote();
    Vote vote =
        new Vote(
            daemon.self,
            daemon.incarnation.bootId(),
            true,
            held.identity(),
            held.history().timeline().number(),
            held.end().value(),
            held.history().switches().stream()
                .map(s -> new Vote.TimelineSwitch(s.from().number(), s.at().value()))
                .toList(),
            postgres.endedAsPrimary,
            0,
            "");
    daemon.post(new NodeEvent.AgentProposed(new ClusterCommand.CastVote(resource, round, vote)));
  }

  // Primary.

  private void keepPromise(Primacy primacy) {
    TreeMap<NodeId, Lsn> flushed = postgres.flushed();
    long now = world.agenda.nanos();
    flushed.keySet().forEach(node -> lastStreamed.put(node, now));
    SyncNames wanted = wanted(now);
    for (int i = 0; i < 10; i++) {
      var situation =
          new SyncQuorumPlanner.Situation(
              daemon.self, primacy.promise(), postgres.names, boundary, flushed, wanted);
      postgres.flushAwaited = false;
      switch (SyncQuorumPlanner.next(situation)) {
        case SyncQuorumPlanner.Step.Apply(var names) -> {
          postgres.wait(names);
          boundary = postgres.wal.end();
        }
        case SyncQuorumPlanner.Step.Commit(var promise) -> {
          ClusterCommand command =
              new ClusterCommand.SetSyncPromise(
                  resource, primacy.epoch(), daemon.self, primacy.promise().version(), promise);
          if (!command.equals(lastPromise)) {
            lastPromise = command;
            daemon.post(new NodeEvent.AgentProposed(command));
          }
          return;
        }
        case SyncQuorumPlanner.Step.AwaitFlush _ -> {
          postgres.flushAwaited = true;
          return;
        }
        case SyncQuorumPlanner.Step.Settled() -> {
          return;
        }
      }
    }
  }

  /// Commits shall wait for any one of the standbys that stream, or did a moment ago.
  private SyncNames wanted(long now) {
    lastStreamed.values().removeIf(at -> now - at > PATIENCE);
    return SyncNames.of(lastStreamed.keySet(), lastStreamed.isEmpty() ? 0 : 1);
  }

  // Operations.

  @Override
  public void run(OperationKind kind, Operation operation) {
    switch (kind) {
      case START -> start(operation);
      case STOP -> stop(operation, () -> operation.end(OperationResult.succeeded(Role.STOPPED)));
      case MONITOR, RELOAD -> later(operation, 5, 30, () -> monitor(operation));
      case PROMOTE -> promote(operation);
      case DEMOTE -> stop(operation, () -> start(operation));
    }
  }

  private void later(Operation operation, long least, long most, Runnable action) {
    daemon.later(
        World.between(random, least, most),
        Agenda.Kind.AGENT,
        () -> {
          if (!operation.ended()) {
            action.run();
          }
        });
  }

  private void monitor(Operation operation) {
    if (postgres.hung()) {
      later(operation, 200, 300, () -> monitor(operation));
      return;
    }
    switch (postgres.phase()) {
      case STOPPED ->
          operation.end(
              postgres.orphans()
                  ? OperationResult.failed(9, Role.PROMOTED, "processes without a postmaster")
                  : OperationResult.succeeded(Role.STOPPED));
      case STANDBY ->
          operation.end(
              postgres.diverged()
                  ? OperationResult.failed(1, Role.UNPROMOTED, "has WAL that the primary has not")
                  : OperationResult.succeeded(Role.UNPROMOTED));
      case PRIMARY -> operation.end(OperationResult.succeeded(Role.PROMOTED));
      case STARTING, PROMOTING, STOPPING -> later(operation, 200, 300, () -> monitor(operation));
    }
  }

  private void start(Operation operation) {
    if (postgres.phase() == SimulatedPostgres.Phase.STANDBY) {
      operation.end(OperationResult.succeeded(Role.UNPROMOTED));
      return;
    }
    if (!postgres.kill()) {
      operation.end(OperationResult.failed(1, Role.STOPPED, "processes cannot be killed"));
      return;
    }
    Optional<NodeId> primary =
        primacy()
            .flatMap(p ->
                p.holder() instanceof Holder.Held(var node, _) && !node.equals(daemon.self)
                    ? Optional.of(node)
                    : Optional.empty());
    if (primary.isEmpty()) {
      startServer(operation);
      return;
    }
    SimulatedPostgres up = world.machine(primary.get()).postgres;
    if (!up.serves(daemon.self)) {
      later(operation, 400, 600, () -> start(operation));
      return;
    }
    var way = RewindPolicy.decide(postgres.vote(), true, postgres.vote().identity(), up.history());
    switch (way) {
      case RewindPolicy.Return.Follow() -> startServer(operation);
      case RewindPolicy.Return.Rewind _ -> copy(operation, up, 500, 3_000);
      case RewindPolicy.Return.Rebuild _ -> copy(operation, up, 3_000, 15_000);
      case RewindPolicy.Return.Refuse(var reason) ->
          operation.end(OperationResult.failed(5, Role.STOPPED, reason));
    }
  }

  private void copy(Operation operation, SimulatedPostgres from, long least, long most) {
    later(
        operation,
        least,
        most,
        () -> {
          if (from.serves(daemon.self) && postgres.copy(from)) {
            startServer(operation);
          } else {
            later(operation, 400, 600, () -> start(operation));
          }
        });
  }

  private void startServer(Operation operation) {
    boolean begun =
        postgres.start(
            World.between(random, 100, 1_500),
            () -> operation.end(OperationResult.succeeded(Role.UNPROMOTED)));
    if (!begun) {
      operation.end(OperationResult.failed(1, Role.STOPPED, "processes cannot be killed"));
    }
  }

  private void stop(Operation operation, Runnable stopped) {
    long epoch = primacy().map(Primacy::epoch).orElse(0L);
    boolean held = primacy().filter(this::holds).isPresent();
    boolean primary = postgres.phase() == SimulatedPostgres.Phase.PRIMARY;
    Runnable once = once(operation, stopped);
    postgres.stop(
        World.between(random, 30, 400),
        clean -> {
          if (clean) {
            boolean proof = primary && held && postgres.endedAsPrimary;
            daemon.later(
                0,
                Agenda.Kind.AGENT,
                () -> {
                  if (proof) {
                    release(epoch);
                  }
                  once.run();
                });
          }
        });
    later(operation, 6_000, 7_000, () -> stopByForce(operation, once));
  }

  /// The first call counts, as long as somebody waits for the operation.
  private static Runnable once(Operation operation, Runnable action) {
    return new Runnable() {
      private boolean ran;

      @Override
      public void run() {
        if (!ran && !operation.ended()) {
          ran = true;
          action.run();
        }
      }
    };
  }

  private void stopByForce(Operation operation, Runnable once) {
    SimulatedPostgres.Phase phase = postgres.phase();
    boolean stuck = phase == SimulatedPostgres.Phase.STOPPING || postgres.orphans();
    if (stuck && !postgres.kill()) {
      operation.end(OperationResult.failed(1, Role.PROMOTED, "processes cannot be killed"));
    } else {
      once.run();
    }
  }

  private void release(long epoch) {
    daemon.post(
        new NodeEvent.AgentProposed(
            new ClusterCommand.ReleasePrimacy(
                resource,
                epoch,
                daemon.self,
                daemon.incarnation.bootId(),
                postgres.history().timeline().number(),
                postgres.wal.end().value())));
  }

  private void promote(Operation operation) {
    Primacy primacy = primacy().orElse(null);
    if (primacy == null || !holds(primacy)) {
      operation.end(OperationResult.failed(1, Role.UNPROMOTED, "does not hold the grant"));
    } else if (postgres.phase() == SimulatedPostgres.Phase.PRIMARY) {
      operation.end(OperationResult.succeeded(Role.PROMOTED));
    } else if (postgres.phase() != SimulatedPostgres.Phase.STANDBY) {
      operation.end(OperationResult.failed(1, Role.STOPPED, "is not a standby"));
    } else {
      boundary = Lsn.NONE;
      lastStreamed.clear();
      postgres.promote(
          SyncQuorumPlanner.onPromotion(daemon.self, primacy.promise()),
          World.between(random, 50, 500),
          () -> {
            boundary = postgres.wal.end();
            operation.end(OperationResult.succeeded(Role.PROMOTED));
          });
    }
  }

  @Override
  public void emergencyStop(Consumer<OperationResult> done) {
    daemon.later(
        World.between(random, 20, 300),
        Agenda.Kind.AGENT,
        () -> {
          if (postgres.kill()) {
            done.accept(OperationResult.succeeded(Role.STOPPED));
          } else {
            daemon.later(
                Duration.ofSeconds(1),
                Agenda.Kind.AGENT,
                () ->
                    done.accept(
                        OperationResult.failed(1, Role.PROMOTED, "processes cannot be killed")));
          }
        });
  }
}
