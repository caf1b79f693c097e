package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogDamagedException;
import dev.quorate.consensus.LogLostException;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One of three real logs is damaged, refused, and rebuilt from the other two.
@Tag("slow")
final class RebuiltLogTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final List<NodeId> NODES = List.of(N1, N2, N3);
  private static final int THRESHOLD = 20;

  @TempDir private Path directory;
  private RatisBench bench;
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();
  private final Map<NodeId, RecordingStateMachine> machines = new TreeMap<>();
  private long counter;

  private interface Damage {
    void doTo(Path group) throws IOException;
  }

  @BeforeEach
  void threeLogsWithEntries() {
    bench = new RatisBench(directory, NODES, c -> c.withSnapshotThreshold(THRESHOLD));
    NODES.forEach(node -> opened(node, bench.start(node, machine(node), _ -> {})));
    for (int i = 0; i < 2 * THRESHOLD + 7; i++) {
      commit(N1);
    }
    awaitAllEqual();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private RecordingStateMachine machine(NodeId node) {
    RecordingStateMachine machine = new RecordingStateMachine();
    machines.put(node, machine);
    return machine;
  }

  private void opened(NodeId node, ReplicatedLog log) {
    logs.put(node, log);
  }

  private ReplicatedLog log(NodeId node) {
    return Objects.requireNonNull(logs.get(node));
  }

  private void commit(NodeId at) {
    CommandId id = new CommandId(N1, 1, ++counter);
    byte[] command = ("c" + counter).getBytes(StandardCharsets.UTF_8);
    for (int attempt = 0; attempt < 10; attempt++) {
      if (log(at).propose(id, command).join() instanceof ProposalOutcome.Committed) {
        return;
      }
    }
    throw new AssertionError("not committed: c" + counter);
  }

  private void await(String what, java.util.function.BooleanSupplier condition) {
    assertTrue(bench.await(Duration.ofSeconds(20), condition), what);
  }

  private void awaitAllEqual() {
    await(
        "all have " + counter,
        () ->
            logs.keySet().stream()
                .allMatch(
                    n -> Objects.requireNonNull(machines.get(n)).commands().size() == counter));
  }

  private void stop(NodeId node) {
    logs.remove(node);
    bench.stop(node);
  }

  private ReplicatedLog leader() {
    await("a leader", () -> logs.values().stream().anyMatch(RebuiltLogTest::leads));
    return logs.values().stream().filter(RebuiltLogTest::leads).findFirst().orElseThrow();
  }

  private static boolean leads(ReplicatedLog log) {
    return log.leadership() instanceof Leadership.Leader;
  }

  /// Asks until it is done: on a busy machine the leader may just be another.
  private void change(String what, UnaryOperator<LogMembers> step) {
    await(
        what,
        () -> {
          ReplicatedLog leader = leader();
          LogMembers now = leader.members();
          LogMembers target = step.apply(now);
          return target.equals(now)
              || leader.changeMembers(target).join() instanceof MemberChangeOutcome.Done;
        });
  }

  private Path group(NodeId node) {
    return LogMarker.of(bench.config(node)).group();
  }

  private static Path newest(Path directory, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(prefix))
          .filter(f -> !f.toString().endsWith(".md5"))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  private void rebuilds(Class<? extends ConsensusException> refusal, Damage damage)
      throws IOException {
    stop(N3);
    damage.doTo(group(N3));
    assertThrows(refusal, () -> bench.start(N3, machine(N3), _ -> {}));
    commit(N1);
    change("taken out", m -> m.without(N3));
    // A crash between the steps: what is opened is still refused, or the newcomer's.
    assertThrows(refusal, () -> bench.start(N3, machine(N3), _ -> {}));
    DamagedLog lost = DamagedLog.of(bench.config(N3));
    lost.putOutOfUse(lost.incarnation() + 1);
    opened(N3, bench.start(N3, machine(N3), _ -> {}));
    change("listens", m -> m.withListener(N3, 2, bench.endpoint(N3)));
    await("caught up", () -> leader().caughtUp(N3));
    change("votes", m -> m.withVoter(N3));
    awaitAllEqual();
    await("knows that it votes", () -> log(N3).members().votes(N3));
    // Its vote is needed now.
    stop(N2);
    commit(N3);
    assertInstanceOf(Leadership.class, leader().leadership());
    awaitAllEqual();
  }

  @Test
  void aFlippedByteInASegment() throws IOException {
    rebuilds(
        LogDamagedException.class,
        group -> {
          Path segment = newest(group.resolve("current"), "log_");
          byte[] bytes = Files.readAllBytes(segment);
          // In the first entry, so that entries that are whole follow.
          bytes[40] ^= 0x10;
          Files.write(segment, bytes);
        });
  }

  @Test
  void anEmptiedVote() throws IOException {
    rebuilds(
        LogDamagedException.class,
        group -> Files.write(group.resolve("current/raft-meta"), new byte[0]));
  }

  @Test
  void aLogThatIsGone() throws IOException {
    rebuilds(LogLostException.class, ClosedLog::discard);
  }
}
