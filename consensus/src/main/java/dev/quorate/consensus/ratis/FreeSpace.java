package dev.quorate.consensus.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Watches the room on the file system of a log. A write that fails breaks Ratis' files: its
/// metadata is left empty, and the log cannot be opened again. So the log stops before.
///
/// A part of the room is held by a reserve, which is given back when the log stops, so that it can
/// close.
final class FreeSpace {
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final int RESERVE = 8 << 20;
  private static final int PIECE = 1 << 20;

  private final Path directory;
  private final Path reserve;
  private final long bound;
  private Instant next = Instant.MIN;

  /// Kept, since it is found by reading the table of mounts; it asks by its path each time.
  private Optional<FileStore> store = Optional.empty();

  FreeSpace(Path directory, long bound) {
    this.directory = directory;
    this.reserve = directory.resolveSibling(directory.getFileName() + ".reserve");
    this.bound = bound;
  }

  /// Looks before the log is opened, and holds the reserve.
  ///
  /// @throws IOException if there is not enough room
  void require() throws IOException {
    if (bound == 0) {
      return;
    }
    Files.createDirectories(directory);
    if (Files.notExists(reserve) && room() > bound + RESERVE) {
      hold();
    }
    long free = room();
    if (free < bound) {
      throw new IOException(complaint(free));
    }
  }

  private long room() throws IOException {
    if (store.isEmpty()) {
      store = Optional.of(Files.getFileStore(directory));
    }
    return store.get().getUsableSpace();
  }

  private void hold() throws IOException {
    try (FileChannel channel =
        FileChannel.open(reserve, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocate(PIECE);
      for (int written = 0; written < RESERVE; written += channel.write(zeros.rewind())) {
        if (Thread.interrupted()) {
          throw new IOException("interrupted");
        }
      }
    }
  }

  /// Takes a look if it is time; what is wrong, or empty.
  Optional<String> look(Instant now) throws IOException {
    if (bound == 0 || now.isBefore(next)) {
      return Optional.empty();
    }
    next = now.plus(LOOK_EVERY);
    long free = room();
    if (free >= bound) {
      return Optional.empty();
    }
    String complaint = complaint(free);
    Files.deleteIfExists(reserve);
    return Optional.of(complaint);
  }

  private String complaint(long free) {
    return "%d MiB are free on the file system of %s, and %d are needed: make room, then restart quorated; nothing has to be rebuilt"
        .formatted(free >> 20, directory, bound >> 20);
  }
}
