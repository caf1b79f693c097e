package dev.quorate.simulation;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.daemon.core.NodeCore;
import dev.quorate.daemon.core.NodeEffect;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.daemon.core.NodeSettings;
import dev.quorate.daemon.core.NodeTimer;
import dev.quorate.daemon.core.PostgresElections;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.core.RingEffect;
import dev.quorate.membership.core.RingEvent;
import dev.quorate.membership.core.RingProtocol;
import dev.quorate.membership.core.TimerId;
import dev.quorate.resource.Absence;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Election;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One run of a node's daemon: the real ring and the real core, and a shell that carries out their
/// effects in the simulated world.
final class SimulatedDaemon {
  final SimulatedMachine machine;
  final NodeId self;
  final Incarnation incarnation;
  private final World world;
  private final RandomGenerator random;
  private final RingProtocol ring;
  private final Map<TimerId.Kind, TimerId> ringTimers = new EnumMap<>(TimerId.Kind.class);
  private final TreeMap<String, Long> timers = new TreeMap<>();
  private final ArrayDeque<NodeEvent> inbox = new ArrayDeque<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private final SimulatedAgents agents;
  private final FencingShell fencing;
  private ClusterState state;
  private @Nullable ReplicatedLog log;
  private @Nullable NodeCore core;
  private boolean handling;
  private boolean stateDue;
  private boolean frozen;
  private boolean dead;
  private boolean everQuorate;
  private boolean speaking = true;
  private boolean heard;
  private long timerCount;
  private long commandCount;
  private final TreeMap<Long, CommandId> tickets = new TreeMap<>();

  SimulatedDaemon(SimulatedMachine machine, World world) {
    this.machine = machine;
    this.world = world;
    self = machine.id;
    incarnation = new Incarnation(machine.bootId(), machine.run);
    random = world.random("daemon " + self + " " + machine.run);
    ring =
        new RingProtocol(
            world.ring, new Member(self, incarnation), world.nodes, machine.ringSequence);
    state = world.chronicle.initial();
    agents = new SimulatedAgents(this, world);
    fencing = new FencingShell(this, world);
  }

  void start() {
    world.trace.note(self.name(), "daemon starts, run " + incarnation.run());
    log = world.logs.start(self, new StateMachine(), this::logReported);
    core =
        new NodeCore(
            world.agenda.now(),
            self,
            incarnation,
            NodeSettings.defaults(world.nodes),
            new PostgresElections(),
            state);
    fencing.start();
    post(new NodeEvent.Started(state, machine.stopInterrupted));
    feed(new RingEvent.Started());
  }

  void die() {
    dead = true;
    waiting.clear();
    world.trace.note(self.name(), "daemon ends");
  }

  boolean frozen() {
    return frozen;
  }

  boolean dead() {
    return dead;
  }

  RingProtocol ring() {
    return ring;
  }

  boolean quorate() {
    return core != null && core.quorate();
  }

  /// Whether this run has had a quorum.
  boolean everQuorate() {
    return everQuorate;
  }

  ClusterState state() {
    return state;
  }

  /// Stops the daemon from running, not what it has started.
  void freeze() {
    frozen = true;
    world.logs.pause(self);
    world.checks.contactChanged();
  }

  void thaw() {
    frozen = false;
    List<Runnable> due = List.copyOf(waiting);
    waiting.clear();
    due.forEach(action -> later(Duration.ZERO, Agenda.Kind.NODE, action));
    if (!machine.frozen()) {
      world.logs.resume(self);
    }
    world.checks.contactChanged();
  }

  /// Runs something in the daemon after a while: not at all if it has ended, later if it is frozen.
  void later(Duration delay, Agenda.Kind kind, Runnable action) {
    world.agenda.after(delay, kind, () -> perform(action));
  }

  void later(long nanos, Agenda.Kind kind, Runnable action) {
    world.agenda.at(world.agenda.nanos() + nanos, kind, () -> perform(action));
  }

  private void perform(Runnable action) {
    if (dead) {
      return;
    }
    machine.perform(() -> {
      if (dead) {
        return;
      }
      if (frozen) {
        waiting.add(action);
      } else {
        action.run();
      }
    });
  }

  // The ring.

  void arrived(NodeId from, dev.quorate.membership.core.RingPacket packet) {
    perform(() -> {
      if (speaking) {
        feed(new RingEvent.PacketArrived(from, packet));
      }
    });
  }

  private void feed(RingEvent event) {
    for (RingEffect effect : ring.handle(world.agenda.now(), event)) {
      follow(effect);
    }
  }

  private void follow(RingEffect effect) {
    switch (effect) {
      case RingEffect.Send(var to, var packet, _) -> {
        for (NodeId receiver : speaking ? to : List.<NodeId>of()) {
          world.network.send(
              self,
              receiver,
              () -> {
                SimulatedDaemon there = world.machine(receiver).daemon;
                if (there != null) {
                  there.arrived(self, packet);
                }
              });
        }
      }
      case RingEffect.SetTimer(var timer, var deadline) -> {
        ringTimers.put(timer.kind(), timer);
        long at = deadline.getEpochSecond() * 1_000_000_000L + deadline.getNano();
        world.agenda.at(
            at,
            Agenda.Kind.RING_TIMER,
            () -> {
              if (timer.equals(ringTimers.get(timer.kind()))) {
                perform(() -> feed(new RingEvent.TimerFired(timer)));
              }
            });
      }
      case RingEffect.CancelTimer(var kind) -> ringTimers.remove(kind);
      case RingEffect.Persist(var sequence) -> machine.ringSequence = sequence;
      case RingEffect.InstallView(var view, var left) -> {
        world.trace.note(self.name(), "view " + view.id() + " " + view.nodes());
        world.checks.installed(self, view);
        post(new NodeEvent.ViewInstalled(view, left));
      }
      case RingEffect.Paused(var howLong) -> post(new NodeEvent.Paused(howLong));
      case RingEffect.Deliver _,
          RingEffect.Refused _,
          RingEffect.Suspected _,
          RingEffect.StateEntered _ -> {}
      case RingEffect.Left() -> {}
    }
  }

  // The log.

  private final class StateMachine implements ReplicatedStateMachine {
    @Override
    public String apply(LogPosition position, byte[] command) {
      boolean drift =
          world.weakness == Weakness.DRIFTING_STATE && position.index() % 97 == self.hashCode() % 7;
      ClusterState next = world.chronicle.apply(state, position, command);
      state = drift ? state : next;
      if (!stateDue) {
        stateDue = true;
        later(100_000 + random.nextLong(900_000), Agenda.Kind.NODE, SimulatedDaemon.this::applied);
      }
      return "";
    }

    @Override
    public byte[] snapshot() {
      return world.chronicle.snapshot(state);
    }

    @Override
    public void restore(LogPosition position, byte[] snapshot) {
      state = world.chronicle.restore(position, snapshot);
      if (core != null) {
        stateDue = true;
        later(100_000, Agenda.Kind.NODE, SimulatedDaemon.this::applied);
      }
    }
  }

  private void applied() {
    stateDue = false;
    post(new NodeEvent.StateApplied(state));
    agents.stateChanged(state);
  }

  private void logReported(LogEvent event) {
    world.trace.note(self.name(), "log: " + event);
    everQuorate |= event instanceof LogEvent.QuorumRegained;
    if (event instanceof LogEvent.QuorumRegained || event instanceof LogEvent.QuorumLost) {
      heard = event instanceof LogEvent.QuorumRegained;
    }
    post(new NodeEvent.LogReported(event));
  }

  /// An operator proposes by way of this node.
  void propose(ClusterCommand command) {
    ReplicatedLog to = log;
    if (to != null) {
      var _ = to.propose(newId(), world.chronicle.write(command, world.wallMillis()));
    }
  }

  private CommandId newId() {
    return new CommandId(self, incarnation.run(), ++commandCount);
  }

  private void propose(long ticket, ClusterCommand command) {
    ReplicatedLog to = log;
    if (to != null && !withheld(command)) {
      CommandId id = tickets.computeIfAbsent(ticket, _ -> newId());
      var _ =
          to.propose(id, world.chronicle.write(command, world.wallMillis()))
              .thenAccept(
                  outcome -> later(0, Agenda.Kind.NODE, () -> post(settled(ticket, outcome))));
    }
  }

  private boolean withheld(ClusterCommand command) {
    return world.weakness == Weakness.UNREPEATED_ELECTION
        && command instanceof ClusterCommand.OpenElection
        && state.primacies().values().stream()
            .anyMatch(p -> p.election() instanceof Election.Blocked);
  }

  private NodeEvent settled(long ticket, ProposalOutcome outcome) {
    return switch (outcome) {
      case ProposalOutcome.Committed(var position, _) ->
          new NodeEvent.ProposalCommitted(ticket, position, world.chronicle.answer(position));
      case ProposalOutcome.Rejected(var reason) -> new NodeEvent.ProposalUnsettled(ticket, reason);
      case ProposalOutcome.Unknown(var reason) -> new NodeEvent.ProposalUnsettled(ticket, reason);
    };
  }

  // The core.

  /// Something happened to the node.
  void post(NodeEvent event) {
    inbox.addLast(event);
    if (handling || core == null) {
      return;
    }
    handling = true;
    while (!inbox.isEmpty() && !dead) {
      for (NodeEffect effect : core.handle(world.agenda.now(), inbox.removeFirst())) {
        follow(effect);
      }
    }
    handling = false;
  }

  private void follow(NodeEffect effect) {
    switch (effect) {
      case NodeEffect.Propose(var ticket, var command) -> propose(ticket, command);
      case NodeEffect.ForgetTicket(var ticket) -> tickets.remove(ticket);
      case NodeEffect.ProbePeer(var peer, var about) -> probe(peer, about);
      case NodeEffect.OpenInstance(var resource) -> agents.open(resource);
      case NodeEffect.CloseInstance(var resource) -> agents.close(resource);
      case NodeEffect.RunOperation(var intent) -> {
        world.trace.note(self.name(), "runs " + intent.id() + " " + intent.action().key());
        world.checks.acts(this, intent.action());
        agents.run(intent);
      }
      case NodeEffect.RunMonitor(var resource, var seen, var timeout) ->
          agents.monitor(resource, seen, timeout);
      case NodeEffect.EmergencyStop(var resource, _) -> {
        world.trace.note(self.name(), "emergency stop of " + resource);
        agents.emergencyStop(resource);
      }
      case NodeEffect.RememberStop(var underWay) -> machine.stopInterrupted = underWay;
      case NodeEffect.SpeakInRing(var on) -> {
        world.trace.note(self.name(), on ? "speaks in the ring" : "is silent in the ring");
        speaking = on;
      }
      case NodeEffect.EndSelf(var reason) -> world.reset(machine, reason);
      case NodeEffect.Fence(var intentId, var request) -> {
        world.trace.note(self.name(), "fences " + request.target() + " " + request.bootId());
        world.checks.fences(this);
        fencing.request(intentId, request);
      }
      case NodeEffect.TransferLeadership(var to) -> {
        if (log != null) {
          var _ = log.transferLeadership(to);
        }
      }
      case NodeEffect.SetTimer(var timer, var delay) -> setTimer(timer, delay);
      case NodeEffect.CancelTimer(var timer) -> timers.remove(name(timer));
      case NodeEffect.Notice(_, _, var message, var keys) ->
          world.trace.note(self.name(), message + " " + keys);
      case NodeEffect.LeaveCluster() -> feed(new RingEvent.LeaveRequested());
      case NodeEffect.FailStop(var reason) ->
          throw new Violation("P4", "the daemon of " + self + " gave up: " + reason);
    }
  }

  private Absence signOf(SimulatedMachine there) {
    if (!there.running() || !world.network.bothWays(self, there.id)) {
      return Absence.SILENT;
    }
    SimulatedDaemon daemon = there.daemon;
    if (daemon == null) {
      return Absence.DAEMON_GONE;
    }
    if (daemon.frozen || !daemon.speaking) {
      return Absence.SILENT;
    }
    return daemon.heard ? Absence.ALIVE : Absence.DAEMON_GONE;
  }

  private static String name(NodeTimer timer) {
    return timer.purpose().name() + " " + timer.subject();
  }

  private void setTimer(NodeTimer timer, Duration delay) {
    long mine = ++timerCount;
    timers.put(name(timer), mine);
    later(
        delay,
        Agenda.Kind.NODE,
        () -> {
          if (Long.valueOf(mine).equals(timers.get(name(timer)))) {
            timers.remove(name(timer));
            post(new NodeEvent.TimerFired(timer));
          }
        });
  }

  /// Asks a peer by connecting to its daemon's port.
  private void probe(NodeId peer, RingId about) {
    Absence result = signOf(world.machine(peer));
    long time =
        result == Absence.SILENT ? Duration.ofMillis(150).toNanos() : 2 * world.network.hop();
    later(time, Agenda.Kind.NODE, () -> post(new NodeEvent.PeerProbed(peer, about, result)));
  }
}
