package dev.quorate.agents.postgresql;

import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.PostgresSurroundings;
import dev.quorate.agents.core.postgresql.ReloadProof;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.agents.core.postgresql.SyncQuorumPlanner;
import dev.quorate.agents.jdbc.PostgresProbe;
import dev.quorate.agents.jdbc.ProbeException;
import dev.quorate.agents.linux.ProcessExitWatch;
import dev.quorate.agents.process.ProcessRunner;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Durability;
import dev.quorate.resource.Holder;
import dev.quorate.resource.LeftAlone;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The local instance with what the agent knows of it: the deeds that operations and the driver
/// share. Whoever changes the instance holds [#lock]; the volatile fields may be read without.
final class LocalPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPostgres.class);

  private static final Duration QUESTION = Duration.ofSeconds(2);
  private static final Duration RESTART = Duration.ofSeconds(30);

  final InstanceContext context;
  final PostgresParameters parameters;
  final PostgresInstance instance;
  final PostgresProbe probe;
  final Rejoin rejoin;
  final Deafness deafness;
  private final Reloads reloads;
  final ReentrantLock lock = new ReentrantLock();
  final Cascade cascade;
  final SparedStandby spared = new SparedStandby(this);
  private final ProcessExitWatch watch = new ProcessExitWatch();

  volatile ClusterState state;

  /// Whether the cluster wants it to run.
  volatile boolean started;

  /// Whether it is on its way back to being a standby, and what there is to say of it.
  volatile boolean returning;

  volatile String condition = "";

  /// Why a standby that runs will receive no more, and what to do; empty if it will.
  volatile String stranded = "";

  volatile Role lastRole = Role.STOPPED;
  volatile boolean closed;

  /// Whether what was seen is to be seen again once the state knows of this life.
  volatile boolean lookWhenJoined;

  volatile Runnable onExit = () -> {};

  private volatile long watched;
  private long releasedEpoch = -1;
  private @Nullable ControlFile known;
  private volatile boolean repoints;
  private ServerSettings settings;
  private SyncNames applied = SyncNames.of(new TreeSet<>(), 0);
  private long appliedAt;
  private final ReloadProof inForce = ReloadProof.ofCheckpointer();
  private Optional<Lsn> boundary = Optional.empty();
  boolean wasPrimary;

  LocalPostgres(InstanceContext context, PostgresParameters parameters) {
    this.context = context;
    this.parameters = parameters;
    this.state = ClusterState.initial("");
    this.cascade =
        new Cascade(context.resource().id(), parameters.topology().upstream(context.self()));
    this.instance =
        new PostgresInstance(parameters, new ProcessRunner(), watch, context.workDirectory());
    this.probe = connection();
    this.reloads = new Reloads(instance, probe);
    this.deafness = new Deafness(reloads);
    this.rejoin = new Rejoin(parameters, instance, context.self());
    this.settings = fresh("", applied);
    try {
      Files.createDirectories(context.workDirectory());
    } catch (IOException e) {
      throw new PostgresException("the agent's directory cannot be made", e);
    }
  }

  PostgresProbe connection() {
    return new PostgresProbe(
        parameters.socketDirectory(), parameters.port(), parameters.databaseUser(), "postgres");
  }

  /// Writes a checkpoint, on a connection of its own: it may take long, and questions must not
  /// wait.
  void checkpoint(Duration within) {
    try (PostgresProbe own = connection()) {
      own.checkpoint(within);
    } catch (ProbeException e) {
      LOG.atInfo().addKeyValue("reason", e.getMessage()).log("no checkpoint");
    }
  }

  Primacy primacy() {
    Primacy primacy = state.primacies().get(context.resource().id());
    return primacy == null ? Primacy.initial(context.resource().id()) : primacy;
  }

  Durability durability() {
    return Durability.of(
        state.configuration(),
        state.configuration().resource(context.resource().id()).orElse(context.resource()));
  }

  PostgresSurroundings surroundings() {
    SortedMap<NodeId, String> conninfos = new TreeMap<>();
    for (NodeDefinition node : state.configuration().nodes().values()) {
      if (!node.id().equals(context.self()) && !node.witness()) {
        conninfos.put(node.id(), conninfo(node));
      }
    }
    return new PostgresSurroundings(
        context.self(),
        context.incarnation().bootId(),
        primacy(),
        conninfos,
        started && joined(),
        promoting(),
        cascade.upstream(state),
        parameters.topology().delay(context.self()).isPositive(),
        alone());
  }

  private PostgresSurroundings.Alone alone() {
    ClusterState now = state;
    boolean everywhere =
        now.configuration()
            .resource(context.resource().id())
            .flatMap(r -> LeftAlone.of(now.configuration(), r))
            .isPresent();
    return everywhere
        ? PostgresSurroundings.Alone.EVERYWHERE
        : leftAlone().isPresent()
            ? PostgresSurroundings.Alone.THIS_NODE
            : PostgresSurroundings.Alone.NOTHING;
  }

  /// Why nobody may touch it; empty if the cluster looks after it.
  Optional<LeftAlone> leftAlone() {
    ClusterState now = state;
    return now.configuration()
        .resource(context.resource().id())
        .flatMap(r -> LeftAlone.of(now.configuration(), r, context.self()));
  }

  /// Whether processes without a server may be ended. What a state says that knows nothing of this
  /// life is old, and somebody may work here since.
  boolean mayEndOrphans() {
    return leftAlone().isEmpty() && (started || joined());
  }

  private boolean promoting() {
    return state
        .inFlight(
            new Action.OperationAction(
                OperationKind.PROMOTE, context.resource().id(), context.self()))
        .isPresent();
  }

  /// Whether the state knows of this life: an older one, as a daemon sees it while it reads the log
  /// after a restart, is no ground for deeds.
  boolean joined() {
    return state
        .node(context.self())
        .filter(s -> s.incarnation().equals(context.incarnation()))
        .isPresent();
  }

  /// Whether this instance may be promoted: the grant is held, and was not given up.
  boolean mayBePrimary() {
    return surroundings().granted() && primacy().epoch() != releasedEpoch;
  }

  private boolean repoints() {
    if (!repoints && instance.hasData()) {
      repoints = instance.repointsWhileRunning();
    }
    return repoints;
  }

  /// Gives up the grant: this instance acknowledges nothing any more. Nothing of it may be running
  /// as a primary, and nothing will in this epoch.
  ///
  /// @param timeline the line on which it stopped cleanly, or 0
  /// @param end a position that only those reach who have all of it, or [Lsn#NONE]
  void release(int timeline, Lsn end) {
    if (!mayBePrimary()) {
      return;
    }
    releasedEpoch = primacy().epoch();
    context.propose(
        new ClusterCommand.ReleasePrimacy(
            context.resource().id(),
            releasedEpoch,
            context.self(),
            context.incarnation().bootId(),
            timeline,
            end.value()));
  }

  /// Sees to a postmaster that has ended and should not have: nothing of it may live on, unless
  /// somebody has ended it by hand and goes on by hand.
  ///
  /// @return whether there was one
  boolean buryTheDead() {
    if (watched == 0 || returning || instance.postmaster().isPresent()) {
      return false;
    }
    if (leftAlone().isPresent()) {
      lastRole = Role.STOPPED;
    } else {
      LOG.atWarn()
          .addKeyValue("resource", context.resource().id())
          .log("the postmaster has ended; its orphans are killed");
      instance.stopAtOnce();
    }
    started = false;
    watched = 0;
    return true;
  }

  private String conninfo(NodeDefinition node) {
    String host = parameters.primaryAddress().filter(_ -> holds(node.id())).orElse(node.address());
    return ServerSettings.conninfo(
        context.self(), host, parameters.port(), parameters.replicationUser(), options(host));
  }

  /// With the address of a host that is named: a walreceiver that waits for a name server can be
  /// told nothing, and would keep an election waiting.
  ///
  /// Not where another address means a restart, and not where the administrator names a host.
  private String options(String host) {
    if (!repoints() || parameters.replicationOptions().contains("host")) {
      return parameters.replicationOptions();
    }
    return context
        .addressOf(host)
        .map(found -> "hostaddr=" + found + " " + parameters.replicationOptions())
        .orElse(parameters.replicationOptions());
  }

  private boolean holds(NodeId node) {
    return primacy().holder() instanceof Holder.Held(var holding, _) && holding.equals(node);
  }

  /// The nodes that are known to stream nothing.
  SortedSet<NodeId> gone() {
    return nodesThatAre(Presence.NEVER_SEEN, Presence.LEFT, Presence.LOST, Presence.FENCED);
  }

  /// The nodes that no commit waits for though they stream: those that only keep a copy, and those
  /// that are proven to be off, which the server takes for streaming until its connections to them
  /// time out.
  SortedSet<NodeId> uncounted() {
    SortedSet<NodeId> nodes = nodesThatAre(Presence.FENCED);
    nodes.addAll(parameters.topology().copies());
    return nodes;
  }

  /// Whether this instance may ever become the primary.
  boolean promotable() {
    return parameters.topology().promotes(context.self());
  }

  private SortedSet<NodeId> nodesThatAre(Presence... presences) {
    List<Presence> wanted = List.of(presences);
    SortedSet<NodeId> nodes = new TreeSet<>();
    state
        .nodes()
        .forEach((node, status) -> {
          if (wanted.contains(status.presence())) {
            nodes.add(node);
          }
        });
    return nodes;
  }

  /// Another node's server, asked with the same user and address as streaming, but not under the
  /// standby's name.
  Upstream upstream(NodeId node) {
    NodeDefinition definition = state.configuration().nodes().get(node);
    if (definition == null) {
      throw new PostgresException("node " + node + " is not configured");
    }
    return new Upstream(
        instance,
        ServerSettings.copyConninfo(
            context.self(),
            definition.address(),
            parameters.port(),
            parameters.replicationUser(),
            options(definition.address())));
  }

  /// The names that a standby keeps in force, for the case that it is promoted.
  SyncNames namesIfPromoted() {
    return SyncQuorumPlanner.onPromotion(context.self(), primacy().promise());
  }

  private ServerSettings fresh(String conninfo, SyncNames names) {
    Optional<String> socket =
        parameters.ownsSocket()
            ? Optional.of(parameters.socketDirectory().toString())
            : Optional.empty();
    return new ServerSettings(
            "", "", names, socket, parameters.port(), parameters.topology().delay(context.self()))
        .following(conninfo, context.self());
  }

  /// Starts as a standby of a node, or of nobody.
  void start(String conninfo, Duration within) {
    ControlFile control = instance.control();
    known = control;
    wasPrimary = control.state() == ControlFile.State.SHUT_DOWN;
    SyncNames names = namesIfPromoted();
    settings = fresh(conninfo, names);
    named(names);
    probe.close();
    startServer(within);
    lastRole = Role.UNPROMOTED;
    watchExit();
    LOG.atInfo()
        .addKeyValue("resource", context.resource().id())
        .addKeyValue("upstream", conninfo)
        .log("postgresql started as a standby");
  }

  /// Takes over an instance that runs already, as it is.
  void adopt(PostgresFacts facts) {
    if (!started) {
      started = true;
      applied = SyncNames.parse(facts.syncNames());
      appliedAt = System.nanoTime();
      boundary = Optional.empty();
      inForce.restart();
      settings = fresh(facts.inRecovery() ? facts.conninfo() : "", applied);
      deafness.uncertain(); // what stands in the file, nobody knows
      lastRole = facts.inRecovery() ? Role.UNPROMOTED : Role.PROMOTED;
    }
    watchExit();
  }

  void watchExit() {
    long pid = instance.postmaster().orElse(0);
    if (pid != 0 && pid != watched) {
      watched = pid;
      instance.onPostmasterExit(() -> onExit.run());
    }
  }

  /// Says that the present postmaster ends because it shall.
  void expectExit() {
    watched = 0;
  }

  /// Streams from a node, or from nobody. Before PostgreSQL 13 that takes a restart.
  void follow(String conninfo) {
    settings = settings.following(conninfo, context.self());
    if (instance.repointsWhileRunning()) {
      deafness.writing(conninfo);
      instance.configure(settings);
      deafness.written(conninfo);
      instance.reload();
    } else if (!deafness.told().equals(Optional.of(conninfo))) {
      restart();
    }
  }

  /// Ends the standby and starts it with the settings as they are now.
  void restart() {
    expectExit();
    probe.close();
    SortedSet<Long> left = instance.stop(RESTART);
    if (!left.isEmpty()) {
      throw new PostgresException("processes " + left + " cannot be killed");
    }
    startServer(RESTART);
    watchExit();
  }

  /// Whoever is started now reads what is written now.
  private void startServer(Duration within) {
    deafness.uncertain();
    instance.start(settings, within);
    deafness.started(settings.conninfo());
  }

  /// Tells the server what commits wait for.
  void apply(SyncNames names) {
    settings = settings.waitingFor(names);
    named(names);
    instance.configure(settings);
    instance.reload();
  }

  /// Writes settings for the administrator beside the cluster's, and lets the server read them.
  void amend(SortedMap<String, String> added) throws IOException {
    instance.configure(settings, added);
    instance.reload();
  }

  private void named(SyncNames names) {
    applied = names;
    appliedAt = System.nanoTime();
    boundary = Optional.empty();
    inForce.restart();
  }

  SyncNames applied() {
    return applied;
  }

  /// Whether commits wait as they were last told to. Asked until it is so, it makes it so.
  boolean inForce() {
    return applied.required() == 0 || reloads.goesBy(inForce, "checkpointer");
  }

  /// The end of the WAL after the names came into force in every process of the server. The
  /// checkpointer's taking them on is proven; the walsenders', of which none says so, is taken for
  /// granted some time after the server read them.
  Optional<Lsn> boundary(PostgresFacts facts) {
    boolean told = facts.syncNames().equals(applied.setting());
    boolean settled = System.nanoTime() - appliedAt > 100_000_000;
    if (boundary.isEmpty() && told && inForce() && settled && !facts.inRecovery()) {
      // What was asked before the proof may lie before commits that did not wait.
      boundary = Optional.of(probe.facts(QUESTION).flushed());
    }
    return boundary;
  }

  /// The control file as it was when last read: what never changes of it is right.
  ControlFile identity() {
    if (known == null) {
      known = instance.control();
    }
    return known;
  }

  /// Forgets the identity, after the files were replaced.
  void forget() {
    known = null;
  }

  @Override
  public void close() {
    closed = true;
    probe.close();
    watch.close();
  }

  /// Whether others than the primary may have WAL for it: an archive or a declared upstream.
  boolean mayGetWalElsewhere() {
    return cascade.isDeclared() || rejoin.restoresWal();
  }
}
