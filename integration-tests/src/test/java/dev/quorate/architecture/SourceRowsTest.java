package dev.quorate.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds the page of the source documents' rows to the tags in the tests' sources;
/// `-Dreference.update=true` rewrites its last column.
class SourceRowsTest {
  private static final Path PAGE = Repository.root().resolve("docs/reference/source-rows.md");

  @Test
  void thePageIsFreshAndNoRowLostItsTest() throws IOException {
    SourceRowTags tags = new SourceRowTags();
    try (Stream<Path> files = Files.walk(Repository.root())) {
      for (Path file : files.filter(SourceRowsTest::isTest).sorted().toList()) {
        tags.read(Files.readString(file));
      }
    }
    String text = Files.readString(PAGE);
    SourceRowsPage page = new SourceRowsPage(text, tags.tests());
    assertEquals(List.of(), tags.misplaced());
    assertEquals(List.of(), page.problems(wanted()));
    if (Boolean.getBoolean("reference.update")) {
      Files.writeString(PAGE, page.fresh());
    }
    assertEquals(page.fresh(), Files.readString(PAGE), "written anew by -Dreference.update=true");
  }

  private static boolean isTest(Path file) {
    String name = file.toString();
    return name.contains("/src/test/java/")
        && name.endsWith(".java")
        && !name.endsWith("SourceRowsTest.java");
  }

  /// What has to be covered in the end.
  private static List<String> wanted() {
    List<String> wanted = new ArrayList<>();
    add(wanted, "S0-", 10, 16);
    add(wanted, "S0-", 42, 59);
    add(wanted, "S1-", 24, 41);
    add(wanted, "S2-", 7, 18);
    add(wanted, "S2+", 8, 15);
    add(wanted, "S3-", 25, 53);
    add(wanted, "S4-", 5, 39);
    return wanted;
  }

  private static void add(List<String> rows, String prefix, int first, int last) {
    for (int i = first; i <= last; i++) {
      rows.add("%s%02d".formatted(prefix, i));
    }
  }

  @Test
  void tagsAreFoundAtTests() {
    SourceRowTags tags = new SourceRowTags();
    tags.read(
        """
        package dev.quorate.p;
        class ATest {
          @Test @Tag("slow") @Tag("S0-10") @Tag("S2+08") void one() {}
          static class Inner {
            @ParameterizedTest @Tag("S0-10") void two(int n) {}
          }
          @Tag("S0-11") void none() {}
        }
        """);

    assertEquals(
        "{S0-10=[p.ATest#one, p.ATest$Inner#two], S2+08=[p.ATest#one]}", tags.tests().toString());
    assertEquals(List.of("S0-11 at p.ATest#none"), tags.misplaced());
  }

  @Test
  void aRowThatLostItsTestIsFound() {
    assertEquals(
        List.of("row S0-10 lost its test: `p.ATest#one`"),
        problems("At most 2 rows are open.", "| S0-10 | x | `p.ATest#one` |", none()));
  }

  @Test
  void moreOpenRowsThanBeforeAreFound() {
    assertEquals(
        List.of("1 rows are open, and at most 0 may be"),
        problems("No row is open.", "| S0-10 | x | open |", none()));
  }

  @Test
  void rowsThatAreMissingOrUnknownAreFound() {
    SortedMap<String, SortedSet<String>> tests = none();
    tests.put("S9-99", new TreeSet<>(List.of("p.ATest#one")));

    assertEquals(
        List.of("row S0-10 is not on the page", "row S9-99 of [p.ATest#one] is unknown"),
        problems("No row is open.", "", tests));
  }

  @Test
  void aRowThatGotTestsNamesThemAndTheBoundGoesDown() {
    SortedMap<String, SortedSet<String>> tests = none();
    tests.put("S0-10", new TreeSet<>(List.of("p.ATest#one", "p.BTest#two")));

    assertEquals(
        "No row is open.\n| S0-10 | x | `p.ATest#one`, `p.BTest#two` |",
        new SourceRowsPage("At most 7 rows are open.\n| S0-10 | x | open |", tests).fresh());
  }

  private static SortedMap<String, SortedSet<String>> none() {
    return new TreeMap<>();
  }

  private static List<String> problems(
      String most, String row, SortedMap<String, SortedSet<String>> tests) {
    return new SourceRowsPage(most + "\n" + row, tests).problems(List.of("S0-10"));
  }
}
