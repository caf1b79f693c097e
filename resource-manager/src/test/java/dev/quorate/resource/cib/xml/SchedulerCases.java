package dev.quorate.resource.cib.xml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// The documents of a scheduler's regression suite, which are not part of this repository. Tests
/// that need them are skipped, visibly, where they are absent.
final class SchedulerCases {
  private SchedulerCases() {}

  /// All documents by name; aborts the test if there are none.
  static List<Path> all() throws IOException {
    Path directory = directory().resolve("xml");
    Assumptions.assumeTrue(
        Files.isDirectory(directory),
        () -> "no documents in " + directory + "; name their folder with -Dscheduler.cases=DIR");
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".xml")).sorted().toList();
    }
  }

  /// A relative path is seen from the root of the repository.
  private static Path directory() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw")) && root.getParent() != null) {
      root = root.getParent();
    }
    return root.resolve(System.getProperty("scheduler.cases", "../shared/scheduler-cases"))
        .normalize();
  }
}
