package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The WAL that a rewound instance replays first: from the last checkpoint before the fork on.
///
/// `pg_rewind` makes `pg_wal` what it is at the source, and removes what that has recycled, though
/// its own result begins there. What was written before the fork is the same on both sides, so that
/// the instance's own files will do; the segment of the fork itself must be the source's.
final class RewoundWal {
  private static final Logger LOG = LoggerFactory.getLogger(RewoundWal.class);
  private static final Pattern BEGIN =
      Pattern.compile("START WAL LOCATION: ([0-9A-F]+/[0-9A-F]+) ");

  private final Path data;
  private final Path aside;
  private final WalDirectory wal;
  private boolean kept;

  /// @param aside where files are kept during the rewind; on the file system of the data
  /// @param segmentSize of the WAL, in bytes
  RewoundWal(Path data, Path aside, long segmentSize) {
    this.data = data;
    this.aside = aside;
    this.wal = new WalDirectory(data.resolve("pg_wal"), segmentSize);
  }

  /// Keeps what was written before the fork, by a second name. Where that cannot be, nothing is
  /// kept.
  void keep(Lsn fork) throws IOException {
    Rejoin.delete(aside);
    Files.createDirectory(aside);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(wal.directory())) {
      for (Path file : files) {
        OptionalLong number = wal.number(file);
        if (number.isPresent() && number.getAsLong() < wal.numberAt(fork)) {
          Files.createLink(aside.resolve(file.getFileName()), file);
        }
      }
      kept = true;
    } catch (IOException | DirectoryIteratorException e) {
      LOG.atWarn()
          .addKeyValue("file", wal.directory())
          .addKeyValue("reason", e)
          .log("WAL is not kept");
      Rejoin.delete(aside);
    }
  }

  /// Puts back what is missing.
  void giveBack() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(aside)) {
      for (Path file : files) {
        Path place = wal.directory().resolve(file.getFileName());
        if (Files.notExists(place)) {
          Files.move(file, place);
        }
      }
    } catch (NoSuchFileException e) {
      return; // nothing was kept
    }
    Rejoin.delete(aside);
  }

  /// Whether all is there that is replayed until the primary streams the rest: the WAL before the
  /// fork, and the fork's segment on one of the lines that begin there. The primary has no more of
  /// it than it gave. False also where `pg_rewind` found nothing to do: what is here of its own was
  /// not removed.
  boolean reaches(Lsn fork, TimelineHistory primary) throws IOException {
    Path label = data.resolve("backup_label");
    Matcher begin = BEGIN.matcher(Files.exists(label) ? Files.readString(label) : "");
    if (!begin.find()) {
      return false;
    }
    Map<Long, SortedSet<Timeline>> there = there();
    SortedSet<Timeline> lines = there.getOrDefault(wal.numberAt(fork), new TreeSet<>());
    lines.retainAll(linesAfter(fork, primary));
    return !lines.isEmpty()
        && (!kept
            || LongStream.range(wal.numberAt(Lsn.parse(begin.group(1))), wal.numberAt(fork))
                .allMatch(there::containsKey));
  }

  private static SortedSet<Timeline> linesAfter(Lsn fork, TimelineHistory primary) {
    SortedSet<Timeline> lines = new TreeSet<>();
    lines.add(primary.timeline());
    primary.switches().stream()
        .filter(s -> s.at().compareTo(fork) > 0)
        .forEach(s -> lines.add(s.from()));
    return lines;
  }

  /// The lines that each segment is there of.
  private Map<Long, SortedSet<Timeline>> there() throws IOException {
    Map<Long, SortedSet<Timeline>> there = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(wal.directory())) {
      for (Path file : files) {
        wal.number(file)
            .ifPresent(
                n -> there.computeIfAbsent(n, _ -> new TreeSet<>()).add(WalDirectory.lineOf(file)));
      }
    }
    return there;
  }
}
