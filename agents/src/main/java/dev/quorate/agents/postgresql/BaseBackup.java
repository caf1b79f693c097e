package dev.quorate.agents.postgresql;

import dev.quorate.agents.process.ProcessOutcome;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A copy of the upstream's files, without its server's logs, and how far it is. One at a time;
/// [#progress] may be asked by anyone.
final class BaseBackup {
  private static final Duration QUESTION = Duration.ofSeconds(10);

  /// @param into where it goes
  /// @param bytes what the original holds
  private record Running(Path into, long bytes) {}

  private final PostgresInstance instance;
  private final String slot;
  private volatile @Nullable Running running;

  /// @param slot under which the copy will receive: where the upstream has it, and nobody uses it,
  ///   it holds what is written after the copy until the copy has replayed so far
  BaseBackup(PostgresInstance instance, String slot) {
    this.instance = instance;
    this.slot = slot;
  }

  /// Copies into an empty directory.
  void copy(Upstream upstream, Path into, Duration within) {
    Upstream.Extent extent = upstream.extent(QUESTION);
    running = new Running(into, extent.bytes());
    try {
      List<String> words = new ArrayList<>(List.of("-D", into.toString()));
      words.addAll(List.of("-d", upstream.conninfo()));
      words.addAll(List.of("-X", "stream", "-c", "fast", "--no-password"));
      if (upstream.hasFreeSlot(slot, QUESTION)) {
        words.addAll(List.of("--slot", slot));
      }
      ProcessOutcome outcome = instance.tool("pg_basebackup", words, within);
      if (!outcome.ok()) {
        throw new PostgresException("pg_basebackup: " + outcome.problem());
      }
      forgetLogs(into, extent.logDirectory());
    } finally {
      running = null;
    }
  }

  /// How far the copy is that is being made.
  Optional<String> progress() {
    Running copy = running;
    if (copy == null) {
      return Optional.empty();
    }
    long there = size(copy.into());
    return Optional.of(
        copy.bytes() == 0
            ? "%d MB copied".formatted(there >> 20)
            : "%d %% of %d MB copied"
                .formatted(Math.min(99, 100 * there / copy.bytes()), copy.bytes() >> 20));
  }

  /// What the original's server wrote about itself would be taken for what this one did.
  private static void forgetLogs(Path copy, String directory) {
    Path logs = copy.resolve(directory).normalize();
    if (!logs.startsWith(copy) || logs.equals(copy) || !Files.isDirectory(logs)) {
      return;
    }
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new PostgresException("the original's logs cannot be removed from " + logs, e);
    }
  }

  private static long size(Path tree) {
    long[] bytes = {0};
    try {
      Files.walkFileTree(
          tree,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              bytes[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // renamed meanwhile
            }
          });
    } catch (IOException e) {
      return bytes[0]; // it was replaced meanwhile
    }
    return bytes[0];
  }
}
