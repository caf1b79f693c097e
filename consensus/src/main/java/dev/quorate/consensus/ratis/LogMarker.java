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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;

/// Remembers, beside the log's directory, that a log was begun in it, and as whose.
///
/// A log that was begun is recovered, never formatted again: a voter that forgot what it
/// acknowledged could help to elect a leader without it. So a missing log stops the node, unless
/// the marker is gone with it, as when the node's whole state was removed on purpose.
record LogMarker(Path directory, Path file, Path group) {
  private static final Pattern SECOND_LINE =
      Pattern.compile("incarnation ([1-9]\\d{0,8}), (founder|newcomer), (awaited|begun)");

  /// As whom a node keeps its log.
  ///
  /// @param incarnation which log of this node's it is, from 1
  /// @param newcomer whether it was, or is to be, taken in by a leader
  /// @param begun whether the log is there; if not, it is still to be begun
  record Mark(int incarnation, boolean newcomer, boolean begun) {}

  static LogMarker of(ConsensusConfig config) {
    return of(config.directory(), config.cluster(), config.epoch());
  }

  static LogMarker of(Path place, String cluster, long epoch) {
    Path directory = place.toAbsolutePath();
    Path group = RatisSettings.groupDirectory(directory, cluster, epoch);
    return new LogMarker(directory, fileOf(directory, group), group);
  }

  /// Where it is remembered that the log of a group was begun.
  static Path fileOf(Path directory, Path group) {
    return directory.resolveSibling(
        "%s.%s.begun".formatted(directory.getFileName(), group.getFileName()));
  }

  /// Term and vote of a group that was begun.
  static Path metadata(Path group) {
    return group.resolve("current").resolve("raft-meta");
  }

  /// As whom the log is opened.
  ///
  /// @param newcomer as [ConsensusConfig#newcomer()]; counts if nothing is remembered
  Mark mark(int newcomer) throws IOException {
    if (Files.notExists(file)) {
      return new Mark(Math.max(1, newcomer), newcomer > 0, false);
    }
    String text = Files.readString(file);
    int end = text.indexOf('\n');
    String second = end < 0 ? "" : text.substring(end + 1).strip();
    if (second.isEmpty()) {
      // Written before there were incarnations.
      return new Mark(1, false, true);
    }
    Matcher matcher = SECOND_LINE.matcher(second);
    if (!matcher.matches()) {
      throw new IOException(file + " cannot be read: '" + second + "'");
    }
    return new Mark(
        Integer.parseInt(matcher.group(1)),
        matcher.group(2).equals("newcomer"),
        matcher.group(3).equals("begun"));
  }

  /// What is remembered; empty if that is nothing, or cannot be read.
  Optional<Mark> readable() {
    try {
      return Files.exists(file) ? Optional.of(mark(0)) : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// How to open the log.
  ///
  /// @throws LogLostException if there was one, and is none
  StartupOption startupOption(Mark mark) {
    if (Files.exists(metadata(group))) {
      return StartupOption.RECOVER;
    }
    if (!mark.begun()) {
      // A directory that is empty, as after a crash while it was made, is formatted by recovery.
      return Files.exists(group) ? StartupOption.RECOVER : StartupOption.FORMAT;
    }
    throw new LogLostException(
        ("the log of this node in %s is gone or cannot be read (there is no %s), and without it"
                + " the node must not vote: put the directory back as it was; if it is lost, let"
                + " the others give the node a new one with 'hactl node rebuild'")
            .formatted(directory, metadata(group)));
  }

  /// Remembers it; durable when it returns.
  void write(Mark mark) throws IOException {
    if (readable().filter(mark::equals).isPresent()) {
      return;
    }
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      String text =
          "A log was begun in %s.\nincarnation %d, %s, %s\n"
              .formatted(
                  directory,
                  mark.incarnation(),
                  mark.newcomer() ? "newcomer" : "founder",
                  mark.begun() ? "begun" : "awaited");
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel parent = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }
}
