package dev.quorate.daemon;

import dev.quorate.daemon.secrets.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// What this node was about to execute, on disk before it is executed.
///
/// What began and did not end in an earlier run of the daemon is unknown: the new run joins anew,
/// and the cluster probes.
final class OperationJournal implements AutoCloseable {
  private static final long LARGEST = 4 << 20;

  private final Path file;
  private FileChannel channel;

  /// Opens the journal in the directory.
  OperationJournal(Path directory) throws IOException {
    OwnerOnly.directory(directory);
    file = directory.resolve("operations");
    channel = open(file);
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  /// Returns when the line is on disk.
  synchronized void begun(String intent, long term, String action) {
    write("begun " + intent + " " + term + " " + action + "\n", true);
  }

  /// The end need not survive a crash.
  synchronized void ended(String intent, String result) {
    write("ended " + intent + " " + result + "\n", false);
  }

  private void write(String line, boolean force) {
    try {
      if (!channel.isOpen()) {
        channel = open(file);
      }
      if (channel.size() > LARGEST) {
        channel.close();
        Files.move(
            file, file.resolveSibling("operations.old"), StandardCopyOption.REPLACE_EXISTING);
        channel = open(file);
      }
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (force) {
        channel.force(false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
  }
}
