package dev.quorate.resource.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.xml.CibReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Small documents on which decisions once were wrong: what they are about (`#`), what must be done
/// (`=`), and the document.
class DecisionTest {
  private static final Path CASES = Path.of("src/test/resources/decisions");
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  @TestFactory
  Stream<DynamicTest> decidesAsItMust() throws IOException {
    List<Path> cases;
    try (Stream<Path> files = Files.list(CASES)) {
      cases = files.sorted().toList();
    }
    assertFalse(cases.isEmpty());
    return cases.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
  }

  private static void check(Path file) throws IOException {
    List<String> expected = new ArrayList<>();
    StringBuilder xml = new StringBuilder();
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("= ")) {
        expected.add(line.substring(2));
      } else if (!line.startsWith("#")) {
        xml.append(line).append('\n');
      }
    }
    Cib cib = CibReader.read(xml.toString().getBytes(StandardCharsets.UTF_8)).cib().orElseThrow();
    List<String> steps =
        PolicyEngine.decide(cib, NOW).steps().stream()
            .filter(step -> !step.kind().equals("pseudo"))
            .map(DecisionTest::name)
            .sorted()
            .toList();
    assertEquals(expected, steps);
  }

  private static String name(Decision.Step step) {
    String name =
        step.kind()
            + (step.resource().isEmpty() ? "" : " " + step.resource())
            + " on "
            + step.node();
    return step.detail().isEmpty() ? name : name + " (" + step.detail() + ")";
  }
}
