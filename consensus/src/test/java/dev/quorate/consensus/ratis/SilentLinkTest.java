package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.membership.NodeId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes that cannot be reached for a while come back soon after they can.
@Tag("slow")
final class SilentLinkTest {
  private static final List<NodeId> NODES =
      List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  @TempDir private Path directory;
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();
  private final BlockingQueue<LogEvent> events = new LinkedBlockingQueue<>();

  private ReplicatedLog log(NodeId node) {
    return Objects.requireNonNull(logs.get(node));
  }

  private boolean anyLeads() {
    return logs.values().stream().anyMatch(l -> l.leadership() instanceof Leadership.Leader);
  }

  @Test
  void replacesConnectionsThatWereCutWithoutAWord() {
    try (RatisBench bench = new RatisBench(directory, NODES, c -> c)) {
      Map<NodeId, SilentLink> links = bench.relayAll();
      RecordingStateMachine last = new RecordingStateMachine();
      for (NodeId node : NODES) {
        RecordingStateMachine machine =
            node.equals(NODES.getLast()) ? last : new RecordingStateMachine();
        logs.put(node, bench.start(node, machine, events::add));
      }
      assertTrue(bench.await(PATIENCE, this::anyLeads));
      commit(bench, 1);
      links.values().forEach(SilentLink::cut);
      assertTrue(bench.await(PATIENCE, () -> !anyLeads()));
      assertTrue(
          bench.await(
              PATIENCE,
              () -> events.stream().filter(LogEvent.QuorumLost.class::isInstance).count() == 3));
      links.values().forEach(SilentLink::heal);
      assertTrue(bench.await(PATIENCE, this::anyLeads));
      commit(bench, 2);
      assertTrue(bench.await(PATIENCE, () -> last.commands().size() == 2));
      links.values().forEach(SilentLink::close);
    }
  }

  private void commit(RatisBench bench, long counter) {
    CommandId id = new CommandId(NODES.getFirst(), 1, counter);
    byte[] command = ("c" + counter).getBytes(StandardCharsets.UTF_8);
    assertTrue(
        bench.await(
            PATIENCE,
            () -> {
              CompletableFuture<ProposalOutcome> outcome =
                  log(NODES.getFirst()).propose(id, command);
              return outcome.join() instanceof ProposalOutcome.Committed;
            }));
  }
}
