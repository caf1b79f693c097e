package dev.quorate.agents.postgresql;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a server wrote of late: into the file of its logging collector, if it has one, and those
/// before it that were written in the same form, else into the one that the agent gave it when it
/// started it.
final class ServerLog {
  private static final Logger LOG = LoggerFactory.getLogger(ServerLog.class);

  /// The best to read first.
  private static final List<String> FORMS = List.of("stderr", "csvlog", "jsonlog");

  private static final int MOST_FILES = 3;
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

  /// The last lines, the oldest first.
  List<String> tail(int lines) {
    List<Path> files = new ArrayList<>(collected());
    files.add(own);
    List<String> tail = new ArrayList<>();
    for (Path file : files) {
      if (tail.size() < lines) {
        tail.addAll(0, end(file, lines - tail.size()));
      }
    }
    return List.copyOf(tail);
  }

  /// The file that the server said it writes its log into, then those beside it that were written
  /// before, the newest first.
  private List<Path> collected() {
    Optional<Path> current =
        FORMS.stream().flatMap(form -> named(form).stream()).filter(Files::isReadable).findFirst();
    if (current.isEmpty()) {
      return List.of();
    }
    List<Path> files = new ArrayList<>(current.stream().toList());
    String name = current.get().getFileName().toString();
    String form = name.substring(Math.max(0, name.lastIndexOf('.')));
    try (Stream<Path> beside = Files.list(current.get().toAbsolutePath().getParent())) {
      beside
          .filter(f -> f.getFileName().toString().endsWith(form) && !f.endsWith(name))
          .sorted(Comparator.comparingLong((Path f) -> f.toFile().lastModified()).reversed())
          .limit(MOST_FILES)
          .forEach(files::add);
    } catch (IOException | UncheckedIOException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("no older logs");
    }
    return files;
  }

  private Optional<Path> named(String form) {
    try {
      return Files.readAllLines(data.resolve("current_logfiles")).stream()
          .filter(l -> l.startsWith(form + " "))
          .map(l -> data.resolve(l.substring(form.length()).strip()))
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
