package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reads the tail of a real log: what was committed, and what nobody but this node holds.
@Tag("slow")
final class LogTailTest {
  private static final List<NodeId> NODES =
      List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();

  private static CompletableFuture<ProposalOutcome> propose(ReplicatedLog log, long counter) {
    byte[] command = ("c" + counter).getBytes(StandardCharsets.UTF_8);
    return log.propose(new CommandId(NODES.getFirst(), 3, counter), command);
  }

  private static boolean leads(ReplicatedLog log) {
    return log.leadership() instanceof Leadership.Leader;
  }

  @Test
  void readsCommittedAndUncommittedCommandsOfAStoppedNode() throws IOException {
    NodeId leader;
    List<TermIndex> positions = new ArrayList<>();
    try (RatisBench bench = new RatisBench(directory, NODES, c -> c)) {
      NODES.forEach(n -> logs.put(n, bench.start(n, new RecordingStateMachine(), _ -> {})));
      assertTrue(bench.await(PATIENCE, () -> logs.values().stream().anyMatch(LogTailTest::leads)));
      leader = NODES.stream().filter(n -> leads(log(n))).findFirst().orElseThrow();
      for (long i = 1; i <= 5; i++) {
        CompletableFuture<ProposalOutcome> outcome = propose(log(leader), i);
        var committed =
            assertInstanceOf(
                ProposalOutcome.Committed.class, outcome.orTimeout(10, TimeUnit.SECONDS).join());
        positions.add(new TermIndex(committed.position().term(), committed.position().index()));
      }
      NODES.stream().filter(n -> !n.equals(leader)).forEach(bench::stop);
      CompletableFuture<ProposalOutcome> lost = propose(log(leader), 6);
      assertTrue(bench.await(PATIENCE, lost::isDone));
      assertFalse(lost.join() instanceof ProposalOutcome.Committed);
    }
    discardSnapshots(leader);
    Path log = directory.resolve(leader.name()).resolve("log");
    LogTail tail = LogTail.read(log, "bench", 1);
    List<LogTail.Entry> entries = tail.entries();
    assertTrue(entries.size() >= 5, entries.size() + " entries");
    for (int i = 0; i < 5; i++) {
      LogTail.Entry entry = entries.get(i);
      assertEquals("c" + (i + 1), new String(entry.command(), StandardCharsets.UTF_8));
      assertEquals(new CommandId(NODES.getFirst(), 3, i + 1), entry.id());
      assertEquals(1, entry.position().epoch());
      assertEquals(
          positions.get(i), new TermIndex(entry.position().term(), entry.position().index()));
      assertTrue(entry.knownCommitted() || i == 4, "entry " + i);
    }
    if (entries.size() == 6) {
      assertFalse(entries.get(5).knownCommitted());
      assertEquals("c6", new String(entries.get(5).command(), StandardCharsets.UTF_8));
    }
  }

  /// Term and index.
  private record TermIndex(long term, long index) {}

  private ReplicatedLog log(NodeId node) {
    return Objects.requireNonNull(logs.get(node));
  }

  /// The snapshot taken at the clean stop would leave no tail to read.
  private void discardSnapshots(NodeId node) throws IOException {
    Path group =
        RatisSettings.groupDirectory(directory.resolve(node.name()).resolve("log"), "bench", 1);
    try (var files = Files.list(group.resolve("sm"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void saysWhereThereIsNoLog() {
    ConsensusException e =
        assertThrows(ConsensusException.class, () -> LogTail.read(directory, "bench", 1));
    assertTrue(String.valueOf(e.getMessage()).contains(directory.toString()), e.getMessage());
  }
}
