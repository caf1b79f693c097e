package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.Divergence;
import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.TimelineHistory.Stretch;
import dev.quorate.agents.process.ProcessOutcome;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out what a stopped instance wrote that the primary never had, and keeps a copy of it
/// before a rewind or a new copy of the database destroys it.
final class DivergedWal {
  private static final Logger LOG = LoggerFactory.getLogger(DivergedWal.class);
  private static final Duration TOOL = Duration.ofMinutes(2);
  private static final int EXAMPLES = 20;
  private static final int KEPT = 3;

  /// The copy may use so much of what is free: the new database needs the rest.
  private static final int SHARE_OF_FREE = 4;

  private final PostgresParameters parameters;
  private final PostgresInstance instance;
  private final NodeId self;

  DivergedWal(PostgresParameters parameters, PostgresInstance instance, NodeId self) {
    this.parameters = parameters;
    this.instance = instance;
    this.self = self;
  }

  /// Where copies are kept, each in a directory of its own.
  Path place() {
    Path data = parameters.dataDirectory();
    return data.resolveSibling(data.getFileName() + ".quorate-diverged");
  }

  /// Reads the WAL.
  ///
  /// @param own what the primary never had; not empty
  Divergence examine(List<Stretch> own) {
    long commits = 0;
    List<String> first = new ArrayList<>();
    for (Stretch stretch : own) {
      ProcessOutcome statistics = dump(stretch, "--stats=record");
      OptionalLong count = Divergence.count(statistics.text());
      if (count.isEmpty()) {
        return new Divergence(
            own, OptionalLong.empty(), first, "pg_waldump: " + statistics.problem());
      }
      commits += count.getAsLong();
      if (count.getAsLong() > 0 && first.size() < EXAMPLES) {
        ProcessOutcome records =
            dump(stretch, "--rmgr=Transaction", "--limit=" + (EXAMPLES - first.size()));
        first.addAll(Divergence.transactions(records.text()));
      }
    }
    return new Divergence(own, OptionalLong.of(commits), first, "");
  }

  private ProcessOutcome dump(Stretch stretch, String... what) {
    List<String> words = new ArrayList<>(List.of(what));
    words.add("-p");
    words.add(wal().toString());
    words.add("-t");
    words.add(stretch.line().toString());
    words.add("-s");
    words.add(stretch.from().toString());
    words.add("-e");
    words.add(stretch.to().toString());
    return instance.tool("pg_waldump", words, TOOL);
  }

  private Path wal() {
    return parameters.dataDirectory().resolve("pg_wal");
  }

  /// Keeps a copy with its report; does nothing if that was done already. The oldest of more than a
  /// few are removed.
  ///
  /// @return where it is
  /// @throws IOException if it cannot be kept; nothing half-done is left under its name
  Path keep(Divergence divergence) throws IOException {
    Path kept =
        place()
            .resolve(
                "timeline-%s-from-%s-to-%s"
                    .formatted(
                        divergence.stretches().getLast().line(),
                        divergence.fork().toString().replace('/', '-'),
                        divergence.end().toString().replace('/', '-')));
    if (Files.exists(kept)) {
      return kept;
    }
    Path beside = place().resolve(".new");
    Rejoin.delete(beside);
    Files.createDirectories(beside);
    List<Path> files = segments(divergence);
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    long free = Files.getFileStore(place()).getUsableSpace();
    if (bytes > free / SHARE_OF_FREE) {
      throw new IOException(
          "%s has %d bytes free, %d are wanted for a copy of %d"
              .formatted(place(), free, bytes * SHARE_OF_FREE, bytes));
    }
    for (Path file : files) {
      Files.copy(file, beside.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.writeString(beside.resolve("report.txt"), divergence.report(self));
    Files.move(beside, kept, StandardCopyOption.ATOMIC_MOVE);
    LOG.atWarn()
        .addKeyValue("code", "HA-PG-004")
        .addKeyValue("file", kept)
        .addKeyValue("reason", divergence.summary())
        .log("this instance has what the primary never had; a copy is kept");
    thinOut(kept);
    return kept;
  }

  /// The segments and histories of what diverged.
  private List<Path> segments(Divergence divergence) throws IOException {
    TreeSet<String> wanted = new TreeSet<>();
    WalDirectory names = new WalDirectory(wal(), instance.control().segmentSize());
    for (Stretch stretch : divergence.stretches()) {
      wanted.addAll(names.segments(stretch));
      if (!stretch.line().equals(Timeline.FIRST)) {
        wanted.add(stretch.line().historyFile());
      }
    }
    return wanted.stream().map(wal()::resolve).filter(Files::exists).toList();
  }

  private void thinOut(Path newest) throws IOException {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> copies = Files.newDirectoryStream(place(), "timeline-*")) {
      copies.forEach(all::add);
    }
    all.remove(newest);
    List<Path> oldestFirst = all.stream().sorted(Comparator.comparing(DivergedWal::made)).toList();
    for (Path old : oldestFirst.subList(0, Math.max(0, oldestFirst.size() - KEPT + 1))) {
      Rejoin.delete(old);
      LOG.atInfo().addKeyValue("file", old).log("an old copy of diverged WAL was removed");
    }
  }

  private static FileTime made(Path copy) {
    try {
      return Files.getLastModifiedTime(copy);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
