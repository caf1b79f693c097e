package dev.quorate.consensus.ratis;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;

/// Reads a log's files before they are opened: Ratis takes an end that is missing for one that was
/// never written, and a segment that is shorter than its name says for one that is only short.
///
/// Every complaint names the file.
final class LogCheck {
  private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-(\\d+))?");

  private static final Pattern ADDRESS = Pattern.compile("[\\x21-\\x7e]+:\\d{1,5}");

  private final Path group;
  private final long from;
  private final Consumer<LogEntryProto> entries;
  private long next = -1;
  private long lastTerm = -1;
  private Optional<TornEnd> torn = Optional.empty();

  /// @param from closed segments that end before this entry are not looked at
  /// @param entries takes every entry of the others
  private LogCheck(Path group, long from, Consumer<LogEntryProto> entries) {
    this.group = group;
    this.from = from;
    this.entries = entries;
  }

  /// Cuts off what a crash left of an entry that was being written.
  ///
  /// @throws IOException if the log does not hold everything that it held
  static void require(Path group) throws IOException {
    // Ratis writes it before anything else; without it a log is lost or was never begun.
    if (Files.exists(LogMarker.metadata(group))) {
      LogCheck check = new LogCheck(group, 0, _ -> {});
      check.check(newestSnapshot(group).map(LogCheck::indexOf).orElse(-1L));
      check.requireMembers();
      if (check.torn.isPresent()) {
        check.torn.get().cut();
      }
    }
  }

  /// What a log holds beyond a whole snapshot of it, held against the same rules; changes nothing.
  /// What only the snapshot's own entries are in may be spoilt.
  ///
  /// @param snapshot the last entry of it; -1 without one
  /// @return also what the first segment holds from before
  /// @throws IOException if the log does not hold everything that it held
  static List<LogEntryProto> entries(Path group, long snapshot) throws IOException {
    List<LogEntryProto> entries = new ArrayList<>();
    new LogCheck(group, snapshot + 1, entries::add).check(snapshot);
    return entries;
  }

  private void check(long snapshot) throws IOException {
    Path begin = segments(snapshot);
    Optional<ReachedMark.Reached> reached = ReachedMark.read(group);
    long end = Math.max(snapshot, next - 1);
    if (reached.isPresent() && reached.get().index() > end) {
      throw new IOException(
          "%s ends at entry %d, but entries up to %d were applied here (%s)"
              .formatted(begin, end, reached.get().index(), ReachedMark.file(group)));
    }
    requireTerm(reached.map(ReachedMark.Reached::term).orElse(-1L));
  }

  /// The last file that was looked at, or the directory.
  private Path segments(long snapshot) throws IOException {
    Path directory = group.resolve("current");
    Path last = directory;
    for (LogSegmentPath segment : segmentsOf(directory)) {
      Matcher name = SEGMENT.matcher(String.valueOf(segment.getPath().getFileName()));
      if (!name.matches() || (name.group(2) != null && Long.parseLong(name.group(2)) < from)) {
        continue;
      }
      long first = Long.parseLong(name.group(1));
      if (next < 0 && first > snapshot + 1) {
        throw new IOException(
            "%s begins at entry %d, and the last snapshot that can be used ends at %d (%s)"
                .formatted(segment.getPath(), first, snapshot, group.resolve("sm")));
      }
      if (next >= 0 && first != next) {
        throw new IOException(
            "%s begins at entry %d, and %s ends at %d"
                .formatted(segment.getPath(), first, last, next - 1));
      }
      long entries = read(segment);
      next = first + entries;
      last = segment.getPath();
      if (name.group(2) != null && next - 1 != Long.parseLong(name.group(2))) {
        throw new IOException(last + " ends at entry " + (next - 1) + ", its name says otherwise");
      }
    }
    return last;
  }

  private static List<LogSegmentPath> segmentsOf(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .flatMap(file -> Optional.ofNullable(LogSegmentPath.matchLogSegment(file)).stream())
          .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
          .toList();
    }
  }

  private long read(LogSegmentPath segment) throws IOException {
    AtomicLong read = new AtomicLong();
    try {
      return LogSegment.readSegmentFile(
          segment.getPath().toFile(),
          segment.getStartEnd(),
          RatisSettings.SEGMENT_SIZE,
          CorruptionPolicy.EXCEPTION,
          null,
          entry -> {
            lastTerm = Math.max(lastTerm, entry.getTerm());
            entries.accept(entry);
            read.incrementAndGet();
          });
    } catch (ChecksumException e) {
      if (!TornEnd.is(group, segment.getPath(), read.get(), e)) {
        throw unreadable(segment.getPath(), e);
      }
      torn = Optional.of(new TornEnd(segment.getPath(), e.getPos()));
      return read.get();
    } catch (IOException | RuntimeException e) {
      throw unreadable(segment.getPath(), e);
    }
  }

  /// The newest snapshot that is whole.
  static Optional<Path> newestSnapshot(Path group) throws IOException {
    Path directory = group.resolve("sm");
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    List<Path> newestFirst;
    try (Stream<Path> files = Files.list(directory)) {
      newestFirst =
          files
              .filter(LogCheck::isSnapshot)
              .sorted(Comparator.comparingLong(LogCheck::indexOf).reversed())
              .toList();
    }
    for (Path file : newestFirst) {
      if (SnapshotStore.whole(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static boolean isSnapshot(Path file) {
    String name = String.valueOf(file.getFileName());
    return SimpleStateMachineStorage.SNAPSHOT_REGEX.matcher(name).matches();
  }

  static long indexOf(Path snapshot) {
    return SimpleStateMachineStorage.getTermIndexFromSnapshotFile(snapshot.toFile()).getIndex();
  }

  /// A vote that was given must not be forgotten.
  private void requireTerm(long seen) throws IOException {
    Path file = LogMarker.metadata(group);
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
      long term = Long.parseLong(properties.getProperty("term", "nothing"));
      if (term < Math.max(seen, lastTerm)) {
        throw new IOException(
            "%s says term %d, and term %d was seen here"
                .formatted(file, term, Math.max(seen, lastTerm)));
      }
      if (!properties.containsKey("votedFor")) {
        throw new IOException(file + " does not say for whom this node voted");
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw unreadable(file, e);
    }
  }

  /// Who was a member when the last snapshot was taken.
  private void requireMembers() throws IOException {
    Path file = group.resolve("current").resolve("raft-meta.conf");
    if (Files.notExists(file)) {
      return;
    }
    try {
      LogEntryProto entry = LogEntryProto.parseFrom(Files.readAllBytes(file));
      for (RaftPeerProto peer : entry.getConfigurationEntry().getPeersList()) {
        if (!ADDRESS.matcher(peer.getAddress()).matches() || peer.getId().isEmpty()) {
          throw new IOException(file + " names a member at '" + peer.getAddress() + "'");
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw unreadable(file, e);
    }
  }

  /// Without the cause, since only the innermost text is shown.
  private static IOException unreadable(Path file, Exception e) {
    return new IOException(file + " cannot be read: " + e.getMessage());
  }
}
