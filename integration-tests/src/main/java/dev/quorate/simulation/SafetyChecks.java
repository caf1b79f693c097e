package dev.quorate.simulation;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.TreeSet;

/// Looks at the simulated world, as no node can, and says when a promise is broken.
final class SafetyChecks {
  /// A node that is cut off may not know it yet.
  private static final long UNAWARE = Duration.ofMillis(1500).toNanos();

  /// Lost quorum must be noticed and acted on within this time.
  private static final long STOPPED_WITHIN = Duration.ofSeconds(8).toNanos();

  /// The same for a daemon that has not had a quorum yet.
  private static final long STOPPED_AFTER_START = Duration.ofSeconds(18).toNanos();

  private final World world;
  private final TreeMap<RingId, View> views = new TreeMap<>();
  private final TreeMap<NodeId, Long> aloneSince = new TreeMap<>();

  /// Where in the log it was last shown that a life of a node is over or has stopped cleanly.
  private final TreeMap<String, Long> proofs = new TreeMap<>();

  private final TreeMap<String, Long> grants = new TreeMap<>();
  private final TreeSet<String> fenced = new TreeSet<>();
  private String lastPrimary = "";
  private long[] acknowledged = new long[1024];
  private int acknowledgements;
  private final TreeMap<NodeId, Long> reigns = new TreeMap<>();
  private long reign;
  private long reignAcknowledged;

  SafetyChecks(World world) {
    this.world = world;
  }

  int acknowledgements() {
    return acknowledgements;
  }

  long promotions() {
    return reign;
  }

  /// What must hold after every event.
  void afterEvent() {
    int writable = 0;
    int addresses = 0;
    for (SimulatedMachine machine : world.machines()) {
      writable += machine.postgres.mayAcknowledge() ? 1 : 0;
      addresses += machine.address ? 1 : 0;
    }
    if (writable > 1) {
      throw new Violation("P1", "two instances may acknowledge commits");
    }
    if (addresses > 1) {
      throw new Violation("P6", "two nodes have the address");
    }
    if (!aloneSince.isEmpty()) {
      aloneSince.forEach(this::checkStopped);
    }
  }

  private void checkStopped(NodeId node, long since) {
    SimulatedMachine machine = world.machine(node);
    boolean active =
        machine.address || (machine.postgres.mayAcknowledge() && !machine.postgres.hung());
    SimulatedDaemon daemon = machine.daemon;
    long bound = daemon != null && daemon.everQuorate() ? STOPPED_WITHIN : STOPPED_AFTER_START;
    long from = Math.max(since, machine.postgres.wokeAt); // nothing stops what hangs
    if (active && world.agenda.nanos() - from > bound) {
      throw new Violation("P8", node + " has no quorum and did not stop in time");
    }
  }

  /// Looks anew at who can talk to a majority. Only nodes that run and have a daemon count as
  /// alone.
  void contactChanged() {
    for (SimulatedMachine machine : world.machines()) {
      if (awake(machine) && !hasMajority(machine)) {
        aloneSince.putIfAbsent(machine.id, world.agenda.nanos());
      } else {
        aloneSince.remove(machine.id);
      }
    }
  }

  /// Whether a node can hear somebody who can hear a majority.
  private boolean hasMajority(SimulatedMachine machine) {
    for (SimulatedMachine leader : world.machines()) {
      if (hear(machine, leader)) {
        int heard = 0;
        for (SimulatedMachine other : world.machines()) {
          heard += hear(leader, other) ? 1 : 0;
        }
        if (heard * 2 > world.nodes.size()) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean hear(SimulatedMachine a, SimulatedMachine b) {
    return awake(a) && awake(b) && (a == b || world.network.bothWays(a.id, b.id));
  }

  private static boolean awake(SimulatedMachine machine) {
    SimulatedDaemon daemon = machine.daemon;
    return machine.running() && daemon != null && !daemon.frozen();
  }

  /// A node executes an action of the log.
  void acts(SimulatedDaemon daemon, Action action) {
    if (action instanceof Action.OperationAction(var kind, _, _)) {
      switch (kind) {
        case START -> begins(daemon, action.key());
        case PROMOTE -> {
          begins(daemon, action.key());
          checkProof(daemon.machine);
        }
        case STOP, DEMOTE, MONITOR, RELOAD -> {}
      }
    }
  }

  void fences(SimulatedDaemon daemon) {
    begins(daemon, "fencing");
  }

  /// Something begins that only a majority may begin.
  void begins(SimulatedDaemon daemon, String what) {
    Long since = aloneSince.get(daemon.self);
    if (since != null && world.agenda.nanos() - since > UNAWARE) {
      throw new Violation("P7", daemon.self + " has no quorum and begins: " + what);
    }
  }

  private void checkProof(SimulatedMachine machine) {
    String life = life(machine.id, machine.bootId());
    if (lastPrimary.isEmpty() || lastPrimary.equals(life)) {
      return;
    }
    long granted = grants.getOrDefault(lastPrimary, 0L);
    if (proofs.getOrDefault(lastPrimary, -1L) <= granted) {
      throw new Violation(
          "P5", machine.id + " is promoted, and nothing shows that " + lastPrimary + " is done");
    }
  }

  /// An instance has become a primary.
  void promoted(SimulatedMachine machine) {
    lastPrimary = life(machine.id, machine.bootId());
    reigns.put(machine.id, ++reign);
    checkNothingLost(machine);
  }

  /// Every acknowledged write must be there (P2).
  void checkNothingLost(SimulatedMachine machine) {
    Wal wal = machine.postgres.wal;
    int at = 0;
    for (int i = 0; i < acknowledgements; i++) {
      while (at < wal.size() && wal.at(at) != acknowledged[i]) {
        at++;
      }
      if (at == wal.size()) {
        throw new Violation("P2", "write " + acknowledged[i] + " is missing on " + machine.id);
      }
    }
  }

  /// A primary acknowledges a write.
  void acknowledged(SimulatedMachine machine, long id) {
    long by = reigns.getOrDefault(machine.id, 0L);
    if (by < reignAcknowledged) {
      throw new Violation("P1", machine.id + " acknowledges after its successor did");
    }
    reignAcknowledged = by;
    if (acknowledgements == acknowledged.length) {
      acknowledged = Arrays.copyOf(acknowledged, acknowledgements * 2);
    }
    acknowledged[acknowledgements++] = id;
  }

  /// A node installs a view of the ring.
  void installed(NodeId node, View view) {
    View other = views.putIfAbsent(view.id(), view);
    if (other != null && !other.equals(view)) {
      throw new Violation("views", "ring " + view.id() + " is " + other + " and " + view);
    }
    if (!view.contains(node)) {
      throw new Violation("views", node + " is not in its own view " + view);
    }
  }

  /// An entry of the log was applied for the first time.
  void committed(Chronicle.Page page) {
    boolean accepted = page.answer() instanceof CommandAnswer.Accepted;
    world.trace.note(
        "log",
        page.position().index() + " " + page.command() + (accepted ? "" : " " + page.answer()));
    if (!accepted) {
      return;
    }
    long index = page.position().index();
    switch (page.command()) {
      case ClusterCommand.JoinNode(var node, var incarnation, _) -> {
        String life = life(node, incarnation.bootId());
        if (fenced.contains(life)) {
          throw new Violation("fencing", life + " was fenced and joins again");
        }
        page.before()
            .node(node)
            .filter(s -> !s.incarnation().sameBoot(incarnation))
            .ifPresent(s -> proofs.put(life(node, s.incarnation().bootId()), index));
      }
      case ClusterCommand.RecordFencing(_, var outcome) -> {
        if (outcome.confirmed()) {
          fenced.add(life(outcome.target(), outcome.bootId()));
          proofs.put(life(outcome.target(), outcome.bootId()), index);
        }
      }
      case ClusterCommand.ReleasePrimacy release ->
          proofs.put(life(release.node(), release.bootId()), index);
      case ClusterCommand.LeaveNode(var node, var incarnation) ->
          proofs.put(life(node, incarnation.bootId()), index);
      case ClusterCommand.BeginAction begin -> {
        if (begin.action() instanceof Action.OperationAction(var kind, _, var node)
            && kind == OperationKind.PROMOTE) {
          grants.put(life(node, begin.incarnation().bootId()), index);
        }
      }
      case ClusterCommand.RecordResult(var intentId, var executor, var result) -> {
        var intent = page.before().intents().get(intentId);
        if (intent != null
            && intent.action() instanceof Action.OperationAction(_, var resource, _)) {
          shown(page, executor, resource.equals(ClusterSetup.DATABASE), result);
        }
      }
      case ClusterCommand.ReportObservation(var node, _, var resource, _, var result) ->
          shown(page, node, resource.equals(ClusterSetup.DATABASE), result);
      default -> {}
    }
  }

  /// A node has shown that nothing of the database runs there.
  private void shown(Chronicle.Page page, NodeId node, boolean database, OperationResult result) {
    if (database
        && result.status() == OperationResult.Status.SUCCEEDED
        && result.observed() == Role.STOPPED) {
      page.before()
          .node(node)
          .ifPresent(
              s -> proofs.put(life(node, s.incarnation().bootId()), page.position().index()));
    }
  }

  private static String life(NodeId node, String bootId) {
    return node + " in " + bootId;
  }
}
