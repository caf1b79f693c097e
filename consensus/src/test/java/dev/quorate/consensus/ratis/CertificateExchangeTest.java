package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.tls.ClusterAuthority;
import dev.quorate.consensus.tls.Credentials;
import dev.quorate.consensus.tls.RevokedNodes;
import dev.quorate.consensus.tls.TlsMaterial;
import dev.quorate.membership.NodeId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates are exchanged and revoked under a log that is in use.
@Tag("slow")
final class CertificateExchangeTest {
  private static final List<NodeId> NODES =
      List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();
  private final Map<NodeId, RecordingStateMachine> machines = new TreeMap<>();
  private final List<LogEvent> events = new CopyOnWriteArrayList<>();
  private final List<ProposalOutcome> failed = new CopyOnWriteArrayList<>();
  private final AtomicLong counter = new AtomicLong();
  private final AtomicBoolean stop = new AtomicBoolean();
  private RatisBench bench = new RatisBench(Path.of(""), List.of(), c -> c);

  @BeforeEach
  void threeNodes() {
    bench = new RatisBench(directory, NODES, c -> c);
    for (NodeId node : NODES) {
      machines.put(node, new RecordingStateMachine());
      logs.put(node, bench.start(node, Objects.requireNonNull(machines.get(node)), events::add));
    }
    assertTrue(bench.await(PATIENCE, () -> NODES.stream().anyMatch(this::leads)));
    assertInstanceOf(ProposalOutcome.Committed.class, propose(NODES.getFirst()));
    assertTrue(
        bench.await(PATIENCE, () -> machines.values().stream().allMatch(m -> applied(m) > 0)));
  }

  @AfterEach
  void close() {
    stop.set(true);
    bench.close();
  }

  private static int applied(RecordingStateMachine machine) {
    return machine.commands().size();
  }

  private ReplicatedLog log(NodeId node) {
    return Objects.requireNonNull(logs.get(node));
  }

  private boolean leads(NodeId node) {
    return log(node).leadership() instanceof Leadership.Leader;
  }

  private NodeId leader() {
    return NODES.stream().filter(this::leads).findFirst().orElseThrow();
  }

  private ProposalOutcome propose(NodeId node) {
    long number = counter.incrementAndGet();
    byte[] command = ("c" + number).getBytes(StandardCharsets.UTF_8);
    return log(node).propose(new CommandId(node, 1, number), command).join();
  }

  /// Proposes on every node, one after the other, without a pause.
  private List<Thread> proposals(List<NodeId> on) {
    List<Thread> threads = new ArrayList<>();
    for (NodeId node : on) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                while (!stop.get()) {
                  ProposalOutcome outcome = propose(node);
                  if (!(outcome instanceof ProposalOutcome.Committed)) {
                    failed.add(outcome);
                  }
                }
              }));
    }
    return threads;
  }

  private void committed(int more) {
    long goal = counter.get() + more;
    assertTrue(bench.await(PATIENCE, () -> counter.get() > goal));
  }

  private List<LogEvent> leaderChanges() {
    return events.stream().filter(LogEvent.LeadershipChanged.class::isInstance).toList();
  }

  @Test
  void anExchangeOfAllKeysFailsNoProposalAndChangesNoLeader() throws Exception {
    int before = leaderChanges().size();
    List<Thread> threads = proposals(NODES);
    committed(100);
    ClusterAuthority old = bench.authority();
    ClusterAuthority.Successor next = old.successor(Instant.now());
    String both = next.authority().certificatePem() + old.certificatePem();
    for (NodeId node : NODES) {
      bench.tls(node).use(renewed(next, node, both));
      committed(100);
    }
    for (NodeId node : NODES) {
      bench.tls(node).use(renewed(next, node, next.authority().certificatePem()));
      committed(100);
    }
    committed(1000);
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failed);
    assertEquals(before, leaderChanges().size(), () -> leaderChanges().toString());
    NodeId last = NODES.stream().filter(n -> !leads(n)).findFirst().orElseThrow();
    bench.stop(last);
    logs.put(last, bench.start(last, new RecordingStateMachine(), events::add));
    assertTrue(bench.await(PATIENCE, () -> log(last).leadership() instanceof Leadership.Follower));
  }

  private TlsMaterial renewed(ClusterAuthority.Successor next, NodeId node, String trusted) {
    Credentials leaf = next.authority().issue(node, bench.hosts(), Instant.now());
    String chain = leaf.certificate() + next.bridge();
    return TlsMaterial.of(new Credentials(trusted, chain, leaf.privateKey()));
  }

  private void revoke(NodeId node) {
    TreeMap<NodeId, List<String>> nodes = new TreeMap<>();
    nodes.put(node, List.of());
    NODES.stream()
        .filter(n -> !n.equals(node))
        .forEach(n -> bench.tls(n).refuse(new RevokedNodes(nodes)));
  }

  @Test
  void aRevokedFollowerIsCutOffAtOnceAndStaysOut() {
    NodeId follower = NODES.stream().filter(n -> !leads(n)).findFirst().orElseThrow();
    RecordingStateMachine cutOff = Objects.requireNonNull(machines.get(follower));
    revoke(follower);
    long begun = System.nanoTime();
    assertTrue(
        bench.await(PATIENCE, () -> log(follower).leadership() instanceof Leadership.Leaderless));
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took::toString);
    int known = applied(cutOff);
    for (int i = 0; i < 20; i++) {
      assertInstanceOf(ProposalOutcome.Committed.class, propose(leader()));
    }
    assertFalse(propose(follower) instanceof ProposalOutcome.Committed);
    bench.stop(follower);
    logs.put(follower, bench.start(follower, new RecordingStateMachine(), events::add));
    assertFalse(propose(follower) instanceof ProposalOutcome.Committed);
    assertEquals(known, applied(cutOff));
    assertTrue(log(follower).leadership() instanceof Leadership.Leaderless);
    bench.tls(NODES.get(0)).refuse(RevokedNodes.NONE);
    bench.tls(NODES.get(1)).refuse(RevokedNodes.NONE);
    bench.tls(NODES.get(2)).refuse(RevokedNodes.NONE);
    assertTrue(bench.await(PATIENCE, () -> propose(follower) instanceof ProposalOutcome.Committed));
  }

  @Test
  void aRevokedLeaderIsReplaced() {
    NodeId leader = leader();
    revoke(leader);
    assertTrue(
        bench.await(PATIENCE, () -> NODES.stream().anyMatch(n -> !n.equals(leader) && leads(n))));
    assertTrue(bench.await(PATIENCE, () -> !leads(leader)));
    assertFalse(propose(leader) instanceof ProposalOutcome.Committed);
  }
}
