package dev.quorate.simulation;

import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.PostgresFigures;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import dev.quorate.agents.core.postgresql.TimelineHistory.Switch;
import dev.quorate.agents.core.postgresql.WalVote;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One PostgreSQL: its files, its processes, and the connections over which standbys follow.
///
/// It does what PostgreSQL does where that matters for safety: a commit waits for standbys, a
/// promotion opens a new timeline, a standby ahead of its primary cannot follow, backends outlive
/// their postmaster for a while.
final class SimulatedPostgres {
  /// What its processes are doing.
  enum Phase {
    STOPPED,
    STARTING,
    STANDBY,
    PROMOTING,
    PRIMARY,
    STOPPING
  }

  private static final Duration RETRY = Duration.ofMillis(250);
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);
  private static final String IDENTITY = "7301234567890123456";

  private final SimulatedMachine machine;
  private final World world;
  final Wal wal = new Wal();
  private TimelineHistory history = TimelineHistory.root(Timeline.FIRST);

  /// Whether the last life ended with a primary's checkpoint.
  boolean endedAsPrimary;

  /// The same of the life before the present one.
  boolean wasPrimary;

  /// Whether the files are in the middle of a rewind or a copy.
  boolean halfDone;

  private Phase phase = Phase.STOPPED;
  private boolean orphans;
  private boolean hung;
  long wokeAt;
  private boolean unkillable;
  long life;
  SyncNames names = SyncNames.of(List.of(), 0);
  private final TreeMap<NodeId, ReplicationStream> standbys = new TreeMap<>();
  private final ArrayDeque<Commit> commits = new ArrayDeque<>();
  private final List<Runnable> stuck = new ArrayList<>();

  /// Whom its settings name on the disk; it may have read them or not.
  @Nullable NodeId written;

  private @Nullable NodeId upstream;
  private @Nullable ReplicationStream source;
  private boolean connecting;
  private @Nullable Runnable listener;
  private @Nullable Runnable endedEarly;

  private record Commit(int size, long id) {}

  SimulatedPostgres(SimulatedMachine machine, World world) {
    this.machine = machine;
    this.world = world;
  }

  Phase phase() {
    return phase;
  }

  boolean orphans() {
    return orphans;
  }

  boolean hung() {
    return hung;
  }

  TimelineHistory history() {
    return history;
  }

  /// Whether processes exist that may acknowledge a commit now or when they wake up.
  boolean mayAcknowledge() {
    return phase == Phase.PRIMARY || orphans;
  }

  WalVote vote() {
    return new WalVote(machine.id, IDENTITY, history, wal.end());
  }

  /// What it answers when it is asked.
  PostgresFacts facts(List<NodeId> members) {
    ReplicationStream now = source;
    boolean receiving = now != null && now.alive();
    List<PostgresFacts.Standby> connected = new ArrayList<>();
    standbys.forEach((node, stream) ->
        connected.add(
            new PostgresFacts.Standby(node.name(), stream.alive(), Wal.end(stream.flushed))));
    return new PostgresFacts(
        phase != Phase.PRIMARY,
        wal.end(),
        wal.end(),
        wal.end(),
        receiving,
        receiving,
        true,
        upstream == null ? "" : upstream.name(),
        names.setting(),
        connected,
        members.stream()
            .map(n -> new PostgresFacts.Slot(ServerSettings.slotOf(n), false, false, false))
            .toList(),
        PostgresFigures.NONE);
  }

  /// Whether enough standbys have everything that commits wait for.
  boolean caughtUp() {
    return isEnough(wal.size());
  }

  /// Reads settings again after a while, if it still runs.
  void reload(long nanos, Runnable settings) {
    inThisLife(nanos, settings);
  }

  boolean follows(SimulatedPostgres primary) {
    ReplicationStream now = source;
    return phase == Phase.STANDBY && now != null && now.alive() && now.up == primary;
  }

  /// Who is told of the end of the postmaster; forgotten with the daemon.
  void listen(@Nullable Runnable to) {
    listener = to;
  }

  private void tell() {
    Runnable to = listener;
    if (to != null && phase == Phase.STOPPED) {
      world.agenda.after(Duration.ofMillis(1), Agenda.Kind.AGENT, to);
    }
  }

  private void enter(Phase next) {
    phase = next;
    world.trace.note(
        machine.id.name(),
        "postgres " + next + " at " + wal.end() + " of timeline " + history.timeline());
    tell();
  }

  private void later(long nanos, Runnable action) {
    world.agenda.at(
        world.agenda.nanos() + nanos,
        Agenda.Kind.POSTGRES,
        () -> machine.perform(() -> run(action)));
  }

  private void run(Runnable action) {
    if (hung) {
      stuck.add(action);
    } else {
      action.run();
    }
  }

  /// Runs later, unless the processes have changed by then.
  private void inThisLife(long nanos, Runnable action) {
    long mine = life;
    later(
        nanos,
        () -> {
          if (mine == life) {
            action.run();
          }
        });
  }

  // What operators and faults do to it.

  void hang(boolean evenWhenKilled) {
    hung = true;
    unkillable = evenWhenKilled;
  }

  void unhang() {
    wokeAt = hung ? world.agenda.nanos() : wokeAt;
    hung = false;
    unkillable = false;
    List<Runnable> due = List.copyOf(stuck);
    stuck.clear();
    due.forEach(action -> later(0, action));
  }

  void powerLost() {
    hung = false;
    unkillable = false;
    stuck.clear();
    upstream = null;
    end(false);
  }

  /// The postmaster is killed; its children notice after a while.
  void postmasterDies(long orphansLive) {
    if (phase == Phase.STOPPED) {
      return;
    }
    boolean wasPrimary = phase == Phase.PRIMARY;
    end(wasPrimary);
    inThisLife(
        orphansLive,
        () -> {
          orphans = false;
          commits.clear();
        });
  }

  private void end(boolean leaveOrphans) {
    life++;
    connecting = false;
    orphans = leaveOrphans;
    if (!leaveOrphans) {
      commits.clear();
    }
    disconnect();
    for (ReplicationStream stream : List.copyOf(standbys.values())) {
      close(stream);
    }
    if (phase != Phase.STOPPED) {
      enter(Phase.STOPPED);
    }
    Runnable failed = endedEarly;
    endedEarly = null;
    if (failed != null) {
      world.agenda.after(Duration.ofMillis(1), Agenda.Kind.AGENT, failed);
    }
  }

  // What the agent does to it.

  /// Starts it as a standby, after ending what is left of an earlier life.
  ///
  /// @param failed told if it ends before it has started
  boolean start(long nanos, Runnable done, Runnable failed) {
    if (!kill()) {
      return false;
    }
    wasPrimary = endedAsPrimary;
    endedAsPrimary = false;
    enter(Phase.STARTING);
    endedEarly = failed;
    inThisLife(
        nanos,
        () -> {
          endedEarly = null;
          enter(Phase.STANDBY);
          connect();
          done.run();
        });
    return true;
  }

  /// Ends all processes at once.
  ///
  /// @return whether none is left
  boolean kill() {
    if (unkillable) {
      return false;
    }
    unhang();
    if (phase != Phase.STOPPED || orphans) {
      end(false);
    }
    return true;
  }

  /// Stops it with a checkpoint at the end, which connected standbys receive.
  ///
  /// @param done told whether it ended cleanly
  void stop(long nanos, Consumer<Boolean> done) {
    if (phase == Phase.STOPPED) {
      done.accept(!orphans);
      return;
    }
    boolean wasPrimary = phase == Phase.PRIMARY;
    commits.clear();
    disconnect();
    enter(Phase.STOPPING);
    if (wasPrimary) {
      wal.append(0);
      shipAll();
    }
    long deadline = world.agenda.nanos() + LAST_WORDS.toNanos();
    inThisLife(nanos, () -> finishStop(wasPrimary, deadline, done));
  }

  private void finishStop(boolean wasPrimary, long deadline, Consumer<Boolean> done) {
    boolean sent = standbys.values().stream().allMatch(s -> s.flushed == wal.size());
    if (!sent && world.agenda.nanos() < deadline) {
      inThisLife(10_000_000, () -> finishStop(wasPrimary, deadline, done));
      return;
    }
    endedAsPrimary = wasPrimary;
    end(false);
    done.accept(true);
  }

  void promote(long nanos, Runnable done) {
    disconnect();
    enter(Phase.PROMOTING);
    inThisLife(
        nanos,
        () -> {
          List<Switch> switches = new ArrayList<>(history.switches());
          switches.add(new Switch(history.timeline(), wal.end()));
          history = new TimelineHistory(new Timeline(history.timeline().number() + 1), switches);
          wal.append(0);
          enter(Phase.PRIMARY);
          world.checks.promoted(machine);
          shipAll();
          done.run();
        });
  }

  /// Becomes a copy of another instance, which must still be a primary.
  boolean copy(SimulatedPostgres from) {
    if (from.phase != Phase.PRIMARY || phase != Phase.STOPPED) {
      return false;
    }
    wal.replace(from.wal);
    history = from.history;
    halfDone = false;
    return true;
  }

  /// Whether another node can ask it something now.
  boolean serves(NodeId asker) {
    return machine.running()
        && !hung
        && (phase == Phase.STANDBY || phase == Phase.PROMOTING || phase == Phase.PRIMARY)
        && world.network.bothWays(asker, machine.id);
  }

  void wait(SyncNames next) {
    names = next;
    acknowledge();
  }

  // Clients.

  /// A client writes a record; the acknowledgement comes later, if ever.
  boolean write(long id) {
    if (!mayAcknowledge() || hung || !machine.running()) {
      return false;
    }
    wal.append(id);
    commits.addLast(new Commit(wal.size(), id));
    shipAll();
    acknowledge();
    return true;
  }

  private void acknowledge() {
    while (!commits.isEmpty() && isEnough(commits.getFirst().size())) {
      world.checks.acknowledged(machine, commits.removeFirst().id());
    }
  }

  private boolean isEnough(int size) {
    if (names.required() == 0 || world.weakness == Weakness.UNKEPT_PROMISE) {
      return true;
    }
    int have = 0;
    for (NodeId member : names.members()) {
      ReplicationStream stream = standbys.get(member);
      if (stream != null && stream.flushed >= size) {
        have++;
      }
    }
    return have >= names.required();
  }

  // Replication.

  /// Follows another node from now on, or nobody.
  void follow(@Nullable NodeId node) {
    if (node == null ? upstream == null : node.equals(upstream)) {
      return;
    }
    disconnect();
    upstream = node;
    connect();
  }

  private void disconnect() {
    ReplicationStream old = source;
    source = null;
    if (old != null) {
      close(old);
    }
  }

  private void connect() {
    if (upstream == null || connecting || source != null || phase != Phase.STANDBY) {
      return;
    }
    connecting = true;
    inThisLife(world.network.connectedHop(), this::tryToConnect);
  }

  private void tryToConnect() {
    connecting = false;
    NodeId node = upstream;
    if (node == null || source != null || phase != Phase.STANDBY) {
      return;
    }
    SimulatedPostgres up = world.machine(node).postgres;
    if (up.serves(machine.id)) {
      boolean prefix = up.history.contains(history, wal.end()) && up.wal.size() >= wal.size();
      if (prefix) {
        ReplicationStream stream = new ReplicationStream(up, this);
        source = stream;
        up.standbys.put(machine.id, stream);
        up.ship(stream);
        return;
      }
    }
    connecting = true;
    inThisLife(RETRY.toNanos(), this::tryToConnect);
  }

  private void shipAll() {
    standbys.values().forEach(this::ship);
  }

  private void ship(ReplicationStream stream) {
    if (!stream.alive() || stream.inFlight || stream.flushed >= wal.size()) {
      return;
    }
    stream.inFlight = true;
    int until = wal.size();
    TimelineHistory line = history;
    stream.down.later(world.network.connectedHop(), () -> stream.down.receive(stream, until, line));
  }

  private void receive(ReplicationStream stream, int until, TimelineHistory line) {
    if (!stream.open) {
      return;
    }
    boolean arrives = world.network.bothWays(stream.up.machine.id, machine.id);
    if (!stream.alive() || !arrives || phase != Phase.STANDBY) {
      close(stream);
      return;
    }
    wal.follow(stream.up.wal, until);
    history = wal.lineUpToEnd(line);
    stream.up.later(
        1_000_000 + world.network.connectedHop(), () -> stream.up.received(stream, until));
  }

  private void received(ReplicationStream stream, int until) {
    if (!stream.open) {
      return;
    }
    if (!stream.alive() || !world.network.bothWays(stream.down.machine.id, machine.id)) {
      close(stream);
      return;
    }
    stream.inFlight = false;
    stream.flushed = until;
    acknowledge();
    ship(stream);
  }

  private void close(ReplicationStream stream) {
    if (!stream.open) {
      return;
    }
    stream.open = false;
    stream.up.standbys.remove(stream.down.machine.id, stream);
    if (stream.down.source == stream) {
      stream.down.source = null;
      stream.down.connect();
    }
  }
}
