package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.ConsensusException;
import dev.quorate.consensus.LogDamagedException;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.core.CommandApplier;
import dev.quorate.consensus.core.CommandEnvelope;
import dev.quorate.consensus.core.SnapshotFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.util.SizeInBytes;

/// A *stopped* node's log on disk, or that of one that has fallen silent: what it amounts to, and
/// how a new epoch is founded on it.
///
/// Founding is a copy that is made beside its place and put there in one step: until then the old
/// log counts, and an interrupted founding is begun again; from then on the new one does. The old
/// log is only read.
public final class ClosedLog {
  private static final String BESIDE = ".new";

  private final Path directory;
  private final String cluster;
  private final long epoch;

  /// The log of an epoch of a cluster in its directory
  /// ([dev.quorate.consensus.ConsensusConfig#directory()]).
  public ClosedLog(Path directory, String cluster, long epoch) {
    this.directory = directory.toAbsolutePath();
    this.cluster = cluster;
    this.epoch = epoch;
  }

  /// Whether a log is there.
  public boolean exists() {
    return Files.exists(metadata(group()));
  }

  /// Whether a log was begun there once, be it still there or not.
  public boolean begun() {
    return exists() || Files.exists(LogMarker.fileOf(directory, group()));
  }

  /// Removes the log, and then that it was ever begun. Only for a copy that never voted for
  /// anything on its own.
  public void forget() {
    try {
      discard(group());
      Files.deleteIfExists(LogMarker.fileOf(directory, group()));
      force(directory.resolveSibling("."));
    } catch (IOException e) {
      throw new ConsensusException(
          "cannot remove the log in %s: %s".formatted(directory, e.getMessage()), e);
    }
  }

  /// Where its files are.
  public Path group() {
    return RatisSettings.groupDirectory(directory, cluster, epoch);
  }

  private static Path metadata(Path group) {
    return group.resolve("current").resolve("raft-meta");
  }

  /// Lets a state machine, which is in its initial state, apply what this node knew to be
  /// committed.
  ///
  /// @throws ConsensusException if there is no log, or it is damaged
  public void replay(ReplicatedStateMachine machine) {
    var _ = apply(machine, LogTail.read(directory, cluster, epoch), false);
  }

  /// Founds a later epoch in another directory: a log that holds everything that is in this one,
  /// committed or not, with the answers that were given. Does nothing if it was begun already, also
  /// if it is lost since: it would come back without what was decided in it.
  ///
  /// @param next the later epoch, and where its log will be
  /// @param scratch a state machine in its initial state, used up by this
  /// @throws LogDamagedException if this log cannot be read, or the new one not be written; the new
  ///   one is not there then
  public void refound(ConsensusConfig next, ReplicatedStateMachine scratch) {
    if (!of(next).begun()) {
      prepare(next, scratch);
      of(next).putInPlace();
    }
  }

  /// Makes the copy for [#refound] beside its place, where nothing opens it; with what it takes,
  /// there is room for going on.
  public void prepare(ConsensusConfig next, ReplicatedStateMachine scratch) {
    if (next.epoch() <= epoch) {
      throw new IllegalArgumentException("epoch " + next.epoch() + " is not after " + epoch);
    }
    ClosedLog founded = of(next);
    try {
      founded.discardPrepared();
      LogTail tail = LogTail.read(directory, cluster, epoch);
      Path group = RatisSettings.groupDirectory(founded.beside(), cluster, next.epoch());
      write(group, next.epoch(), tail, scratch);
      new FreeSpace(directory, next.bounds().minFreeBytes()).require();
    } catch (IOException | ConsensusException e) {
      throw new LogDamagedException(
          "cannot found epoch %d in %s on the log in %s: %s"
              .formatted(next.epoch(), founded.directory, directory, e.getMessage()),
          e);
    }
  }

  /// Puts what was prepared in this log's place.
  public void putInPlace() {
    try {
      discard(directory);
      Files.move(beside(), directory, StandardCopyOption.ATOMIC_MOVE);
      force(directory.resolveSibling("."));
    } catch (IOException e) {
      throw new LogDamagedException(
          "cannot put %s in its place %s: %s".formatted(beside(), directory, e.getMessage()), e);
    }
  }

  /// Removes what was prepared, if anything was.
  public void discardPrepared() throws IOException {
    discard(beside());
  }

  private static ClosedLog of(ConsensusConfig config) {
    return new ClosedLog(config.directory(), config.cluster(), config.epoch());
  }

  private Path beside() {
    return directory.resolveSibling(directory.getFileName() + BESIDE);
  }

  private void write(Path group, long nextEpoch, LogTail tail, ReplicatedStateMachine scratch)
      throws IOException {
    Files.createDirectories(group);
    CommandApplier applier = apply(scratch, tail, true);
    TermIndex last =
        tail.last()
            .filter(t -> t.getIndex() > applier.applied().index())
            .orElse(TermIndex.valueOf(applier.applied().term(), applier.applied().index()));
    RaftStorage storage = formatted(group);
    try {
      long term = Math.max(last.getTerm(), votedIn());
      storage.getMetadataFile().persist(RaftStorageMetadata.valueOf(term, null));
      if (!applier.applied().equals(LogPosition.NONE)) {
        SnapshotFormat whole = SnapshotFormat.decode(applier.snapshot());
        LogPosition end = new LogPosition(nextEpoch, last.getTerm(), last.getIndex());
        SnapshotStore snapshots = new SnapshotStore();
        snapshots.init(storage);
        snapshots.write(end, SnapshotFormat.encode(end, whole.ledger(), whole.state()));
      }
    } finally {
      storage.close();
    }
    forceTree(group);
  }

  /// The newest term that this node took part in: a later one must not reuse it, since intents are
  /// named by their terms.
  private long votedIn() throws IOException {
    Properties known = new Properties();
    try (InputStream in = Files.newInputStream(metadata(group()))) {
      known.load(in);
    }
    String term = known.getProperty("term", "");
    if (!term.matches("[0-9]{1,18}")) {
      throw new IOException(metadata(group()) + " names no term");
    }
    return Long.parseLong(term);
  }

  private static RaftStorage formatted(Path group) throws IOException {
    RaftStorage storage =
        RaftStorage.newBuilder()
            .setDirectory(group.toFile())
            .setOption(StartupOption.FORMAT)
            .setStorageFreeSpaceMin(SizeInBytes.ZERO)
            .setLogCorruptionPolicy(CorruptionPolicy.EXCEPTION)
            .build();
    storage.initialize();
    return storage;
  }

  private static CommandApplier apply(ReplicatedStateMachine machine, LogTail tail, boolean whole) {
    CommandApplier applier = new CommandApplier(machine);
    Optional<Path> snapshot = tail.snapshot();
    try {
      if (snapshot.isPresent()) {
        applier.restore(Files.readAllBytes(snapshot.get()));
      }
    } catch (IOException e) {
      throw new LogDamagedException("cannot read " + snapshot.get() + ": " + e.getMessage(), e);
    }
    for (LogTail.Entry entry : tail.entries()) {
      if (whole || entry.knownCommitted()) {
        var _ =
            applier.apply(
                entry.position(),
                ByteBuffer.wrap(CommandEnvelope.seal(entry.id(), entry.command())));
      }
    }
    return applier;
  }

  static void discard(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> tree = Files.walk(directory)) {
      deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }

  private static void forceTree(Path root) throws IOException {
    List<Path> all;
    try (Stream<Path> tree = Files.walk(root)) {
      all = tree.toList();
    }
    for (Path path : all) {
      force(path);
    }
  }

  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
