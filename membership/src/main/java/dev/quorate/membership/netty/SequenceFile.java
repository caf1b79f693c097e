package dev.quorate.membership.netty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Keeps the ring sequence on disk.
///
/// A disk that PostgreSQL's checkpoint keeps busy may take seconds to confirm a write, which a ring
/// that forms does not have. So the file holds a bound well above what is in use: most sequences
/// are covered by it, and a restarted daemon goes on from the bound.
final class SequenceFile {
  private static final long STRIDE = 4096;

  private final Path path;
  private final long start;
  private long bound;

  private SequenceFile(Path path, long start) {
    this.path = path;
    this.start = start;
    this.bound = start;
  }

  /// Reads the file, which may be absent, and reserves sequences to come.
  static SequenceFile open(Path path) throws IOException {
    var start = 0L;
    if (Files.exists(path)) {
      var text = Files.readString(path, StandardCharsets.US_ASCII).strip();
      try {
        start = Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new IOException(
            path
                + " does not hold a ring sequence; restore it, or remove it while all other nodes"
                + " are running",
            e);
      }
    }
    var file = new SequenceFile(path, start);
    file.persist(start + 1);
    return file;
  }

  /// Above everything that was used before.
  long start() {
    return start;
  }

  /// Returns when the sequence is covered by what is on disk.
  void persist(long sequence) throws IOException {
    if (sequence <= bound) {
      return;
    }
    var next = sequence + STRIDE;
    var temporary = path.resolveSibling(path.getFileName() + ".new");
    try (var channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      var text = ByteBuffer.wrap((next + "\n").getBytes(StandardCharsets.US_ASCII));
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    Files.move(
        temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (var directory =
        FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
    bound = next;
  }
}
