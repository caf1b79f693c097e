package dev.quorate.consensus.ratis;

import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.core.SnapshotFormat;
import dev.quorate.consensus.core.UnknownFormatException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Snapshot files: written beside, forced to the disk, renamed; a damaged one is set aside at the
/// start, and the one before it used.
final class SnapshotStore extends SimpleStateMachineStorage {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotStore.class);

  @Override
  public void init(RaftStorage storage) throws IOException {
    setDamagedAside(storage.getStorageDir().getStateMachineDir().toPath());
    super.init(storage);
  }

  private static void setDamagedAside(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> newestFirst;
    try (Stream<Path> files = Files.list(directory)) {
      newestFirst =
          files
              .filter(file -> SNAPSHOT_REGEX.matcher(name(file)).matches())
              .sorted(Comparator.comparingLong(SnapshotStore::index).reversed())
              .toList();
    }
    for (Path file : newestFirst) {
      try {
        SnapshotFormat.decode(Files.readAllBytes(file));
        renewDigest(file);
      } catch (UnknownFormatException e) {
        LOG.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("reason", e.getMessage())
            .log("damaged snapshot set aside");
        Files.move(
            file,
            file.resolveSibling(name(file) + ".damaged"),
            StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(file.resolveSibling(name(file) + MD5FileUtil.MD5_SUFFIX));
      }
    }
  }

  /// Ratis refuses a snapshot whose digest beside it is spoilt; the snapshot itself holds its own.
  private static void renewDigest(Path file) throws IOException {
    Path digest = file.resolveSibling(name(file) + MD5FileUtil.MD5_SUFFIX);
    boolean good;
    try {
      good =
          Files.exists(digest)
              && MD5FileUtil.computeMd5ForFile(file.toFile())
                  .equals(MD5FileUtil.readStoredMd5ForFile(file.toFile()));
    } catch (IOException | RuntimeException _) {
      good = false;
    }
    if (!good) {
      MD5FileUtil.computeAndSaveMd5ForFile(file.toFile());
      LOG.atWarn().addKeyValue("file", digest).log("damaged digest of a snapshot written anew");
    }
  }

  /// Whether a snapshot file can be used.
  static boolean whole(Path file) throws IOException {
    try {
      SnapshotFormat.decode(Files.readAllBytes(file));
      return true;
    } catch (UnknownFormatException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("reason", e.getMessage())
          .log("damaged snapshot passed over");
      return false;
    }
  }

  private static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  private static long index(Path file) {
    return getTermIndexFromSnapshotFile(file.toFile()).getIndex();
  }

  /// The newest snapshot's bytes, null if there is none.
  byte @Nullable [] readLatest() throws IOException {
    SingleFileSnapshotInfo latest = loadLatestSnapshot();
    return latest == null ? null : Files.readAllBytes(latest.getFile().getPath());
  }

  void write(LogPosition position, byte[] bytes) throws IOException {
    File target = getSnapshotFile(position.term(), position.index());
    Path directory = target.toPath().toAbsolutePath().getParent();
    Path beside = getTmpSnapshotFile(position.term(), position.index()).toPath();
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(
        beside,
        target.toPath(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(target);
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
    updateLatestSnapshot(
        new SingleFileSnapshotInfo(
            new FileInfo(target.toPath(), digest), position.term(), position.index()));
  }
}
