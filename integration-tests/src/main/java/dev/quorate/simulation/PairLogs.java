package dev.quorate.simulation;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogListener;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.simulated.SimulatedLogCluster;
import dev.quorate.consensus.simulated.SimulatedLogTiming;
import dev.quorate.membership.NodeId;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The logs of two voters, a group for each epoch, in one of which a daemon takes part at a time.
/// What is decided is a number.
final class PairLogs {
  private final PairCluster cluster;
  private final TreeMap<String, SimulatedLogCluster> groups = new TreeMap<>();

  PairLogs(PairCluster cluster) {
    this.cluster = cluster;
  }

  /// The group of an epoch as it was founded by a node, or by both.
  private SimulatedLogCluster group(long epoch, @Nullable NodeId founder) {
    String name = epoch + (founder == null ? "" : " of " + founder);
    return groups.computeIfAbsent(
        name,
        _ ->
            new SimulatedLogCluster(
                SimulatedLogTiming.DEFAULT.withLostAnswersPercent(2).withSnapshotThreshold(200),
                founder == null ? cluster.nodes : List.of(founder),
                cluster.random("log " + name),
                cluster.network::reaches,
                (delay, action) -> cluster.agenda.after(delay, Agenda.Kind.LOG, action)));
  }

  void networkChanged() {
    groups.values().forEach(SimulatedLogCluster::networkChanged);
  }

  void crash(NodeId node) {
    groups.values().forEach(group -> group.crash(node));
  }

  /// What a node decided and copied, in the order of its log.
  static final class Decided implements ReplicatedStateMachine {
    private BitSet numbers = new BitSet();

    @Override
    public String apply(LogPosition position, byte[] command) {
      numbers.set(ByteBuffer.wrap(command).getInt());
      return "";
    }

    @Override
    public byte[] snapshot() {
      return numbers.toByteArray();
    }

    @Override
    public void restore(LogPosition position, byte[] snapshot) {
      numbers = BitSet.valueOf(snapshot);
    }

    int numbers() {
      return numbers.cardinality();
    }

    /// Leaves what is here of these.
    void keep(BitSet all) {
      all.and(numbers);
    }

    boolean holds(BitSet all) {
      BitSet missing = (BitSet) all.clone();
      missing.andNot(numbers);
      return missing.isEmpty();
    }
  }

  /// The part of one run of a daemon.
  final class Part {
    private final PairMachine machine;
    private final LogListener listener;
    private Decided decided = new Decided();
    private @Nullable SimulatedLogCluster group;
    private @Nullable ReplicatedLog log;
    private long epoch;
    private long proposals;

    Part(PairMachine machine, LogListener listener) {
      this.machine = machine;
      this.listener = listener;
    }

    Decided decided() {
      return decided;
    }

    void open(long wanted) {
      if (log == null || epoch != wanted) {
        begin(wanted, group(wanted, machine.founders.get(wanted)), false);
      }
    }

    /// On everything that this node holds of the epoch before, or of what that was to be founded
    /// on.
    void openAlone(long wanted) {
      fallSilent();
      if (!machine.id.equals(machine.founders.get(wanted))) {
        long held =
            machine.founders.headMap(wanted).isEmpty()
                ? 1
                : machine.founders.headMap(wanted).lastKey();
        SimulatedLogCluster next = group(wanted, machine.id);
        SimulatedLogCluster before = group(held, machine.founders.get(held));
        before.refound(machine.id, next, new Decided());
        machine.founders.put(wanted, machine.id);
      }
      begin(wanted, group(wanted, machine.id), false);
      cluster.founded(machine, decided);
    }

    void follow(long wanted, NodeId founder) {
      if (log == null || epoch != wanted) {
        machine.founders.put(wanted, founder);
        begin(wanted, group(wanted, founder), true);
      }
    }

    private void begin(long wanted, SimulatedLogCluster in, boolean copies) {
      fallSilent();
      decided = new Decided();
      epoch = wanted;
      group = in;
      boolean newcomer = copies || !machine.id.equals(machine.founders.get(wanted));
      log =
          newcomer && wanted > 1
              ? in.startNewcomer(machine.id, 1, decided, listener)
              : in.start(machine.id, decided, listener);
    }

    void fallSilent() {
      if (group != null) {
        group.crash(machine.id);
      }
      group = null;
      log = null;
    }

    LogMembers members() {
      return log == null ? LogMembers.NONE : log.members();
    }

    boolean votesForGood(NodeId node) {
      return group != null && group.agreedMembers(machine.id).votes(node);
    }

    Leadership leadership() {
      return log == null ? new Leadership.Leaderless(0) : log.leadership();
    }

    boolean caughtUp(NodeId node) {
      return log != null && log.caughtUp(node);
    }

    CompletableFuture<Boolean> change(LogMembers target) {
      return log == null
          ? CompletableFuture.completedFuture(false)
          : log.changeMembers(target).thenApply(_ -> true);
    }

    CompletableFuture<ProposalOutcome> propose(int number) {
      byte[] command = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
      return log == null
          ? CompletableFuture.completedFuture(new ProposalOutcome.Rejected("closed"))
          : log.propose(new CommandId(machine.id, machine.runs, ++proposals), command);
    }
  }
}
