package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
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
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The disk of one node's log fills up: a small file system of its own, really mounted.
@Tag("slow")
final class FullDiskTest {
  private static final List<NodeId> NODES =
      List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
  private static final NodeId SMALL = NODES.getFirst();
  private static final long BOUND = 8L << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();
  private final List<LogEvent> events = new CopyOnWriteArrayList<>();
  private long counter;

  private static boolean run(String... words) throws IOException, InterruptedException {
    return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor() == 0;
  }

  private ReplicatedLog log(NodeId node) {
    return Objects.requireNonNull(logs.get(node));
  }

  private boolean leads(NodeId node) {
    return log(node).leadership() instanceof Leadership.Leader;
  }

  private ProposalOutcome propose(NodeId node) {
    counter++;
    byte[] command = ("c" + counter).getBytes(StandardCharsets.UTF_8);
    return log(node).propose(new CommandId(node, 1, counter), command).join();
  }

  @Test
  void theLogStopsBeforeAWriteFailsAndOpensAgainWhenThereIsRoom() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "needs root to mount a small file system: skipped");
    Path home = Files.createDirectories(directory.resolve(SMALL.name()));
    assertTrue(run("mount", "-t", "tmpfs", "-o", "size=40m", "none", home.toString()));
    try (RatisBench bench =
        new RatisBench(
            directory, NODES, c -> c.withMinFreeBytes(c.self().equals(SMALL) ? BOUND : 0))) {
      fillsUp(bench, home);
    } finally {
      assertTrue(run("umount", "-l", home.toString()));
    }
  }

  private void fillsUp(RatisBench bench, Path home) throws IOException {
    for (NodeId node : NODES) {
      logs.put(
          node,
          bench.start(
              node,
              new RecordingStateMachine(),
              e -> {
                if (node.equals(SMALL)) {
                  events.add(e);
                }
              }));
    }
    assertTrue(bench.await(PATIENCE, () -> NODES.stream().anyMatch(this::leads)));
    assertTrue(
        bench.await(PATIENCE, () -> leads(SMALL) || log(SMALL).transferLeadership(SMALL).join()));
    assertTrue(bench.await(PATIENCE, () -> leads(SMALL)));
    assertInstanceOf(ProposalOutcome.Committed.class, propose(SMALL));
    Path filler = home.resolve("filler");
    Files.write(filler, new byte[(int) (Files.getFileStore(home).getUsableSpace() - BOUND / 2)]);
    assertTrue(
        bench.await(
            PATIENCE, () -> events.stream().anyMatch(LogEvent.LogFailed.class::isInstance)));
    String reason =
        events.stream()
            .filter(LogEvent.LogFailed.class::isInstance)
            .map(e -> ((LogEvent.LogFailed) e).reason())
            .findFirst()
            .orElseThrow();
    assertTrue(reason.contains("MiB are free on the file system of"), reason);
    NodeId other = NODES.getLast();
    assertTrue(bench.await(PATIENCE, () -> propose(other) instanceof ProposalOutcome.Committed));
    bench.stop(SMALL);
    Files.write(
        home.resolve("more"),
        new byte[(int) Math.max(1, Files.getFileStore(home).getUsableSpace() - BOUND / 2)]);
    ConsensusException refused =
        assertThrows(
            ConsensusException.class,
            () -> bench.start(SMALL, new RecordingStateMachine(), _ -> {}));
    assertTrue(String.valueOf(refused.getMessage()).contains("make room"), refused.getMessage());
    Files.delete(filler);
    Files.delete(home.resolve("more"));
    RecordingStateMachine again = new RecordingStateMachine();
    RecordingStateMachine expected = new RecordingStateMachine();
    logs.put(SMALL, bench.start(SMALL, again, _ -> {}));
    bench.stop(other);
    logs.put(other, bench.start(other, expected, _ -> {}));
    assertTrue(bench.await(PATIENCE, () -> propose(SMALL) instanceof ProposalOutcome.Committed));
    assertTrue(
        bench.await(
            PATIENCE,
            () -> !again.commands().isEmpty() && again.commands().equals(expected.commands())));
    assertEquals(again.commands(), expected.commands());
  }
}
