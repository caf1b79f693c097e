package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogLostException;
import dev.quorate.consensus.LogPosition;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One of two real voters is gone, and the other founds the next epoch on its log.
@Tag("slow")
final class ClosedLogTest {
  private static final NodeId A = new NodeId("n1");
  private static final NodeId B = new NodeId("n2");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long SESSION = 3;

  @TempDir private Path directory;
  private RatisBench bench;
  private final Map<NodeId, ReplicatedLog> logs = new TreeMap<>();
  private final List<String> acknowledged = new ArrayList<>();
  private LogPosition last = LogPosition.NONE;
  private String lastAnswer = "";

  @BeforeEach
  void bothVote() {
    bench = new RatisBench(directory, List.of(A, B), c -> c.withSnapshotThreshold(4));
    for (NodeId node : List.of(A, B)) {
      logs.put(node, bench.start(node, new RecordingStateMachine(), _ -> {}));
    }
    assertTrue(bench.await(PATIENCE, () -> logs.values().stream().anyMatch(ClosedLogTest::leads)));
  }

  private static CompletableFuture<ProposalOutcome> propose(ReplicatedLog log, long counter) {
    byte[] command = ("c" + counter).getBytes(StandardCharsets.UTF_8);
    return log.propose(new CommandId(A, SESSION, counter), command);
  }

  private static ProposalOutcome.Committed committed(ReplicatedLog log, long counter) {
    return assertInstanceOf(
        ProposalOutcome.Committed.class,
        propose(log, counter).orTimeout(10, TimeUnit.SECONDS).join());
  }

  private ReplicatedLog log(NodeId node) {
    return Objects.requireNonNull(logs.get(node));
  }

  private static boolean leads(ReplicatedLog log) {
    return log.leadership() instanceof Leadership.Leader;
  }

  /// Commits ten commands, loses the other voter, leaves one command that nobody acknowledged, and
  /// closes the survivor's log.
  private void loseTheOther(NodeId survivor) {
    for (long i = 1; i <= 10; i++) {
      ProposalOutcome.Committed outcome = committed(log(A), i);
      acknowledged.add("c" + i);
      last = outcome.position();
      lastAnswer = outcome.answer();
    }
    bench.stop(survivor.equals(A) ? B : A);
    CompletableFuture<ProposalOutcome> open = propose(log(survivor), 11);
    assertTrue(bench.await(PATIENCE, open::isDone));
    assertFalse(open.join() instanceof ProposalOutcome.Committed);
    bench.stop(survivor);
  }

  private Path home(NodeId node, long epoch) {
    return directory.resolve(node.name()).resolve(epoch == 1 ? "log" : "log-" + epoch);
  }

  private ClosedLog closed(NodeId node, long epoch) {
    return new ClosedLog(home(node, epoch), "bench", epoch);
  }

  private ConsensusConfig alone(NodeId node) {
    ConsensusConfig pair = bench.config(node);
    ConsensusConfig.Endpoint own = Objects.requireNonNull(pair.voters().get(node));
    return pair.withEpoch(2, Map.of(node, own), home(node, 2))
        .withFirstElection(Duration.ofMillis(50), Duration.ofMillis(100));
  }

  private void goOn(NodeId survivor) {
    RecordingStateMachine machine = new RecordingStateMachine();
    closed(survivor, 1).refound(alone(survivor), new RecordingStateMachine());
    try (ReplicatedLog alone = RatisReplicatedLog.start(alone(survivor), machine, _ -> {})) {
      assertTrue(bench.await(PATIENCE, () -> leads(alone)));
      List<String> before = machine.commands();
      assertTrue(before.containsAll(acknowledged), before.toString());
      assertEquals(before.size(), before.stream().distinct().count(), before.toString());
      assertTrue(alone.leadership() instanceof Leadership.Leader(var term) && term > last.term());
      ProposalOutcome.Committed again = committed(alone, 10);
      assertEquals(last, again.position());
      assertEquals(lastAnswer, again.answer());
      ProposalOutcome.Committed open = committed(alone, 11);
      ProposalOutcome.Committed fresh = committed(alone, 12);
      assertEquals(2, fresh.position().epoch());
      assertTrue(fresh.position().compareTo(open.position()) > 0);
      assertTrue(fresh.position().index() > last.index());
      assertEquals(
          Stream.concat(acknowledged.stream(), Stream.of("c11", "c12")).toList(),
          machine.commands());
    }
  }

  @Test
  void theLeaderGoesOnWithEverything() {
    NodeId leader = leads(log(A)) ? A : B;
    loseTheOther(leader);
    goOn(leader);
  }

  @Test
  void theFollowerGoesOnWithEverything() {
    NodeId follower = leads(log(A)) ? B : A;
    loseTheOther(follower);
    goOn(follower);
  }

  /// What counts is the time from the decision to close the log of both to the first entry alone.
  @Test
  void aloneInWellUnderASecond() {
    for (long i = 1; i <= 10; i++) {
      acknowledged.add("c" + i);
      last = committed(log(A), i).position();
    }
    bench.stop(B);
    long began = System.nanoTime();
    Silence silence = ((RatisReplicatedLog) log(A)).fallSilent();
    long silent = System.nanoTime();
    silence.written().orTimeout(10, TimeUnit.SECONDS).join();
    closed(A, 1).refound(alone(A), new RecordingStateMachine());
    RecordingStateMachine machine = new RecordingStateMachine();
    try (ReplicatedLog alone = RatisReplicatedLog.start(alone(A), machine, _ -> {})) {
      assertTrue(bench.await(PATIENCE, () -> leads(alone)));
      long millis = (System.nanoTime() - began) / 1_000_000;
      System.out.printf(
          "silent after %d ms, alone after %d ms%n", (silent - began) / 1_000_000, millis);
      assertTrue(machine.commands().containsAll(acknowledged), machine.commands().toString());
      assertTrue(millis < 3000, millis + " ms");
    }
    silence.gone().orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Test
  void anInterruptedFoundingIsBegunAgain() throws IOException {
    loseTheOther(A);
    Path beside = directory.resolve("n1").resolve("log-2.new");
    Files.createDirectories(beside.resolve("half"));
    Files.writeString(beside.resolve("half").resolve("snapshot.1_1"), "torn");
    assertFalse(closed(A, 2).exists());
    goOn(A);
    assertFalse(Files.exists(beside));
    assertTrue(closed(A, 2).begun());
  }

  @Test
  void aFoundingThatIsInPlaceIsNotRepeated() {
    loseTheOther(A);
    goOn(A);
    closed(A, 1).refound(alone(A), new RecordingStateMachine());
    RecordingStateMachine machine = new RecordingStateMachine();
    try (ReplicatedLog alone = RatisReplicatedLog.start(alone(A), machine, _ -> {})) {
      assertTrue(bench.await(PATIENCE, () -> leads(alone)));
      assertTrue(machine.commands().contains("c12"), "what was decided alone stays");
    }
  }

  @Test
  void aFoundedLogThatIsLostIsNotMadeUpFromTheOldOne() throws IOException {
    loseTheOther(A);
    goOn(A);
    try (Stream<Path> tree = Files.walk(home(A, 2))) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    closed(A, 1).refound(alone(A), new RecordingStateMachine());
    assertFalse(closed(A, 2).exists());
    assertThrows(
        LogLostException.class,
        () -> RatisReplicatedLog.start(alone(A), new RecordingStateMachine(), _ -> {}));
  }

  @Test
  void replaysWhatWasCommitted() {
    loseTheOther(A);
    RecordingStateMachine machine = new RecordingStateMachine();
    closed(A, 1).replay(machine);
    assertTrue(machine.commands().containsAll(acknowledged), machine.commands().toString());
  }

  @Test
  void refusesADamagedLogAndAnEarlierEpoch() throws IOException {
    loseTheOther(A);
    assertThrows(
        IllegalArgumentException.class,
        () -> closed(A, 1).prepare(bench.config(A), new RecordingStateMachine()));
    Path group = RatisSettings.groupDirectory(home(A, 1), "bench", 1);
    try (Stream<Path> files = Files.list(group.resolve("current"))) {
      for (Path file : files.filter(f -> f.toString().contains("log_")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[20] ^= 1;
        Files.write(file, bytes);
      }
    }
    ConsensusException e =
        assertThrows(
            ConsensusException.class,
            () -> closed(A, 1).refound(alone(A), new RecordingStateMachine()));
    assertTrue(String.valueOf(e.getMessage()).contains(group.toString()), e.getMessage());
    assertFalse(closed(A, 2).begun());
  }
}
