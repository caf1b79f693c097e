package dev.quorate.consensus.ratis;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.LogDamagedException;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.core.CommandEnvelope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.protocol.TermIndex;

/// What a *stopped* node's log holds beyond its last snapshot, committed and not, read from its
/// files without changing them.
///
/// This is what a survivor takes with it when a log has to be founded anew (DESIGN §10.13): an
/// entry that was acknowledged to somebody is in the log of every majority, so it may be in this
/// one without this node ever having learnt that it was committed.
public final class LogTail {
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
      Optional<Path> snapshot, long knownCommitted, Optional<TermIndex> last, List<Entry> entries) {
    this.snapshot = snapshot;
    this.snapshotIndex = snapshot.map(LogCheck::indexOf).orElse(-1L);
    this.knownCommitted = knownCommitted;
    this.last = last;
    this.entries = entries;
  }

  /// Reads a stopped node's log.
  ///
  /// @param directory the log's directory ([dev.quorate.consensus.ConsensusConfig#directory()])
  /// @throws LogDamagedException if there is no log of that cluster and epoch, or [LogCheck] finds
  ///   that something is missing which a log that is opened would need
  public static LogTail read(Path directory, String cluster, long epoch) {
    Path group = RatisSettings.groupDirectory(directory, cluster, epoch);
    try {
      Optional<Path> snapshot = LogCheck.newestSnapshot(group);
      long snapshotIndex = snapshot.map(LogCheck::indexOf).orElse(-1L);
      List<LogEntryProto> raw = LogCheck.entries(group, snapshotIndex);
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
      return new LogTail(snapshot, committed, last, List.copyOf(entries));
    } catch (IOException e) {
      throw new LogDamagedException("cannot read the log in " + group + ": " + e.getMessage(), e);
    }
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
