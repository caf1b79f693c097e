package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A log that waits to be taken in, and what is remembered beside it.
@Tag("slow")
final class NewcomerTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");

  @TempDir private Path directory;

  private static void await(RatisBench bench, String what, BooleanSupplier condition) {
    assertTrue(bench.await(Duration.ofSeconds(20), condition), what);
  }

  private static ProposalOutcome propose(ReplicatedLog log, long counter) {
    return log.propose(new CommandId(N1, 1, counter), new byte[] {1}).join();
  }

  private static ConsensusConfig later(ConsensusConfig config) {
    return config.withEpoch(2, config.voters(), config.directory().resolveSibling("log2"));
  }

  /// As after one of two nodes went on alone.
  @Test
  void aGroupOfOneInALaterEpochTakesInANewcomer() {
    try (RatisBench bench = new RatisBench(directory, List.of(N1, N2), c -> c)) {
      ConsensusConfig alone = later(bench.config(N1).withVoters(Map.of(N1, bench.endpoint(N1))));
      ReplicatedLog first = bench.start(alone, new RecordingStateMachine(), _ -> {});
      await(bench, "leads", () -> first.leadership() instanceof Leadership.Leader);
      var committed = assertInstanceOf(ProposalOutcome.Committed.class, propose(first, 1));
      assertEquals(2, committed.position().epoch());
      RecordingStateMachine machine = new RecordingStateMachine();
      ReplicatedLog second = bench.start(later(bench.newcomer(N2, 1)), machine, _ -> {});
      LogMembers listening = first.members().withListener(N2, 1, bench.endpoint(N2));
      assertEquals(new MemberChangeOutcome.Done(), first.changeMembers(listening).join());
      await(bench, "caught up", () -> first.caughtUp(N2));
      await(bench, "listens", () -> first.members().of(N2).isPresent());
      assertEquals(
          new MemberChangeOutcome.Done(),
          first.changeMembers(first.members().withVoter(N2)).join());
      await(bench, "votes", () -> second.members().votes(N2));
      await(bench, "has applied it", () -> machine.commands().size() == 1);
      // Now the first alone is no majority.
      bench.stop(N2);
      await(bench, "lost", () -> first.leadership() instanceof Leadership.Leaderless);
    }
  }

  @Test
  void remembersWhoItIs() throws IOException {
    try (RatisBench bench = new RatisBench(directory, List.of(N1), c -> c)) {
      ConsensusConfig config = bench.newcomer(N2, 3);
      bench.start(config, new RecordingStateMachine(), _ -> {});
      bench.stop(N2);
      LogMarker marker = LogMarker.of(config);
      assertEquals(new LogMarker.Mark(3, true, true), marker.mark(0));
      // What is configured does not count any more.
      ReplicatedLog again = bench.start(bench.config(N2), new RecordingStateMachine(), _ -> {});
      assertEquals(LogMembers.NONE, again.members());
      bench.stop(N2);
      Files.writeString(marker.file(), "A log was begun.\nincarnation many, founder, begun\n");
      ConsensusException refused =
          assertThrows(
              ConsensusException.class,
              () -> bench.start(config, new RecordingStateMachine(), _ -> {}));
      assertTrue(String.valueOf(refused.getMessage()).contains(marker.file().toString()));
    }
  }

  @Test
  void takesAMarkerWithoutIncarnationForAFoundersLog() throws IOException {
    try (RatisBench bench = new RatisBench(directory, List.of(N1), c -> c)) {
      bench.start(N1, new RecordingStateMachine(), _ -> {});
      bench.stop(N1);
      LogMarker marker = LogMarker.of(bench.config(N1));
      Files.writeString(marker.file(), "A log was begun in " + marker.directory() + ".\n");
      assertEquals(new LogMarker.Mark(1, false, true), marker.mark(7));
      ReplicatedLog log = bench.start(N1, new RecordingStateMachine(), _ -> {});
      await(bench, "leads", () -> log.leadership() instanceof Leadership.Leader);
    }
  }

  @Test
  void putsALogOutOfUseWhoseNumberCannotBeRead() throws IOException {
    try (RatisBench bench = new RatisBench(directory, List.of(N1), c -> c)) {
      bench.start(N1, new RecordingStateMachine(), _ -> {});
      bench.stop(N1);
      LogMarker marker = LogMarker.of(bench.config(N1));
      Files.write(marker.file(), new byte[] {'A', '\n', (byte) 0xff, (byte) 0xc0});
      DamagedLog log = DamagedLog.of(bench.config(N1));
      assertThrows(IOException.class, log::incarnation);
      log.putOutOfUse(4);
      assertTrue(Files.isDirectory(log.aside().resolve("current")));
      assertEquals(new LogMarker.Mark(4, true, false), marker.mark(0));
    }
  }

  @Test
  void putsALogOutOfUseOnlyInFavourOfALaterOne() throws IOException {
    try (RatisBench bench = new RatisBench(directory, List.of(N1), c -> c)) {
      bench.start(N1, new RecordingStateMachine(), _ -> {});
      bench.stop(N1);
      DamagedLog log = DamagedLog.of(bench.config(N1));
      assertEquals(1, log.incarnation());
      assertThrows(IllegalArgumentException.class, () -> log.putOutOfUse(1));
      log.putOutOfUse(2);
      log.putOutOfUse(2);
      assertTrue(Files.isDirectory(log.aside().resolve("current")));
      assertEquals(2, log.incarnation());
      ReplicatedLog next = bench.start(N1, new RecordingStateMachine(), _ -> {});
      assertEquals(LogMembers.NONE, next.members());
      bench.stop(N1);
      assertThrows(IllegalArgumentException.class, () -> log.putOutOfUse(2));
      log.putOutOfUse(3);
      assertEquals(3, log.incarnation());
    }
  }
}
