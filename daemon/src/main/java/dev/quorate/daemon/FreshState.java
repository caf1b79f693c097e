package dev.quorate.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What a node has on disk only since it tries to become a member, so that an attempt that fails
/// leaves nothing behind.
///
/// The counters of lives and of rings stay, for they may never be seen to go back; so does a log,
/// which is never begun twice.
record FreshState(List<Path> paths) {
  private static final List<String> NAMES =
      List.of("secrets", "cluster", "journal", "resources", "survivor");

  /// Notes what is not there yet.
  static FreshState in(Path directory) {
    return new FreshState(NAMES.stream().map(directory::resolve).filter(Files::notExists).toList());
  }

  /// Removes what has come since.
  void remove() throws IOException {
    for (Path path : paths) {
      if (Files.exists(path)) {
        try (Stream<Path> tree = Files.walk(path)) {
          for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    }
  }
}
