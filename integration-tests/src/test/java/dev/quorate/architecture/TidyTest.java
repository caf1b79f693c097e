package dev.quorate.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Reads the repository as text and holds it to [SourceRules] and [TextRules].
class TidyTest {
  private static final Path ROOT = Repository.root();

  private static final Set<String> TOP_LEVEL =
      Set.of(
          ".ci",
          ".editorconfig",
          ".gitignore",
          ".mvn",
          "CHANGELOG.md",
          "CONTRIBUTING.md",
          "LICENSE",
          "README.md",
          "SECURITY.md",
          "agents",
          "check",
          "consensus",
          "daemon",
          "demo",
          "docs",
          "fencing",
          "hactl",
          "integration-tests",
          "membership",
          "mvnw",
          "mvnw.cmd",
          "pom.xml",
          "resource-manager",
          "vip");

  /// What tools leave beside the sources; the same names as in .gitignore.
  private static final Set<String> NOT_OURS =
      Set.of(".git", ".idea", ".vscode", ".settings", ".classpath", ".project", "target");

  @Test
  void theTopLevelIsClosed() throws IOException {
    try (Stream<Path> entries = Files.list(ROOT)) {
      List<String> strangers =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !TOP_LEVEL.contains(name) && !NOT_OURS.contains(name))
              .toList();
      assertEquals(List.of(), strangers);
    }
  }

  @Test
  void everyTextIsTidy() throws IOException {
    List<String> findings = new ArrayList<>();
    for (Map.Entry<String, String> file : texts().entrySet()) {
      String path = file.getKey();
      if (path.startsWith("mvnw") || path.equals("LICENSE")) {
        continue;
      }
      findings.addAll(TextRules.findings(path, file.getValue()));
      if (path.endsWith(".java")) {
        findings.addAll(SourceRules.findings(path, file.getValue()));
      }
      if (path.endsWith(".md")) {
        findings.addAll(
            TextRules.markdown(
                path, file.getValue(), target -> Files.exists(ROOT.resolve(target))));
      }
    }
    assertEquals("", String.join("\n", findings));
  }

  @Test
  void theArchitecturePageStaysShort() throws IOException {
    Path page = ROOT.resolve("docs/ARCHITECTURE.md");
    if (Files.exists(page)) {
      long lines = Files.readString(page).lines().count();
      assertTrue(lines <= 400, () -> lines + " lines");
    }
  }

  @TestFactory
  Stream<DynamicTest> everyRuleCatchesItsOffender() {
    Map<String, List<String>> offenders = new TreeMap<>();
    String test = "fencing/src/test/java/T.java";
    offenders.put("unfinished work", text("docs/a.md", "FIX" + "ME later"));
    offenders.put("without an issue", text("docs/a.md", "TO" + "DO later"));
    offenders.put("host of a registry", text("docs/a.md", "pull ghcr" + ".io/x"));
    offenders.put("unknown host", text("pom.xml", "https:/" + "/mirror.corp.test/maven2"));
    offenders.put("path of one machine", text("docs/a.md", "in /ho" + "me/ann/quorate"));
    offenders.put("an old word", text("vip/x.conf", "the sla" + "ve node"));
    offenders.put(
        "501 lines", SourceRules.findings(test, "class T {\n" + "\n".repeat(499) + "}\n"));
    offenders.put(
        "has 71 lines",
        SourceRules.findings(test, "class T {\n  void m() {\n" + "\n".repeat(69) + "}\n}\n"));
    offenders.put(
        "block doc comment", SourceRules.findings(test, "/" + "** Old. */\nclass T {}\n"));
    offenders.put(
        "a test sleeps",
        SourceRules.findings(test, "class T { void m() { Thread" + ".sleep(1); } }\n"));
    offenders.put(
        "no build runs it",
        SourceRules.findings(
            "vip/src/test/java/Tests.java", "class Tests {\n  @" + "Test\n  void m() {}\n}\n"));
    offenders.put("named by [Manager]", SourceRules.findings(test, "class NodeManager {}\n"));
    offenders.put("named by [Impl]", SourceRules.findings(test, "class RingImpl {}\n"));
    offenders.put(
        "named by [Data]", SourceRules.findings(test, "class T { record NodeData() {} }\n"));
    offenders.put("2 titles", markdown("# One\n\n# Two\n"));
    offenders.put("0 titles", markdown("```\n# Not a title\n```\n"));
    offenders.put("a dead link", markdown("# One\n[gone](gone.md)\n"));
    offenders.put("no such path", markdown("# One\n`fencing/src/Gone.java`\n"));
    return offenders.entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () ->
                    assertTrue(
                        entry.getValue().stream().anyMatch(f -> f.contains(entry.getKey())),
                        () -> "not caught, only " + entry.getValue())));
  }

  @Test
  void noRuleCatchesTheInnocent() {
    List<String> findings = new ArrayList<>();
    findings.addAll(
        text("a.md", "the postmaster; TO" + "DO(#7); https:/" + "/www.postgresql.org/docs"));
    findings.addAll(
        SourceRules.findings(
            "fencing/src/main/java/T.java",
            "/// New.\nclass PgControlData {\n  void m() {\n" + "\n".repeat(68) + "}\n}\n"));
    findings.addAll(SourceRules.bannedWords("Database"));
    findings.addAll(SourceRules.bannedWords("Utilisation"));
    findings.addAll(markdown("# One\n\n[here](here.md#part) `docs/here.md` `./check fast`\n"));
    assertEquals(List.of(), findings);
  }

  private static List<String> text(String path, String text) {
    return TextRules.findings(path, text);
  }

  private static List<String> markdown(String text) {
    Set<String> files = new TreeSet<>(Set.of("docs/here.md", "check"));
    return TextRules.markdown("docs/a.md", text, files::contains);
  }

  /// Every text file of the repository by its path from the root.
  private static Map<String, String> texts() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return NOT_OURS.contains(directory.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            if (text.indexOf('\0') < 0) {
              texts.put(ROOT.relativize(file).toString(), text);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    assertTrue(texts.size() > 20, "the repository was not found");
    return texts;
  }
}
