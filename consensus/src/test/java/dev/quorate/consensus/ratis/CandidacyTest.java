package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusConfig;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who stands for election when the leader is silent. The logs' own patience is 300 ms to a day: it
/// is as good as never that Ratis stands by itself after the first election.
@Tag("slow")
final class CandidacyTest {
  private static final List<NodeId> NODES =
      List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
  private static final Duration PATIENCE = Duration.ofSeconds(25);
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration FIRST_LONGEST = Duration.ofSeconds(3);
  private static final int TRIES = 8;
  private static final int COMMITS = 100;

  @TempDir private Path directory;
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();
  private long counter;

  /// One try of a test: on a machine that stands still for a moment nobody can tell who is right.
  @FunctionalInterface
  private interface Try {
    boolean succeeds(RatisBench bench, NodeId leader);
  }

  private static ConsensusConfig patient(ConsensusConfig config) {
    return config
        .withElectionTimeout(Duration.ofMillis(300), Duration.ofDays(1))
        .withFirstElection(Duration.ofMillis(300), FIRST_LONGEST);
  }

  private boolean succeedsOnce(boolean relayed, Try attempt) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      Path place = Files.createDirectory(directory.resolve("try" + i));
      try (RatisBench bench = new RatisBench(place, NODES, CandidacyTest::patient)) {
        Map<NodeId, SilentLink> links = relayed ? bench.relayAll() : Map.of();
        try {
          if (begun(bench) && attempt.succeeds(bench, leader().orElseThrow())) {
            return true;
          }
        } finally {
          links.values().forEach(SilentLink::close);
          logs.clear();
        }
      }
    }
    return false;
  }

  /// Whoever stands first is refused if another stands at the same time or is not open yet, and
  /// Ratis then sleeps for most of a day.
  private boolean begun(RatisBench bench) {
    NODES.forEach(node -> logs.put(node, bench.start(node, new RecordingStateMachine(), _ -> {})));
    return bench.await(FIRST_LONGEST.multipliedBy(2), () -> leader().isPresent())
        && bench.await(PATIENCE, () -> logs.values().stream().noneMatch(this::leaderless))
        && committed(leader().orElseThrow())
        && bench.await(
            PATIENCE,
            () -> logs.values().stream().map(ReplicatedLog::applied).distinct().count() == 1);
  }

  private Optional<NodeId> leader() {
    return logs.entrySet().stream()
        .filter(l -> l.getValue().leadership() instanceof Leadership.Leader)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private boolean leaderless(ReplicatedLog log) {
    return log.leadership() instanceof Leadership.Leaderless;
  }

  private ReplicatedLog log(NodeId node) {
    return Objects.requireNonNull(logs.get(node));
  }

  private boolean committed(NodeId at) {
    CommandId id = new CommandId(at, 1, ++counter);
    byte[] command = ("c" + counter).getBytes(StandardCharsets.UTF_8);
    return log(at).propose(id, command).join() instanceof ProposalOutcome.Committed;
  }

  @Test
  void aLeaderThatIsGoneIsMissedInTime() throws IOException {
    assertTrue(
        succeedsOnce(
            false,
            (bench, old) -> {
              bench.stop(old);
              logs.remove(old);
              return bench.await(SOON, () -> leader().isPresent())
                  && committed(leader().orElseThrow());
            }),
        "nobody stands");
  }

  @Test
  void whoAloneDoesNotHearTheLeaderDisturbsNobody() throws IOException {
    assertTrue(
        succeedsOnce(
            true,
            (bench, leading) -> {
              long term = log(leading).leadership().term();
              NodeId deaf =
                  NODES.stream().filter(n -> !n.equals(leading)).findFirst().orElseThrow();
              bench.silence(deaf);
              return bench.await(PATIENCE, () -> leaderless(log(deaf)))
                  && IntStream.range(0, COMMITS).allMatch(_ -> committed(leading))
                  && log(leading).leadership().term() == term
                  && log(deaf).leadership().term() == term;
            }),
        "a leader that a majority hears lost its place each time");
  }
}
