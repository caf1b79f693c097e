package dev.quorate.consensus.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.membership.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// Partitions, pauses and random faults.
final class SimulatedLogClusterTest {
  private static final List<NodeId> NODES =
      List.of(
          new NodeId("n1"), new NodeId("n2"), new NodeId("n3"), new NodeId("n4"), new NodeId("n5"));

  private SimulatedTime time = new SimulatedTime();
  private final TreeSet<NodeId> cutOff = new TreeSet<>();
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();
  private final Map<NodeId, RecordingStateMachine> machines = new TreeMap<>();
  private final Map<NodeId, List<LogEvent>> events = new TreeMap<>();
  private final List<String> trace = new ArrayList<>();
  private RandomGenerator random = generator(1);
  private SimulatedLogCluster cluster = newCluster(SimulatedLogTiming.DEFAULT);

  private static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private SimulatedLogCluster newCluster(SimulatedLogTiming timing) {
    return new SimulatedLogCluster(
        timing, NODES, random, (a, b) -> cutOff.contains(a) == cutOff.contains(b), time);
  }

  private void start(NodeId node) {
    RecordingStateMachine machine = new RecordingStateMachine();
    List<LogEvent> seen = new ArrayList<>();
    machines.put(node, machine);
    events.put(node, seen);
    logs.put(
        node,
        cluster.start(
            node,
            machine,
            event -> {
              seen.add(event);
              trace.add(time.now() + " " + node + " " + event);
            }));
  }

  private CompletableFuture<ProposalOutcome> propose(NodeId at, long counter) {
    return Objects.requireNonNull(logs.get(at))
        .propose(new CommandId(at, 1, counter), ("c" + counter).getBytes(StandardCharsets.UTF_8));
  }

  private NodeId awaitLeader() {
    assertTrue(time.run(Duration.ofSeconds(20), () -> cluster.leader().isPresent()));
    return cluster.leader().orElseThrow();
  }

  private static boolean lostQuorum(List<LogEvent> seen) {
    return seen.stream().anyMatch(LogEvent.QuorumLost.class::isInstance);
  }

  @Test
  void minorityLosesQuorumAndMajorityGoesOn() {
    NODES.forEach(this::start);
    NodeId old = awaitLeader();
    time.run(Duration.ofSeconds(1), () -> false);
    cutOff.add(old);
    cluster.networkChanged();
    assertTrue(
        time.run(
            Duration.ofSeconds(5), () -> cluster.leader().filter(l -> !l.equals(old)).isPresent()));
    assertTrue(
        time.run(Duration.ofSeconds(5), () -> lostQuorum(Objects.requireNonNull(events.get(old)))));
    NodeId next = cluster.leader().orElseThrow();
    CompletableFuture<ProposalOutcome> outcome = propose(next, 1);
    assertTrue(time.run(Duration.ofSeconds(3), outcome::isDone));
    assertInstanceOf(ProposalOutcome.Committed.class, outcome.join());
    cutOff.clear();
    cluster.networkChanged();
    assertTrue(
        time.run(
            Duration.ofSeconds(1),
            () -> Objects.requireNonNull(machines.get(old)).commands().size() == 1));
    assertEquals(
        new Leadership.Follower(
            ((Leadership.Leader) Objects.requireNonNull(logs.get(next)).leadership()).term(), next),
        Objects.requireNonNull(logs.get(old)).leadership());
  }

  @Test
  void pausedLeaderLearnsOnResumeThatItIsNone() {
    NODES.forEach(this::start);
    NodeId old = awaitLeader();
    cluster.pause(old);
    assertTrue(
        time.run(
            Duration.ofSeconds(5), () -> cluster.leader().filter(l -> !l.equals(old)).isPresent()));
    assertInstanceOf(Leadership.Leader.class, Objects.requireNonNull(logs.get(old)).leadership());
    cluster.resume(old);
    assertTrue(
        time.run(
            Duration.ofMillis(100),
            () ->
                Objects.requireNonNull(logs.get(old)).leadership() instanceof Leadership.Follower));
  }

  @Test
  void lostAnswersAreUnknown() {
    cluster = newCluster(SimulatedLogTiming.DEFAULT.withLostAnswersPercent(100));
    NODES.forEach(this::start);
    CompletableFuture<ProposalOutcome> outcome = propose(awaitLeader(), 1);
    assertTrue(time.run(Duration.ofSeconds(3), outcome::isDone));
    assertInstanceOf(ProposalOutcome.Unknown.class, outcome.join());
    assertEquals(
        List.of("c1"),
        Objects.requireNonNull(machines.get(cluster.leader().orElseThrow())).commands());
  }

  @Test
  void nothingCommittedIsLostUnderRandomFaults() {
    for (long seed = 1; seed <= 40; seed++) {
      chaos(seed);
    }
  }

  @Test
  void sameSeedGivesTheSameTrace() {
    chaos(7);
    List<String> first = List.copyOf(trace);
    chaos(7);
    assertTrue(first.equals(trace), "equal traces");
  }

  private void chaos(long seed) {
    random = generator(seed);
    time = new SimulatedTime();
    logs.clear();
    trace.clear();
    cutOff.clear();
    cluster =
        newCluster(SimulatedLogTiming.DEFAULT.withSnapshotThreshold(15).withLostAnswersPercent(5));
    NODES.forEach(this::start);
    Map<Long, CompletableFuture<ProposalOutcome>> proposals = new HashMap<>();
    TreeSet<NodeId> paused = new TreeSet<>();
    for (long step = 1; step <= 300; step++) {
      fault(paused);
      List<NodeId> up = List.copyOf(logs.keySet());
      if (!up.isEmpty()) {
        proposals.put(step, propose(up.get(random.nextInt(up.size())), step));
      }
      time.run(Duration.ofMillis(random.nextInt(400)), () -> false);
    }
    cutOff.clear();
    paused.forEach(cluster::resume);
    cluster.networkChanged();
    NODES.stream().filter(n -> !logs.containsKey(n)).forEach(this::start);
    time.run(Duration.ofSeconds(10), () -> false);
    List<String> commands = Objects.requireNonNull(machines.get(NODES.getFirst())).commands();
    assertEquals(commands.size(), new TreeSet<>(commands).size(), "once each, seed " + seed);
    machines.forEach((n, m) -> assertEquals(commands, m.commands(), n + ", seed " + seed));
    proposals.forEach((step, future) -> check(commands, step, future, seed));
    assertTrue(commands.size() > 100, commands.size() + " commands, seed " + seed);
  }

  private static void check(
      List<String> commands, long step, CompletableFuture<ProposalOutcome> future, long seed) {
    if (future.isDone()) {
      boolean contained = commands.contains("c" + step);
      switch (future.join()) {
        case ProposalOutcome.Committed committed ->
            assertEquals(
                commands.indexOf("c" + step) + 1 + ":c" + step, committed.answer(), "seed " + seed);
        case ProposalOutcome.Rejected _ -> assertTrue(!contained, "c" + step + ", seed " + seed);
        case ProposalOutcome.Unknown _ -> {}
      }
    }
  }

  private void fault(Set<NodeId> paused) {
    NodeId node = NODES.get(random.nextInt(NODES.size()));
    switch (random.nextInt(60)) {
      case 0 -> {
        cluster.crash(node);
        logs.remove(node);
        paused.remove(node);
      }
      case 1, 2 -> {
        if (!logs.containsKey(node)) {
          start(node);
        }
      }
      case 3 -> {
        cutOff.add(node);
        cluster.networkChanged();
      }
      case 4, 5 -> {
        cutOff.clear();
        cluster.networkChanged();
      }
      case 6 -> {
        cluster.pause(node);
        paused.add(node);
      }
      case 7, 8 -> {
        paused.forEach(cluster::resume);
        paused.clear();
      }
      default -> {}
    }
  }
}
