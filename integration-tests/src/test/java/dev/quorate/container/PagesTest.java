package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The pages that say what to type: nothing on them is skipped, and nothing is told that is not
/// typed.
class PagesTest {
  private static final List<String> PAGES =
      List.of(
          "install.md", "quick-start.md", "two-nodes.md", "operations.md", "troubleshooting.md");

  /// Told, and not typed on these machines.
  private static final Map<String, String> EXCUSED =
      Map.of("hactl cluster setup … --witness db3", "LabScenariosIT builds such a cluster");

  private static final Path TESTS = Path.of("src/test/java/dev/quorate/container");

  private static List<Page> pages() throws IOException {
    List<Page> pages = new ArrayList<>();
    for (String name : PAGES) {
      pages.add(Page.documented(name));
    }
    return pages;
  }

  @Test
  void whatSentencesTellIsTyped() throws IOException {
    assertEquals(List.of(), PageRules.untyped(pages(), EXCUSED));
  }

  @Test
  void everyPageAndEverySectionApartIsTypedByATest() throws IOException {
    StringBuilder tests = new StringBuilder();
    try (Stream<Path> files = Files.list(TESTS)) {
      for (Path file : files.filter(f -> f.toString().endsWith("IT.java")).sorted().toList()) {
        tests.append(Files.readString(file));
      }
    }
    for (Page page : pages()) {
      boolean first = page.name().equals("install.md"); // by whatever begins from nothing
      assertTrue(first || tests.indexOf('"' + page.name() + '"') >= 0, page.name());
      for (String section : page.apart()) {
        Pattern followed =
            Pattern.compile(
                "\"%s\",\\s*\"%s\"".formatted(Pattern.quote(page.name()), Pattern.quote(section)));
        assertTrue(followed.matcher(tests).find(), page.name() + ", " + section);
      }
    }
  }

  @Test
  void thePagesBesideTheTestsCanBeTyped() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/dev/quorate/container"))) {
      List<String> names = files.map(f -> f.getFileName().toString()).sorted().toList();
      assertTrue(names.contains("document-003.md"), names::toString);
      for (String name : names) {
        assertTrue(Page.besideTests(name).apart().isEmpty(), name);
      }
    }
  }

  @Test
  void aPageIsReadAsItIsTyped() {
    Page page =
        Page.of(
            "a.md",
            """
            # A
            Type `hactl
            status` first.
            ```console
            db1# hactl a \\
              b=1
            all# c
            ```
            <!-- off db1 -->
            ## Later
            <!-- apart -->
            ```console
            db2# d
            ```
            """);

    assertEquals(
        List.of(
            new Page.Step("", "db1", "hactl a \\\n  b=1"),
            new Page.Step("", "all", "c"),
            new Page.Step("", "", "off db1")),
        page.steps());
    assertEquals(List.of(new Page.Step("Later", "db2", "d")), page.steps("Later"));
    assertEquals(Set.of("Later"), page.apart());
    assertEquals(List.of("hactl status"), page.inline());
    assertThrows(AssertionError.class, () -> page.steps("Never"));
  }

  @Test
  void whatNobodyWouldTypeIsRefused() {
    refused("a.md has nothing to type", "# A\n<!-- off db1 -->\n");
    refused("a.md: a block has no end", "```console\ndb1# a\n");
    String names = "a line of a block that names no machine: ";
    refused("a.md:2: " + names + "hactl status", "```console\nhactl status\n```\n");
    refused("a.md:3: " + names, "```console\ndb1# a\n\n```\n");
    refused("a.md:3: a line that goes on nowhere: ```", "```console\ndb1# a \\\n```\n");
    String begun = "```console\ndb1# a\n```\n";
    refused("a.md:4: a block that nobody types: ```sh", begun + "```sh\ndb1# b\n```\n");
    refused("a.md:4: nobody knows how to do this: <!-- eat -->", begun + "<!-- eat -->\n");
    refused("a.md:4: a comment that is no deed: see <!-- on -->", begun + "see <!-- on -->\n");
    refused("a.md:4: no section that could be apart: <!-- apart -->", begun + "<!-- apart -->\n");
  }

  private static void refused(String why, String text) {
    AssertionError error = assertThrows(AssertionError.class, () -> Page.of("a.md", text));
    assertEquals(why, error.getMessage());
  }

  @Test
  void whatIsToldAndNotTypedIsFound() {
    assertEquals(List.of(), untyped("Type `hactl pg setup` and `hactl pg setup --yes`."));
    assertEquals(List.of(), untyped("`hactl COMMAND --wait`, `pg_ctl stop`, `hactl`"));
    assertEquals(
        List.of("a.md tells to type what no block has: hactl pg failover NODE"),
        untyped("Then `hactl pg\n failover NODE`."));
    assertEquals(
        List.of("a.md tells to type what no block has: hactl pg setup --clone"),
        untyped("Or `hactl pg setup --clone`."));
  }

  @Test
  void whatIsExcusedMustBeTold() {
    Page page = Page.of("a.md", "See `hactl b x`.\n```console\ndb1# hactl a\n```\n");

    assertEquals(List.of(), PageRules.untyped(List.of(page), Map.of("hactl b x", "no machine")));
    assertEquals(
        List.of(
            "a.md tells to type what no block has: hactl b x", "excused, and on no page: hactl c"),
        PageRules.untyped(List.of(page), Map.of("hactl c", "no machine")));
  }

  private static List<String> untyped(String sentence) {
    String block = "```console\ndb1# hactl pg setup db2 --yes --wait=60\n```\n";
    return PageRules.untyped(List.of(Page.of("a.md", sentence + "\n" + block)), Map.of());
  }
}
