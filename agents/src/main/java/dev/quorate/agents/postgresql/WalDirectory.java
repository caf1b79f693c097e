package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the names of the files in `pg_wal` say about timelines.
///
/// PostgreSQL does not tell a standby's present timeline by SQL, and the control file learns of it
/// late. The segment that holds a position tells: the newest line that has it is the one that was
/// followed. A history file alone proves nothing, for a diverged standby fetches it, too.
record WalDirectory(Path directory, long segmentSize) {
  private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})");

  /// The history of the line on which a position was written.
  ///
  /// @param end the end of the WAL
  /// @param atLeast the line that the control file knows
  TimelineHistory historyAt(Lsn end, Timeline atLeast) throws IOException {
    Timeline line = atLeast;
    String segment = segmentName(end);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "????????" + segment)) {
      for (Path file : files) {
        Timeline found = lineOf(file);
        if (found.compareTo(line) > 0 && Files.exists(directory.resolve(found.historyFile()))) {
          line = found;
        }
      }
    }
    return history(line);
  }

  /// The newest line that has any segment, and its history.
  ///
  /// @param atLeast the line that the control file knows
  TimelineHistory newest(Timeline atLeast) throws IOException {
    Timeline line = atLeast;
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, "????????????????????????")) {
      for (Path file : files) {
        if (number(file).isPresent()) {
          Timeline found = lineOf(file);
          if (found.compareTo(line) > 0 && Files.exists(directory.resolve(found.historyFile()))) {
            line = found;
          }
        }
      }
    }
    return history(line);
  }

  /// The history of a line.
  TimelineHistory history(Timeline line) throws IOException {
    Path file = directory.resolve(line.historyFile());
    return line.equals(Timeline.FIRST) || !Files.exists(file)
        ? TimelineHistory.root(line)
        : TimelineHistory.parse(line, Files.readString(file));
  }

  /// The names of the segments that hold a piece of a line.
  List<String> segments(TimelineHistory.Stretch stretch) {
    List<String> names = new ArrayList<>();
    long last = segmentOf(stretch.to());
    for (long segment = numberAt(stretch.from()); segment <= last; segment++) {
      names.add("%08X%s".formatted(stretch.line().number(), nameOf(segment)));
    }
    return names;
  }

  /// The number of the segment that has what stands at a position.
  long numberAt(Lsn position) {
    return Long.divideUnsigned(position.value(), segmentSize);
  }

  /// The name, without its timeline, of the segment that has what stands at a position.
  String nameAt(Lsn position) {
    return nameOf(numberAt(position));
  }

  /// The number of a segment, on whatever line; empty if the file is none.
  OptionalLong number(Path file) {
    Matcher name = SEGMENT.matcher(file.getFileName().toString());
    return name.matches()
        ? OptionalLong.of(
            Long.parseLong(name.group(1), 16) * (0x1_0000_0000L / segmentSize)
                + Long.parseLong(name.group(2), 16))
        : OptionalLong.empty();
  }

  private String segmentName(Lsn end) {
    return nameOf(segmentOf(end));
  }

  private long segmentOf(Lsn end) {
    return Long.divideUnsigned(end.value() == 0 ? 0 : end.value() - 1, segmentSize);
  }

  private String nameOf(long segment) {
    long perLog = 0x1_0000_0000L / segmentSize;
    return "%08X%08X"
        .formatted(Long.divideUnsigned(segment, perLog), Long.remainderUnsigned(segment, perLog));
  }

  /// The line that a segment is of.
  static Timeline lineOf(Path file) {
    String hex = file.getFileName().toString().substring(0, 8);
    return new Timeline(Integer.parseUnsignedInt(hex, 16));
  }
}
