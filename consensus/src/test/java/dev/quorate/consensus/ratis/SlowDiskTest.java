package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.SyncListener;
import dev.quorate.membership.NodeId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three real logs, of which one has a disk that takes its time: the log's own thread is held
/// between the question to the disk and its answer.
@Tag("slow")
final class SlowDiskTest {
  private static final List<NodeId> NODES =
      List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
  private static final Duration SLOW = Duration.ofMillis(700);

  @TempDir private Path directory;
  private RatisBench bench;
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();
  private final Map<NodeId, Disk> disks = new TreeMap<>();
  private final Queue<LogEvent> events = new ConcurrentLinkedQueue<>();
  private long counter;

  private static final class Disk implements SyncListener {
    final Queue<Duration> syncs = new ConcurrentLinkedQueue<>();
    volatile Duration delay = Duration.ZERO;

    @Override
    public void begun() {
      LockSupport.parkNanos(delay.toNanos());
    }

    @Override
    public void ended(Duration took) {
      syncs.add(took);
    }

    long quickest() {
      return syncs.stream().mapToLong(Duration::toNanos).min().orElseThrow();
    }

    boolean took(Duration atLeast) {
      return syncs.stream().anyMatch(s -> s.compareTo(atLeast) >= 0);
    }
  }

  @BeforeEach
  void threeLogs() {
    NODES.forEach(node -> disks.put(node, new Disk()));
    bench = new RatisBench(directory, NODES, c -> c.withSyncs(disk(c.self())));
    NODES.forEach(
        node -> logs.put(node, bench.start(node, new RecordingStateMachine(), events::add)));
  }

  @AfterEach
  void close() {
    disks.values().forEach(disk -> disk.delay = Duration.ZERO);
    bench.close();
  }

  private Disk disk(NodeId node) {
    return Objects.requireNonNull(disks.get(node));
  }

  private ReplicatedLog log(NodeId node) {
    return Objects.requireNonNull(logs.get(node));
  }

  private NodeId leader() {
    assertTrue(
        bench.await(Duration.ofSeconds(20), () -> NODES.stream().anyMatch(this::leads)), "leader");
    return NODES.stream().filter(this::leads).findFirst().orElseThrow();
  }

  private boolean leads(NodeId node) {
    return log(node).leadership() instanceof Leadership.Leader;
  }

  private Duration commit(NodeId at) {
    long begun = System.nanoTime();
    byte[] command = ("c" + ++counter).getBytes(StandardCharsets.UTF_8);
    ProposalOutcome outcome =
        log(at).propose(new CommandId(NODES.getFirst(), 1, counter), command).join();
    assertInstanceOf(ProposalOutcome.Committed.class, outcome);
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  @Test
  void whatADiskTakesIsMeasuredWhereItIsSlow() {
    NodeId leader = leader();
    commit(leader);
    assertTrue(
        bench.await(
            Duration.ofSeconds(20),
            () -> NODES.stream().allMatch(node -> disk(node).took(Duration.ofNanos(1)))),
        "all have synced");
    disk(leader).delay = SLOW;
    // The commit waits for the leader's disk, though both others have the entry.
    assertTrue(commit(leader).compareTo(SLOW) >= 0);
    assertTrue(bench.await(Duration.ofSeconds(5), () -> disk(leader).took(SLOW)));
    assertTrue(disk(leader).syncs.stream().allMatch(s -> s.compareTo(SLOW.multipliedBy(3)) < 0));
    NODES.stream()
        .filter(node -> !node.equals(leader))
        .forEach(node -> assertTrue(disk(node).quickest() < SLOW.toNanos(), node + " is slow too"));
  }

  @Test
  void aSlowDiskLosesNeitherQuorumNorLeaderAndAnotherLeaderMendsIt() {
    NodeId slow = leader();
    commit(slow);
    int before = events.size();
    disk(slow).delay = SLOW;
    for (int i = 0; i < 4; i++) {
      commit(slow);
    }
    assertTrue(
        events.stream().skip(before).noneMatch(e -> e instanceof LogEvent.QuorumLost), "quorum");
    assertTrue(leads(slow), "still leads");

    NodeId next = NODES.stream().filter(n -> !n.equals(slow)).findFirst().orElseThrow();
    assertTrue(log(slow).transferLeadership(next).join());
    assertTrue(bench.await(Duration.ofSeconds(5), () -> leads(next)));
    commit(next);
    for (int i = 0; i < 5; i++) {
      Duration took = commit(next);
      assertTrue(took.compareTo(SLOW) < 0, () -> "waits for the slow disk still: " + took);
    }
    assertTrue(events.stream().noneMatch(e -> e instanceof LogEvent.QuorumLost), "quorum");
  }
}
