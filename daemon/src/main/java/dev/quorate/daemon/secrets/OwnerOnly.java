package dev.quorate.daemon.secrets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Directories and files that only their owner may read, written so that a crash leaves the old or
/// the new content.
public final class OwnerOnly {
  /// What a secret's file may be for, at most.
  static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");

  private OwnerOnly() {}

  /// Makes the directory with mode 0700 if it does not exist.
  public static void directory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /// Replaces the file; its mode is 0600.
  public static void write(Path file, byte[] content) throws IOException {
    write(file, content, "rw-------");
  }

  /// Replaces the file.
  public static void write(Path file, byte[] content, String mode) throws IOException {
    prepare(file, content, mode).commit();
  }

  /// Writes the new content to disk, beside the file.
  public static Prepared prepare(Path file, byte[] content, String mode) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)))) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    return new Prepared(file, fresh);
  }

  /// New content that waits beside its file.
  public static final class Prepared {
    private final Path file;
    private final Path fresh;

    private Prepared(Path file, Path fresh) {
      this.file = file;
      this.fresh = fresh;
    }

    /// Puts it in the place of the old.
    public void commit() throws IOException {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Path parent = file.getParent();
      if (parent != null) {
        try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }

    /// Throws it away.
    public void discard() throws IOException {
      Files.deleteIfExists(fresh);
    }
  }
}
