package dev.quorate.consensus.ratis;

import dev.quorate.consensus.LogPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32;

/// Remembers, in the group's directory, how far this log has come: what was applied here was on
/// this disk before. A log that ends earlier when it is opened has lost something that was
/// acknowledged, which its files alone do not show if their last part is missing.
///
/// It is written without waiting for the disk: after a crash of the process it is at most as old as
/// the last look, after a loss of power as old as what the kernel had not written yet. It may be
/// behind, never ahead: so the term is that of the entry and not the newest, since Ratis goes by a
/// new term before it has written it down.
final class ReachedMark implements AutoCloseable {
  private static final String NAME = "reached";
  private static final int BYTES = 24;

  /// How far.
  ///
  /// @param term of the last entry that was applied; -1 if none was
  /// @param index of that entry; -1 if none was applied
  record Reached(long term, long index) {}

  private final FileChannel channel;
  private Reached last = new Reached(-1, -1);

  private ReachedMark(FileChannel channel) {
    this.channel = channel;
  }

  static ReachedMark open(Path group) throws IOException {
    return new ReachedMark(
        FileChannel.open(group.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  static Path file(Path group) {
    return group.resolve(NAME);
  }

  /// What was remembered; empty if nothing was, or a write of it was cut short.
  static Optional<Reached> read(Path group) throws IOException {
    Path file = file(group);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    if (bytes.remaining() != BYTES) {
      return Optional.empty();
    }
    Reached reached = new Reached(bytes.getLong(), bytes.getLong());
    return bytes.getLong() == checksum(reached) ? Optional.of(reached) : Optional.empty();
  }

  void write(LogPosition applied) throws IOException {
    Reached reached =
        applied.equals(LogPosition.NONE)
            ? new Reached(-1, -1)
            : new Reached(applied.term(), applied.index());
    if (reached.equals(last)) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(reached.term()).putLong(reached.index()).putLong(checksum(reached)).flip();
    channel.write(bytes, 0);
    last = reached;
  }

  private static long checksum(Reached reached) {
    CRC32 sum = new CRC32();
    sum.update(ByteBuffer.allocate(16).putLong(reached.term()).putLong(reached.index()).flip());
    return sum.getValue();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
