package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.LogLostException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;

/// Remembers, beside the log's directory, that a log was begun in it.
///
/// A log that was begun is recovered, never formatted again: a voter that forgot what it
/// acknowledged could help to elect a leader without it. So a missing log stops the node, unless
/// the marker is gone with it, as when the node's whole state was removed on purpose.
record LogMarker(Path directory, Path file, Path metadata) {
  static LogMarker of(ConsensusConfig config) {
    Path directory = config.directory().toAbsolutePath();
    Path group = RatisSettings.groupDirectory(directory, config.cluster(), config.epoch());
    return new LogMarker(
        directory, fileOf(directory, group), group.resolve("current").resolve("raft-meta"));
  }

  /// Where it is remembered that the log of a group was begun.
  static Path fileOf(Path directory, Path group) {
    return directory.resolveSibling(
        "%s.%s.begun".formatted(directory.getFileName(), group.getFileName()));
  }

  /// How to open the log.
  ///
  /// @throws LogLostException if there was one, and is none
  StartupOption startupOption() {
    if (Files.exists(metadata)) {
      return StartupOption.RECOVER;
    }
    if (Files.notExists(file)) {
      return StartupOption.FORMAT;
    }
    throw new LogLostException(
        ("the log of this node in %s is gone or cannot be read (there is no %s), and without it"
                + " the node must not vote: put the directory back as it was; if it is lost, remove"
                + " all of %s while every other node takes part, and join again with a new token")
            .formatted(directory, metadata, directory.getParent()));
  }

  /// Remembers that the log was begun; durable when it returns.
  void write() throws IOException {
    if (Files.exists(file)) {
      return;
    }
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer text = StandardCharsets.UTF_8.encode("A log was begun in " + directory + ".\n");
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel parent = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }
}
