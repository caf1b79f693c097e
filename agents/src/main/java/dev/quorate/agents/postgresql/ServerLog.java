package dev.quorate.agents.postgresql;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a server wrote of late: into the file of its logging collector, if it has one, else into
/// the one that the agent gave it when it started it.
final class ServerLog {
  private static final int MOST_BYTES = 128 << 10;
  private static final int LONGEST_LINE = 2_000;

  private final Path data;
  private final Path own;

  /// @param data where the data is
  /// @param own what the agent has the server write into
  ServerLog(Path data, Path own) {
    this.data = data;
    this.own = own;
  }

  /// The last lines, the oldest first; what the collector's file lacks comes from before it.
  List<String> tail(int lines) {
    List<String> tail =
        new ArrayList<>(collected().map(file -> end(file, lines)).orElse(List.of()));
    if (tail.size() < lines) {
      tail.addAll(0, end(own, lines - tail.size()));
    }
    return List.copyOf(tail);
  }

  /// The file that the server said it writes its log into.
  private Optional<Path> collected() {
    try {
      return Files.readAllLines(data.resolve("current_logfiles")).stream()
          .filter(l -> l.startsWith("stderr "))
          .map(l -> data.resolve(l.substring("stderr ".length()).strip()))
          .filter(Files::isReadable)
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static List<String> end(Path path, int lines) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long from = Math.max(0, file.length() - MOST_BYTES);
      file.seek(from);
      byte[] bytes = new byte[(int) (file.length() - from)];
      file.readFully(bytes);
      List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      // The first one may have been cut in two.
      List<String> whole = from > 0 && !all.isEmpty() ? all.subList(1, all.size()) : all;
      return whole.subList(Math.max(0, whole.size() - lines), whole.size()).stream()
          .map(l -> l.length() > LONGEST_LINE ? l.substring(0, LONGEST_LINE) + "…" : l)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
