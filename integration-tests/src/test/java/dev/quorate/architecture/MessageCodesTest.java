package dev.quorate.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A runbook finds a message by its code, so that a code must mean one thing: it belongs to one
/// module, and that of a log line to that line.
class MessageCodesTest {
  private static final Pattern CODE =
      Pattern.compile("(addKeyValue\\(\\s*\"code\",\\s*)?\"(HA-[A-Z]+-\\d{3})\"");

  @Test
  void everyCodeMeansOneThing() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    Path root = Repository.root();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(MessageCodesTest::product).toList()) {
        sources.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    assertTrue(sources.size() > 100, "the sources were found");
    assertEquals(List.of(), ambiguous(sources));
  }

  @Test
  void aCodeThatIsUsedTwiceIsFound() {
    assertEquals(
        List.of("HA-A-001 is used by several modules: [one, two]"),
        ambiguous(
            Map.of("one/A.java", "no(\"HA-A-001\", x)", "two/B.java", "no(\"HA-A-001\", y)")));
    assertEquals(
        List.of("HA-A-002 is that of a log line, and is used 2 times"),
        ambiguous(Map.of("one/A.java", "addKeyValue(\"code\", \"HA-A-002\") no(\"HA-A-002\", x)")));
    assertEquals(
        List.of(), ambiguous(Map.of("one/A.java", "no(\"HA-A-003\", x) no(\"HA-A-003\", x)")));
  }

  private static boolean product(Path file) {
    String text = file.toString();
    return text.endsWith(".java") && text.contains("/src/main/java/");
  }

  private static List<String> ambiguous(Map<String, String> sources) {
    Map<String, TreeSet<String>> modules = new TreeMap<>();
    Map<String, Integer> uses = new TreeMap<>();
    TreeSet<String> logged = new TreeSet<>();
    sources.forEach((file, text) -> {
      Matcher found = CODE.matcher(text);
      while (found.find()) {
        String code = found.group(2);
        modules
            .computeIfAbsent(code, _ -> new TreeSet<>())
            .add(file.substring(0, file.indexOf('/')));
        uses.merge(code, 1, Integer::sum);
        if (found.group(1) != null) {
          logged.add(code);
        }
      }
    });
    List<String> findings = new ArrayList<>();
    modules.forEach((code, users) -> {
      if (users.size() > 1) {
        findings.add(code + " is used by several modules: " + users);
      } else if (logged.contains(code) && uses.getOrDefault(code, 0) > 1) {
        findings.add(code + " is that of a log line, and is used " + uses.get(code) + " times");
      }
    });
    return findings;
  }
}
