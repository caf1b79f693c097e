package dev.quorate.consensus.simulated;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.LogListener;
import dev.quorate.consensus.LogMember;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.core.CommandApplier;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A group of simulated logs: a small Raft whose messages, disks and timers are callbacks of a
/// simulated time line.
///
/// It costs nothing while nothing happens: there are no heartbeats. Instead the owner says when the
/// network changed ([#networkChanged]), and silence is measured from there.
///
/// What it shows to a node is what Ratis would show: entries committed by a majority, leaders lost
/// and elected, an old leader that does not know yet that it is none, uncommitted entries that
/// survive or do not, answers that get lost, followers that lag, nodes restored from a snapshot.
///
/// All calls, and all callbacks, happen on the one thread that runs the time line. Nothing is
/// called back from within a call: every consequence is scheduled.
public final class SimulatedLogCluster {
  private final SimulatedLogTiming timing;
  private final LogMembers founding;
  private final RandomGenerator random;
  private final Reachability reachability;
  private final Timeline timeline;
  private final TreeMap<NodeId, DurableLog> disks = new TreeMap<>();
  private final TreeMap<NodeId, SimulatedLog> lives = new TreeMap<>();
  private final TreeMap<NodeId, Duration> lags = new TreeMap<>();

  /// Whether messages get from one node to another now.
  @FunctionalInterface
  public interface Reachability {
    /// Whether a message of one node arrives at the other. Not asked about a node and itself.
    boolean reaches(NodeId from, NodeId to);
  }

  /// Where simulated time passes.
  @FunctionalInterface
  public interface Timeline {
    /// Runs the action so much later; actions due at the same time run in the order of their calls.
    void after(Duration delay, Runnable action);
  }

  /// A cluster whose nodes are all down and have empty disks.
  public SimulatedLogCluster(
      SimulatedLogTiming timing,
      List<NodeId> voters,
      RandomGenerator random,
      Reachability reachability,
      Timeline timeline) {
    this.timing = timing;
    TreeMap<NodeId, LogMember> all = new TreeMap<>();
    voters.forEach(node -> all.put(node, new LogMember(node, 1, endpoint(node), true)));
    this.founding = new LogMembers(all);
    this.random = random;
    this.reachability = reachability;
    this.timeline = timeline;
  }

  /// Where a node's log pretends to listen.
  public static ConsensusConfig.Endpoint endpoint(NodeId node) {
    return new ConsensusConfig.Endpoint(node.name(), 5416);
  }

  /// Starts a node's log on whatever its disk holds. The state machine must be in its initial state
  /// and is restored before this returns; entries follow as a leader is found.
  public ReplicatedLog start(NodeId node, ReplicatedStateMachine machine, LogListener listener) {
    return start(
        node, disks.computeIfAbsent(node, _ -> new DurableLog(1, founding)), machine, listener);
  }

  /// Starts the log of a node that waits until a leader takes it in; on what its disk holds if that
  /// is of this incarnation, and on an empty one otherwise.
  public ReplicatedLog startNewcomer(
      NodeId node, int incarnation, ReplicatedStateMachine machine, LogListener listener) {
    DurableLog disk = disks.get(node);
    if (disk == null || disk.incarnation() != incarnation) {
      disk = new DurableLog(incarnation, LogMembers.NONE);
      disks.put(node, disk);
    }
    return start(node, disk, machine, listener);
  }

  /// Whether a node's disk holds a log of this group.
  public boolean holds(NodeId node) {
    return disks.containsKey(node);
  }

  /// Founds another group on everything that a node which is down holds of this one, committed or
  /// not; the node has nothing of the other group yet.
  ///
  /// @param next of which this node is the only founder
  /// @param scratch a state machine in its initial state, used up by this
  public void refound(NodeId node, SimulatedLogCluster next, ReplicatedStateMachine scratch) {
    DurableLog disk = disks.get(node);
    if (disk == null || lives.containsKey(node) || next.holds(node)) {
      throw new IllegalStateException("nothing can be founded on the log of " + node);
    }
    CommandApplier applier = disk.replay(scratch);
    next.disks.put(
        node, DurableLog.founded(applier.snapshot(), applier.applied(), disk.term, next.founding));
  }

  /// Who keeps the log for good as far as a node that runs knows: by what is known to be committed,
  /// if nothing else is under way.
  public LogMembers agreedMembers(NodeId node) {
    SimulatedLog life = lives.get(node);
    return life == null ? LogMembers.NONE : life.agreedMembers();
  }

  private ReplicatedLog start(
      NodeId node, DurableLog disk, ReplicatedStateMachine machine, LogListener listener) {
    if (lives.containsKey(node)) {
      throw new IllegalStateException("node " + node + " runs already");
    }
    SimulatedLog life = new SimulatedLog(this, node, disk, machine, listener);
    lives.put(node, life);
    life.begin();
    networkChanged();
    return life;
  }

  /// Ends a node's process without a word: its proposals never complete, its listener and state
  /// machine are not called any more. Its disk stays.
  public void crash(NodeId node) {
    SimulatedLog life = lives.remove(node);
    if (life != null) {
      life.end();
      networkChanged();
    }
  }

  /// Empties the disk of a node that is down.
  public void wipe(NodeId node) {
    if (lives.containsKey(node)) {
      throw new IllegalStateException("node " + node + " runs");
    }
    disks.remove(node);
  }

  /// Stops a node's process from running (SIGSTOP); what is due for it waits until [#resume].
  public void pause(NodeId node) {
    SimulatedLog life = lives.get(node);
    if (life != null) {
      life.pause();
      networkChanged();
    }
  }

  /// Lets a paused node run again.
  public void resume(NodeId node) {
    SimulatedLog life = lives.get(node);
    if (life != null) {
      life.resume();
      networkChanged();
    }
  }

  /// Delays everything that is sent to a node by so much more.
  public void lag(NodeId node, Duration extra) {
    lags.put(node, extra);
  }

  /// Breaks a node's log: it reports `LogFailed` and takes no further part.
  public void failLog(NodeId node, String reason) {
    SimulatedLog life = lives.get(node);
    if (life != null) {
      life.fail(reason);
    }
  }

  /// To be called after each change of what [Reachability] answers.
  public void networkChanged() {
    for (SimulatedLog life : List.copyOf(lives.values())) {
      life.contactChanged();
    }
  }

  /// The ready leader of the highest term, as nobody within the cluster can know it.
  public Optional<NodeId> leader() {
    return lives.values().stream()
        .filter(SimulatedLog::leads)
        .max((a, b) -> Long.compare(a.term(), b.term()))
        .map(SimulatedLog::id);
  }

  SimulatedLogTiming timing() {
    return timing;
  }

  /// The running logs of those of the members that vote.
  Collection<SimulatedLog> liveVoters(LogMembers members) {
    List<SimulatedLog> result = new ArrayList<>();
    for (LogMember member : members.all().values()) {
      SimulatedLog life = member.voter() ? life(member) : null;
      if (life != null) {
        result.add(life);
      }
    }
    return result;
  }

  /// A member's running log, if it is that incarnation's.
  @Nullable SimulatedLog life(LogMember member) {
    SimulatedLog life = lives.get(member.node());
    return life != null && life.incarnation() == member.incarnation() ? life : null;
  }

  @Nullable SimulatedLog life(@Nullable NodeId node) {
    return node == null ? null : lives.get(node);
  }

  void forget(SimulatedLog life) {
    lives.remove(life.id(), life);
    networkChanged();
  }

  /// Whether messages pass both ways between two nodes that are not dead.
  boolean connected(SimulatedLog a, SimulatedLog b) {
    return a == b
        || (!a.dead()
            && !b.dead()
            && reachability.reaches(a.id(), b.id())
            && reachability.reaches(b.id(), a.id()));
  }

  /// Whether two nodes would hear of each other within a heartbeat.
  boolean hear(SimulatedLog a, SimulatedLog b) {
    return connected(a, b) && !a.paused() && !b.paused();
  }

  /// The time of one message.
  Duration hop(SimulatedLog from, SimulatedLog to) {
    if (from == to) {
      return Duration.ZERO;
    }
    return between(timing.hopMin(), timing.hopMax())
        .plus(lags.getOrDefault(to.id(), Duration.ZERO));
  }

  Duration write() {
    return between(timing.writeMin(), timing.writeMax());
  }

  Duration electionTimeout() {
    return between(timing.electionMin(), timing.electionMax());
  }

  boolean losesAnswer() {
    return timing.lostAnswersPercent() > 0 && random.nextInt(100) < timing.lostAnswersPercent();
  }

  /// Runs something in a node after a delay: not at all if it died, later if it is paused.
  void run(SimulatedLog node, Duration delay, Runnable action) {
    timeline.after(delay, () -> node.perform(action));
  }

  private Duration between(Duration min, Duration max) {
    long spread = max.toNanos() - min.toNanos();
    return spread == 0 ? min : min.plusNanos(random.nextLong(spread + 1));
  }
}
