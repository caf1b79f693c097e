package dev.quorate.daemon;

import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.secrets.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;

/// The directory of what a node must not forget. It belongs to one daemon at a time, to nobody but
/// the daemon's user, and is never read by a version that is older than the one that wrote it.
final class StateDirectory implements AutoCloseable {
  /// What this version writes, and the newest that it reads.
  static final int FORMAT = 1;

  /// A log cannot be opened with less.
  private static final long LEAST_FREE = 4L << 20;

  private final FileChannel lock;

  private StateDirectory(FileChannel lock) {
    this.lock = lock;
  }

  /// Makes sure that it can be used, and that no other daemon does until this is closed.
  ///
  /// @throws StartFailure naming what is in the way, and what to do
  static StateDirectory claim(DaemonConfig config) throws IOException {
    Path directory = config.stateDirectory();
    requireOwnerOnly(directory);
    long free = Files.getFileStore(directory).getUsableSpace();
    if (free < LEAST_FREE) {
      throw new StartFailure(
          StartFailure.UNAVAILABLE,
          "the disk of %s is full (%d KB are free, and %d are needed): free space there"
              .formatted(directory, free >> 10, LEAST_FREE >> 10));
    }
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(channel)) {
      channel.close();
      throw new StartFailure(
          StartFailure.UNAVAILABLE,
          "%s is in use by another quorated: end that one, or set 'state.directory' in %s"
              .formatted(directory, config.file()));
    }
    try {
      requireKnownFormat(directory);
    } catch (IOException | StartFailure e) {
      channel.close();
      throw e;
    }
    return new StateDirectory(channel);
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false; // by this process
    }
  }

  private static void requireOwnerOnly(Path directory) throws IOException {
    String user = System.getProperty("user.name");
    String owner = Files.getOwner(directory).getName();
    Set<PosixFilePermission> granted = new TreeSet<>(Files.getPosixFilePermissions(directory));
    granted.removeAll(PosixFilePermissions.fromString("rwx------"));
    if (!owner.equals(user) || !granted.isEmpty()) {
      throw new StartFailure(
          StartFailure.CONFIG,
          "%s belongs to %s and has the mode %s: 'chown %s %s' and 'chmod 700 %s', after a look at who wrote into it"
              .formatted(
                  directory,
                  owner,
                  PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)),
                  user,
                  directory,
                  directory));
    }
  }

  private static void requireKnownFormat(Path directory) throws IOException {
    Path file = directory.resolve("format");
    if (!Files.exists(file)) {
      OwnerOnly.write(file, (FORMAT + "\n").getBytes(StandardCharsets.US_ASCII));
      return;
    }
    String text = Files.readString(file).strip();
    if (!text.matches("\\d{1,9}")) {
      throw new StartFailure(
          StartFailure.CONFIG,
          "%s says '%s' and not which format %s has: %d is that of this version"
              .formatted(file, text, directory, FORMAT));
    }
    if (Integer.parseInt(text) > FORMAT) {
      throw new StartFailure(
          StartFailure.CONFIG,
          "%s was written by a newer version (format %s, this one knows up to %d): install that version again"
              .formatted(directory, text, FORMAT));
    }
  }

  /// Lets another daemon use it.
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
