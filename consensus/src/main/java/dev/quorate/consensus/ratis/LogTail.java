package dev.quorate.consensus.ratis;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.core.CommandEnvelope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.jspecify.annotations.Nullable;

/// What a *stopped* node's log holds beyond its last snapshot, committed and not, read from its
/// files without changing them.
///
/// This is what a survivor takes with it when a log has to be founded anew (DESIGN §10.13): an
/// entry that was acknowledged to somebody is in the log of every majority, so it may be in this
/// one without this node ever having learnt that it was committed.
public final class LogTail {
  private final long epoch;
  private final Optional<Path> snapshot;
  private final long snapshotIndex;
  private final long knownCommitted;
  private final Optional<TermIndex> last;
  private final List<Entry> entries;

  /// One command.
  public static final class Entry {
    private final LogPosition position;
    private final CommandEnvelope envelope;
    private final boolean knownCommitted;

    private Entry(LogPosition position, CommandEnvelope envelope, boolean knownCommitted) {
      this.position = position;
      this.envelope = envelope;
      this.knownCommitted = knownCommitted;
    }

    /// Where it stands.
    public LogPosition position() {
      return position;
    }

    /// Whose command it is.
    public CommandId id() {
      return envelope.id();
    }

    /// The command itself.
    public byte[] command() {
      return envelope.command();
    }

    /// Whether this node knew it to be committed. If not, it may be all the same.
    public boolean knownCommitted() {
      return knownCommitted;
    }
  }

  private LogTail(
      long epoch,
      Optional<Path> snapshot,
      long knownCommitted,
      Optional<TermIndex> last,
      List<Entry> entries) {
    this.epoch = epoch;
    this.snapshot = snapshot;
    this.snapshotIndex = snapshot.map(LogTail::indexOf).orElse(-1L);
    this.knownCommitted = knownCommitted;
    this.last = last;
    this.entries = entries;
  }

  /// Reads a stopped node's log.
  ///
  /// @param directory the log's directory ([dev.quorate.consensus.ConsensusConfig#directory()])
  /// @throws ConsensusException if there is no log of that cluster and epoch, a segment is damaged
  ///   before its end, or entries are missing between snapshot and tail
  public static LogTail read(Path directory, String cluster, long epoch) {
    Path group = RatisSettings.groupDirectory(directory, cluster, epoch);
    try {
      Optional<Path> snapshot = lastSnapshot(group.resolve("sm"));
      long snapshotIndex = snapshot.map(LogTail::indexOf).orElse(-1L);
      List<LogEntryProto> raw = rawEntries(group);
      if (!raw.isEmpty() && raw.getFirst().getIndex() > snapshotIndex + 1) {
        throw new ConsensusException(
            "the log in %s begins at entry %d, its snapshot ends at %d"
                .formatted(group, raw.getFirst().getIndex(), snapshotIndex));
      }
      long committed = snapshotIndex;
      for (LogEntryProto entry : raw) {
        if (entry.hasMetadataEntry()) {
          committed = Math.max(committed, entry.getMetadataEntry().getCommitIndex());
        }
      }
      List<Entry> entries = new ArrayList<>();
      for (LogEntryProto entry : raw) {
        if (entry.hasStateMachineLogEntry() && entry.getIndex() > snapshotIndex) {
          entries.add(
              new Entry(
                  new LogPosition(epoch, entry.getTerm(), entry.getIndex()),
                  CommandEnvelope.open(
                      entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer()),
                  entry.getIndex() <= committed));
        }
      }
      Optional<TermIndex> last =
          raw.isEmpty() ? Optional.empty() : Optional.of(TermIndex.valueOf(raw.getLast()));
      return new LogTail(epoch, snapshot, committed, last, List.copyOf(entries));
    } catch (IOException e) {
      throw new ConsensusException("cannot read the log in " + group + ": " + e.getMessage(), e);
    }
  }

  /// The newest snapshot that is whole.
  private static Optional<Path> lastSnapshot(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    List<Path> newestFirst;
    try (Stream<Path> files = Files.list(directory)) {
      newestFirst =
          files
              .filter(f -> SimpleStateMachineStorage.SNAPSHOT_REGEX.matcher(name(f)).matches())
              .sorted(Comparator.comparingLong(LogTail::indexOf).reversed())
              .toList();
    }
    for (Path file : newestFirst) {
      if (SnapshotStore.whole(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static long indexOf(Path file) {
    return SimpleStateMachineStorage.getTermIndexFromSnapshotFile(file.toFile()).getIndex();
  }

  /// All entries of all segments, the open one last, in order of their index.
  private static List<LogEntryProto> rawEntries(Path group) throws IOException {
    List<LogSegmentPath> segments;
    try (Stream<Path> files = Files.list(group.resolve("current"))) {
      segments =
          files
              .map(LogTail::segment)
              .flatMap(Optional::stream)
              .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
              .toList();
    }
    List<LogEntryProto> entries = new ArrayList<>();
    for (LogSegmentPath segment : segments) {
      int before = entries.size();
      try {
        LogSegment.readSegmentFile(
            segment.getPath().toFile(),
            segment.getStartEnd(),
            RatisSettings.SEGMENT_SIZE,
            CorruptionPolicy.EXCEPTION,
            null,
            entries::add);
      } catch (ChecksumException e) {
        if (!TornEnd.is(group, segment.getPath(), entries.size() - before, e)) {
          throw e;
        }
      }
    }
    return entries;
  }

  private static Optional<LogSegmentPath> segment(Path file) {
    return Optional.ofNullable(LogSegmentPath.matchLogSegment(file));
  }

  private static String name(Path file) {
    @Nullable Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  /// The epoch that was read.
  public long epoch() {
    return epoch;
  }

  /// The newest snapshot that is whole.
  Optional<Path> snapshot() {
    return snapshot;
  }

  /// The last entry of any kind, if there is one beyond the snapshot or kept from before it.
  Optional<TermIndex> last() {
    return last;
  }

  /// The last index in the snapshot; -1 without one.
  public long snapshotIndex() {
    return snapshotIndex;
  }

  /// The last index that this node knew to be committed.
  public long knownCommitted() {
    return knownCommitted;
  }

  /// The commands after the snapshot, in order.
  public List<Entry> entries() {
    return entries;
  }
}
