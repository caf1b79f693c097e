package dev.quorate.resource.core.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Small clusters and the plans that they must lead to, as files: a cluster, a line `---`, a plan.
///
/// `-Dgolden=write` writes the plans anew, for review with `git diff`.
class ScenarioTest {
  private static final Path FILES = Path.of("src/test/resources/scenarios");

  @TestFactory
  Stream<DynamicTest> plansAreAsWritten() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      List<Path> sorted = files.sorted().toList();
      return sorted.stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }
  }

  private static void check(Path file) {
    try {
      String text = Files.readString(file);
      int end = text.indexOf("---\n");
      String cluster = end < 0 ? text : text.substring(0, end);
      String expected = end < 0 ? "" : text.substring(end + 4);
      String actual = Scenario.of(cluster).plan().text();
      if ("write".equals(System.getProperty("golden"))) {
        Files.writeString(file, cluster + "---\n" + actual);
      } else {
        assertEquals(expected, actual);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
