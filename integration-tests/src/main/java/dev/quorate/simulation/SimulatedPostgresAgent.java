package dev.quorate.simulation;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresDecision;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.PostgresObservation;
import dev.quorate.agents.core.postgresql.PostgresPolicy;
import dev.quorate.agents.core.postgresql.PostgresSurroundings;
import dev.quorate.agents.core.postgresql.StandbyPresence;
import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.agents.core.postgresql.SyncQuorumPlanner;
import dev.quorate.agents.core.postgresql.WalVote;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Durability;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.SyncPromise;
import dev.quorate.resource.Vote;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What a daemon's PostgreSQL agent does between operations: it looks, lets the real policy decide,
/// and acts on the simulated instance.
final class SimulatedPostgresAgent implements SimulatedAgent {
  private static final long AGAIN = 15;
  private static final long LONGEST = 250;
  private static final long IDLE = 1000;
  private static final long REPEAT = Duration.ofSeconds(1).toNanos();
  private static final long CHECK = Duration.ofSeconds(5).toNanos();
  private static final long SETTLED = Duration.ofMillis(100).toNanos();

  final ResourceId resource;
  final SimulatedDaemon daemon;
  final World world;
  final RandomGenerator random;
  final SimulatedPostgres postgres;

  /// Whether the cluster wants it to run.
  boolean started;

  /// Whether an operation has the instance for itself.
  boolean locked;

  private final StandbyPresence presence = new StandbyPresence(Duration.ofSeconds(5));
  private final PostgresOperations operations;
  final PostgresReturn comeback;
  private boolean watched;
  private long releasedEpoch = -1;
  private long castRound;
  private long castAt = -REPEAT;
  private long promisedVersion = -1;
  private long promisedAt = -REPEAT;
  private long presenceEpoch = -1;
  private long checkedAt = -CHECK;
  private long detachedSince = -1;
  private SyncNames applied = SyncNames.of(List.of(), 0);
  private Optional<String> told = Optional.empty();
  private long appliedAt;
  private Optional<Lsn> boundary = Optional.empty();
  private List<PostgresDecision> lastDecisions = List.of();
  private long patience = AGAIN;
  private long steps;
  private @Nullable ClusterState before;

  SimulatedPostgresAgent(ResourceId resource, SimulatedDaemon daemon, World world) {
    this.resource = resource;
    this.daemon = daemon;
    this.world = world;
    random = world.random("postgres " + daemon.self + " " + daemon.incarnation.run());
    postgres = daemon.machine.postgres;
    operations = new PostgresOperations(this);
    comeback = new PostgresReturn(this);
    postgres.listen(() -> daemon.later(0, Agenda.Kind.AGENT, this::buryTheDead));
    kick();
  }

  @Override
  public void run(dev.quorate.resource.OperationKind kind, Operation operation) {
    operations.run(kind, operation);
  }

  @Override
  public void emergencyStop(
      java.util.function.Consumer<dev.quorate.resource.OperationResult> done) {
    operations.emergencyStop(done);
  }

  @Override
  public void stateChanged(ClusterState state) {
    ClusterState last = before;
    before = state;
    if (last == null
        || !state.primacies().equals(last.primacies())
        || !state.nodes().equals(last.nodes())
        || state.configuration().version() != last.configuration().version()) {
      kick();
    }
  }

  // What is agreed.

  Primacy primacy() {
    Primacy primacy = daemon.state().primacies().get(resource);
    return primacy == null ? Primacy.initial(resource) : primacy;
  }

  PostgresSurroundings surroundings() {
    ClusterState state = daemon.state();
    var conninfos = new java.util.TreeMap<NodeId, String>();
    for (NodeId node : state.configuration().nodes().keySet()) {
      if (!node.equals(daemon.self)) {
        conninfos.put(node, node.name());
      }
    }
    boolean joined =
        state.node(daemon.self).filter(s -> s.incarnation().equals(daemon.incarnation)).isPresent();
    boolean promoting =
        state
            .inFlight(
                new dev.quorate.resource.Action.OperationAction(
                    dev.quorate.resource.OperationKind.PROMOTE, resource, daemon.self))
            .isPresent();
    return new PostgresSurroundings(
        daemon.self,
        daemon.incarnation.bootId(),
        primacy(),
        conninfos,
        started && joined,
        promoting);
  }

  boolean mayBePrimary() {
    return surroundings().granted() && primacy().epoch() != releasedEpoch;
  }

  /// Gives up the grant: this instance acknowledges nothing any more in this epoch.
  void release(int timeline, Lsn end) {
    if (mayBePrimary()) {
      releasedEpoch = primacy().epoch();
      propose(
          new ClusterCommand.ReleasePrimacy(
              resource,
              releasedEpoch,
              daemon.self,
              daemon.incarnation.bootId(),
              timeline,
              end.value()));
    }
  }

  private void propose(ClusterCommand command) {
    daemon.post(new NodeEvent.AgentProposed(command));
  }

  // The life of the postmaster.

  /// Takes over an instance that runs already, as it is.
  void adopt() {
    if (!started) {
      started = true;
      applied = postgres.names;
      told = Optional.empty();
      appliedAt = world.agenda.nanos();
      boundary = Optional.empty();
    }
    watched = true;
  }

  void expectExit() {
    watched = false;
  }

  void buryTheDead() {
    if (watched && !comeback.underWay() && postgres.phase() == SimulatedPostgres.Phase.STOPPED) {
      started = false;
      watched = false;
      postgres.kill();
      daemon.post(new NodeEvent.MonitorWanted(resource));
    }
  }

  /// Starts it as a standby of a node, or of nobody.
  ///
  /// @return whether it has begun to start; then one of the two is called
  boolean startServer(Optional<NodeId> upstream, Runnable done, Runnable failed) {
    SyncNames names = namesIfPromoted();
    boolean begun =
        postgres.start(
            World.between(random, 100, 1_500),
            () -> {
              watched = true;
              done.run();
            },
            () -> daemon.later(0, Agenda.Kind.AGENT, failed));
    if (begun) {
      postgres.names = names;
      named(names);
      told = Optional.of(upstream.map(NodeId::name).orElse(""));
      postgres.written = upstream.orElse(null);
      postgres.follow(postgres.written);
    }
    return begun;
  }

  SyncNames namesIfPromoted() {
    return SyncQuorumPlanner.onPromotion(daemon.self, primacy().promise());
  }

  /// Tells the server what commits wait for; it takes a moment until it knows.
  void apply(SyncNames names) {
    named(names);
    postgres.reload(World.between(random, 1, 30), () -> postgres.wait(names));
  }

  private void named(SyncNames names) {
    applied = names;
    appliedAt = world.agenda.nanos();
    boundary = Optional.empty();
  }

  /// Writes whom to receive from into its settings; whenever it reads them, it reads what was
  /// written last.
  void follow(@Nullable NodeId node) {
    told = Optional.of(node == null ? "" : node.name());
    postgres.written = node;
    postgres.reload(World.between(random, 1, 50), () -> postgres.follow(postgres.written));
  }

  // Look, decide, act.

  /// Something has changed.
  void kick() {
    stepAfter(0);
  }

  private void stepAfter(long millis) {
    long mine = ++steps;
    daemon.later(
        Duration.ofMillis(millis),
        Agenda.Kind.AGENT,
        () -> {
          if (mine == steps) {
            step();
          }
        });
  }

  private void step() {
    if (!started) {
      stepAfter(IDLE);
      return;
    }
    if (locked) {
      stepAfter(AGAIN);
      return;
    }
    PostgresSurroundings agreed = surroundings();
    PostgresObservation seen = observe(agreed);
    List<PostgresDecision> decisions = PostgresPolicy.decide(seen, agreed);
    decisions.forEach(decision -> act(decision, agreed));
    boolean idle = decisions.stream().allMatch(d -> d instanceof PostgresDecision.CheckLineage);
    patience = decisions.equals(lastDecisions) ? Math.min(2 * patience, LONGEST) : AGAIN;
    lastDecisions = decisions;
    stepAfter(idle ? IDLE : patience);
  }

  private PostgresObservation observe(PostgresSurroundings agreed) {
    long now = world.agenda.nanos();
    PostgresObservation.Condition condition = condition();
    Optional<PostgresFacts> facts = Optional.empty();
    SyncNames wanted = applied;
    if (condition == PostgresObservation.Condition.RUNNING) {
      facts = Optional.of(postgres.facts(world.nodes));
      boolean recovers = facts.get().inRecovery();
      boolean told = facts.get().syncNames().equals(applied.setting());
      if (boundary.isEmpty() && told && now - appliedAt > SETTLED && !recovers) {
        boundary = Optional.of(facts.get().flushed());
      }
      if (!recovers && agreed.granted()) {
        wanted = wanted(facts.get(), agreed);
      }
      boolean detached = !facts.get().streaming() && !facts.get().conninfo().isEmpty();
      detachedSince = detached ? (detachedSince < 0 ? now : detachedSince) : -1;
    }
    return new PostgresObservation(
        condition,
        facts,
        told,
        facts.filter(f -> f.conninfo().isEmpty()).isPresent(),
        now - castAt < REPEAT ? castRound : 0,
        Duration.ofNanos(detachedSince < 0 ? 0 : now - detachedSince),
        applied,
        boundary,
        wanted);
  }

  private PostgresObservation.Condition condition() {
    if (comeback.underWay()) {
      return PostgresObservation.Condition.RETURNING;
    }
    if (postgres.hung()) {
      return PostgresObservation.Condition.SILENT;
    }
    return switch (postgres.phase()) {
      case STOPPED -> {
        postgres.kill();
        yield postgres.halfDone
            ? PostgresObservation.Condition.UNUSABLE
            : PostgresObservation.Condition.STOPPED;
      }
      case STARTING, STOPPING -> PostgresObservation.Condition.SILENT;
      case STANDBY, PROMOTING, PRIMARY -> PostgresObservation.Condition.RUNNING;
    };
  }

  private SyncNames wanted(PostgresFacts facts, PostgresSurroundings agreed) {
    if (presenceEpoch != agreed.primacy().epoch()) {
      presenceEpoch = agreed.primacy().epoch();
      TreeSet<NodeId> promised = new TreeSet<>(agreed.primacy().promise().members());
      promised.remove(agreed.self());
      presence.reset(world.agenda.now(), promised);
    }
    TreeSet<NodeId> gone = new TreeSet<>();
    daemon
        .state()
        .nodes()
        .forEach((node, status) -> {
          switch (status.presence()) {
            case NEVER_SEEN, LEFT, LOST, FENCED -> gone.add(node);
            case ONLINE, DAEMON_GONE -> {}
          }
        });
    return presence.wanted(
        world.agenda.now(), PostgresPolicy.streaming(facts, agreed), gone, Durability.SYNC);
  }

  private void act(PostgresDecision decision, PostgresSurroundings agreed) {
    long now = world.agenda.nanos();
    switch (decision) {
      case PostgresDecision.StartAlone() -> {
        locked = true;
        if (!startServer(Optional.empty(), () -> locked = false, () -> locked = false)) {
          locked = false;
        }
      }
      case PostgresDecision.StopRogue _ -> {
        started = false;
        expectExit();
        postgres.kill();
        daemon.post(new NodeEvent.MonitorWanted(resource));
      }
      case PostgresDecision.ComeBack(var primary) -> comeback.begin(primary);
      case PostgresDecision.CheckLineage(var primary) -> {
        if (now - checkedAt >= CHECK) {
          checkedAt = now;
          comeback.checkLineage(primary);
        }
      }
      case PostgresDecision.StopReceiving() -> follow(null);
      case PostgresDecision.Follow(var primary) -> {
        follow(primary);
        detachedSince = -1;
      }
      case PostgresDecision.CastVote(var round) -> cast(round, vote());
      case PostgresDecision.CastEmptyVote(var round, var reason) -> cast(round, emptyVote(reason));
      case PostgresDecision.ApplyNames(var names) -> apply(names);
      case PostgresDecision.CommitPromise(var promise) -> commit(agreed.primacy(), promise);
      case PostgresDecision.GiveUpGrant() -> release(0, Lsn.NONE);
      case PostgresDecision.MakeSlot _,
          PostgresDecision.DropSlot _,
          PostgresDecision.LeaveCascade _,
          PostgresDecision.LookAgain _ -> {}
    }
  }

  private void commit(Primacy primacy, SyncPromise promise) {
    long now = world.agenda.nanos();
    if (now - promisedAt >= REPEAT || promisedVersion != promise.version()) {
      promisedVersion = promise.version();
      promisedAt = now;
      propose(
          new ClusterCommand.SetSyncPromise(
              resource, primacy.epoch(), daemon.self, primacy.promise().version(), promise));
    }
  }

  private void cast(long round, Vote vote) {
    castRound = round;
    castAt = world.agenda.nanos();
    propose(new ClusterCommand.CastVote(resource, round, vote));
  }

  private Vote vote() {
    WalVote held = postgres.vote();
    List<Vote.TimelineSwitch> lineage =
        held.history().switches().stream()
            .map(s -> new Vote.TimelineSwitch(s.from().number(), s.at().value()))
            .toList();
    return new Vote(
        daemon.self,
        daemon.incarnation.bootId(),
        true,
        held.identity(),
        held.history().timeline().number(),
        held.end().value(),
        lineage,
        postgres.wasPrimary,
        0,
        "");
  }

  private Vote emptyVote(String reason) {
    return new Vote(
        daemon.self, daemon.incarnation.bootId(), false, "", 0, 0, List.of(), false, 0, reason);
  }
}
