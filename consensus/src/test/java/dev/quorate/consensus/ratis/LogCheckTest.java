package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogDamagedException;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a crash leaves behind is no damage.
@Tag("slow")
final class LogCheckTest {
  private static final NodeId NODE = new NodeId("n1");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path directory;

  private RatisBench bench() {
    return new RatisBench(directory, List.of(NODE), c -> c);
  }

  /// A log with one command, closed.
  ///
  /// @return its group's directory
  private static Path closed(RatisBench bench) throws IOException {
    ReplicatedLog log = bench.start(NODE, new RecordingStateMachine(), _ -> {});
    assertTrue(bench.await(PATIENCE, () -> log.leadership() instanceof Leadership.Leader));
    ProposalOutcome outcome = log.propose(new CommandId(NODE, 1, 1), new byte[] {1}).join();
    assertEquals(ProposalOutcome.Committed.class, outcome.getClass());
    bench.stop(NODE);
    Path group = LogMarker.of(bench.config(NODE)).group();
    mark(group, log.applied());
    return group;
  }

  private static void mark(Path group, LogPosition applied) throws IOException {
    try (ReachedMark mark = ReachedMark.open(group)) {
      mark.write(applied);
    }
  }

  @Test
  void aTermThatWasNotWrittenDownYetIsNotDemanded() throws IOException {
    try (RatisBench bench = bench()) {
      Path group = closed(bench);
      LogPosition applied = new LogPosition(1, 1, 0);
      mark(group, applied);
      assertEquals(Optional.of(new ReachedMark.Reached(1, 0)), ReachedMark.read(group));
      assertDoesNotThrow(() -> LogCheck.require(group));
    }
  }

  @Test
  void aLogIsBegunAgainWhoseFormattingWasCutShort() throws IOException {
    try (RatisBench bench = bench()) {
      Path current = LogMarker.of(bench.config(NODE)).group().resolve("current");
      Files.createDirectories(current);
      Files.createFile(current.resolve("raft-meta.tmp"));
      ReplicatedLog log = bench.start(NODE, new RecordingStateMachine(), _ -> {});
      assertTrue(bench.await(PATIENCE, () -> log.leadership() instanceof Leadership.Leader));
    }
  }

  @Test
  void aLogWithoutItsVoteIsNotBegunAgain() throws IOException {
    try (RatisBench bench = bench()) {
      Path group = closed(bench);
      Files.delete(LogMarker.metadata(group));
      Files.delete(LogMarker.of(bench.config(NODE)).file());
      assertThrows(
          LogDamagedException.class, () -> bench.start(NODE, new RecordingStateMachine(), _ -> {}));
    }
  }

  /// An entry that is not whole, where the next would be.
  private static Path tear(Path group, boolean withChecksum) throws IOException {
    Path segment;
    try (Stream<Path> files = Files.list(group.resolve("current"))) {
      segment =
          files.filter(f -> f.toString().contains("log_inprogress_")).findFirst().orElseThrow();
    }
    // The length takes two bytes.
    byte[] entry = new byte[2 + 300 + 4];
    Arrays.fill(entry, 0, 100, (byte) 'x');
    entry[0] = (byte) (300 | 0x80);
    entry[1] = (byte) (300 >> 7);
    if (withChecksum) {
      Arrays.fill(entry, 302, 306, (byte) 7);
    }
    Files.write(segment, entry, StandardOpenOption.APPEND);
    Files.write(segment, new byte[1000], StandardOpenOption.APPEND);
    return segment;
  }

  @Test
  void anEntryThatWasBeingWrittenIsCutOff() throws IOException {
    try (RatisBench bench = bench()) {
      Path group = closed(bench);
      long length = Files.size(tear(group, false)) - 1306;
      Path log = bench.config(NODE).directory();
      assertTrue(LogTail.read(log, "bench", 1).last().isPresent());
      LogCheck.require(group);
      try (Stream<Path> files = Files.list(group.resolve("current"))) {
        Path segment =
            files.filter(f -> f.toString().contains("log_inprogress_")).findFirst().orElseThrow();
        assertEquals(length, Files.size(segment));
      }
      RecordingStateMachine machine = new RecordingStateMachine();
      bench.start(NODE, machine, _ -> {});
      assertTrue(bench.await(PATIENCE, () -> machine.commands().size() == 1));
    }
  }

  @Test
  void anEntryThatWasWholeOnceIsNotCutOff() throws IOException {
    try (RatisBench bench = bench()) {
      Path group = closed(bench);
      Path log = bench.config(NODE).directory();
      long length = Files.size(tear(group, true));
      assertRefused(group);
      assertThrows(ConsensusException.class, () -> LogTail.read(log, "bench", 1));
      assertEquals(length, Files.size(tear(group, true)) - 1306);
    }
  }

  @Test
  void anEntryThatWasAppliedIsNotCutOff() throws IOException {
    try (RatisBench bench = bench()) {
      Path group = closed(bench);
      tear(group, false);
      mark(group, new LogPosition(1, 1, 1_000));
      assertRefused(group);
      Files.delete(ReachedMark.file(group));
      assertRefused(group);
    }
  }

  private static void assertRefused(Path group) {
    IOException refused = assertThrows(IOException.class, () -> LogCheck.require(group));
    assertTrue(String.valueOf(refused.getMessage()).contains("log_inprogress_"));
  }

  @Test
  void aTermOfWhatWasAppliedIsDemanded() throws IOException {
    try (RatisBench bench = bench()) {
      Path group = closed(bench);
      mark(group, new LogPosition(1, 99, 0));
      IOException refused = assertThrows(IOException.class, () -> LogCheck.require(group));
      assertTrue(String.valueOf(refused.getMessage()).contains("raft-meta"));
    }
  }

  /// A log that was opened three times, which makes as many segments.
  private static Path segments(RatisBench bench) throws IOException {
    for (int i = 0; i < 2; i++) {
      closed(bench);
    }
    return closed(bench);
  }

  private static Path firstSegment(Path group) throws IOException {
    try (Stream<Path> files = Files.list(group.resolve("current"))) {
      return files.filter(f -> f.toString().contains("log_0-")).findFirst().orElseThrow();
    }
  }

  private static void withoutSnapshots(Path group) throws IOException {
    try (Stream<Path> files = Files.list(group.resolve("sm"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  private void assertNoTail(RatisBench bench, String why) {
    Path log = bench.config(NODE).directory();
    LogDamagedException refused =
        assertThrows(LogDamagedException.class, () -> LogTail.read(log, "bench", 1));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }

  @Test
  void aTailWithAGapIsNoTail() throws IOException {
    try (RatisBench bench = bench()) {
      Path group = segments(bench);
      withoutSnapshots(group);
      Path log = bench.config(NODE).directory();
      assertFalse(LogTail.read(log, "bench", 1).entries().isEmpty());
      String first = String.valueOf(firstSegment(group).getFileName());
      long end = Long.parseLong(first.substring(first.indexOf('-') + 1));
      Path second;
      try (Stream<Path> files = Files.list(group.resolve("current"))) {
        second =
            files
                .filter(f -> f.toString().contains("log_" + (end + 1) + "-"))
                .findFirst()
                .orElseThrow();
      }
      Files.delete(second);
      assertNoTail(bench, "ends at " + end);
    }
  }

  @Test
  void aTailThatEndsBeforeWhatWasAppliedIsNoTail() throws IOException {
    try (RatisBench bench = bench()) {
      Path group = segments(bench);
      mark(group, new LogPosition(1, 1, 1_000));
      assertNoTail(bench, "were applied here");
    }
  }

  @Test
  void whatOnlyTheSnapshotNeedsMayBeSpoiltInATail() throws IOException {
    try (RatisBench bench = bench()) {
      Path group = segments(bench);
      Path segment = firstSegment(group);
      byte[] bytes = Files.readAllBytes(segment);
      bytes[20] ^= 1;
      Files.write(segment, bytes);
      Path log = bench.config(NODE).directory();
      assertTrue(LogTail.read(log, "bench", 1).snapshotIndex() > 0);
      withoutSnapshots(group);
      assertNoTail(bench, segment.toString());
    }
  }
}
