package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files of a real log are damaged in every way at many places. The node then starts with
/// everything that it acknowledged, or does not start and names the file. It never starts with
/// less.
@Tag("slow")
final class DamagedFilesTest {
  private static final NodeId NODE = new NodeId("n1");
  private static final int COMMANDS = 90;
  private static final int FILLING = 30_000;
  private static final int SNAPSHOT_EVERY = 30;
  private static final int PLACES = Integer.getInteger("damage.places", 1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path directory;

  /// A way in which a file is spoilt.
  private enum Damage {
    TRUNCATED,
    EMPTIED,
    FLIPPED,
    ZEROED_FROM,
    OVERWRITTEN,
    REMOVED
  }

  private Path home() {
    return directory.resolve(NODE.name());
  }

  private static ConsensusConfig hasty(ConsensusConfig config) {
    return config
        .withElectionTimeout(Duration.ofMillis(60), Duration.ofMillis(120))
        .withSnapshotThreshold(SNAPSHOT_EVERY);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!file.endsWith("in_use.lock")) {
          Files.copy(file, target);
        }
      }
    }
  }

  /// A copy of the files of a log that is open; false if one vanished meanwhile, as snapshots do
  /// that are not needed any more.
  private static boolean copied(Path from, Path to) {
    try {
      if (Files.exists(to)) {
        remove(to);
      }
      copy(from, to);
      return true;
    } catch (NoSuchFileException | UncheckedIOException _) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void spoil(Path file, Damage damage, SplittableRandom random) throws IOException {
    long length = Files.size(file);
    long place = length == 0 ? 0 : random.nextLong(used(file, length));
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      switch (damage) {
        case TRUNCATED -> open.setLength(place);
        case EMPTIED -> open.setLength(0);
        case FLIPPED -> {
          open.seek(place);
          int before = open.read();
          open.seek(place);
          open.write(before ^ (1 << random.nextInt(8)));
        }
        case ZEROED_FROM -> {
          open.seek(place);
          open.write(new byte[(int) (length - place)]);
        }
        case OVERWRITTEN -> {
          open.seek(place);
          byte[] noise = new byte[(int) Math.min(4096, length - place)];
          random.nextBytes(noise);
          open.write(noise);
        }
        case REMOVED -> {}
      }
    }
    if (damage == Damage.REMOVED) {
      Files.delete(file);
    }
  }

  /// A segment that is being written has room at its end, where nothing can be damaged.
  private static long used(Path file, long length) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    long end = length;
    while (end > 1 && bytes[(int) end - 1] == 0) {
      end--;
    }
    return end;
  }

  private List<Path> files(Path saved) throws IOException {
    Path group =
        saved.resolve("log").resolve(RatisSettings.groupId("bench", 1).getUuid().toString());
    try (Stream<Path> all = Files.walk(group)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void fill(RatisBench bench, ReplicatedLog log) {
    assertTrue(bench.await(PATIENCE, () -> log.leadership() instanceof Leadership.Leader));
    for (int i = 1; i <= COMMANDS; i++) {
      byte[] command = text(i).getBytes(StandardCharsets.UTF_8);
      assertInstanceOf(
          ProposalOutcome.Committed.class, log.propose(new CommandId(NODE, 1, i), command).join());
    }
  }

  private static String text(int number) {
    return ("c" + number + " ").repeat(FILLING / 5);
  }

  private int refused;
  private int whole;

  @Test
  void startsWithEverythingOrNamesTheFile() throws IOException {
    Path saved = directory.resolve("saved");
    List<String> wrong = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(7);
    try (RatisBench bench = new RatisBench(directory, List.of(NODE), DamagedFilesTest::hasty)) {
      ReplicatedLog log = bench.start(NODE, new RecordingStateMachine(), _ -> {});
      fill(bench, log);
      Path group = LogMarker.of(bench.config(NODE)).group();
      assertTrue(bench.await(PATIENCE, () -> marked(group) == log.applied().index()));
      // As a crash leaves them.
      assertTrue(bench.await(PATIENCE, () -> copied(home(), saved)));
      bench.stop(NODE);
      for (Path original : files(saved)) {
        for (Damage damage : Damage.values()) {
          for (int i = 0; i < places(damage); i++) {
            remove(home());
            copy(saved, home());
            spoil(home().resolve(saved.relativize(original).toString()), damage, random);
            open(bench).ifPresent(what -> wrong.add(damage + " " + original.getFileName() + what));
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(refused > 10, refused + " refused");
    assertTrue(whole > 10, whole + " started");
  }

  private static long marked(Path group) {
    try {
      return ReachedMark.read(group).map(ReachedMark.Reached::index).orElse(-1L);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What is wrong with how it opens; empty if nothing is.
  private Optional<String> open(RatisBench bench) {
    RecordingStateMachine machine = new RecordingStateMachine();
    try {
      ReplicatedLog again = bench.start(NODE, machine, _ -> {});
      bench.await(PATIENCE, () -> again.leadership() instanceof Leadership.Leader);
      whole++;
      return machine.commands().size() == COMMANDS
          ? Optional.empty()
          : Optional.of(" starts with " + machine.commands().size());
    } catch (ConsensusException e) {
      refused++;
      String message = String.valueOf(e.getMessage());
      return Stream.of("raft-meta", "log_", "snapshot").anyMatch(message::contains)
          ? Optional.empty()
          : Optional.of(" says only " + message);
    } finally {
      bench.stop(NODE);
    }
  }

  private static int places(Damage damage) {
    return switch (damage) {
      case TRUNCATED, FLIPPED, ZEROED_FROM, OVERWRITTEN -> PLACES;
      case EMPTIED, REMOVED -> 1;
    };
  }
}
