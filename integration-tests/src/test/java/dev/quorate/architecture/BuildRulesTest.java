package dev.quorate.architecture;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Shows that the build itself refuses what it is meant to refuse: one counter-example per rule,
/// all in one run of Maven.
@Tag("slow")
class BuildRulesTest {
  @Test
  void theBuildRefusesEveryCounterExample() throws IOException, InterruptedException {
    String log = counterExamples().run();

    assertAll(
        () -> passed(log, "innocent"),
        () -> refused(log, "format", "fmt-maven-plugin", "non-complying"),
        () -> refused(log, "lint", "maven-compiler-plugin", "[rawtypes]"),
        () -> refused(log, "doclint", "maven-compiler-plugin", "reference not found"),
        () -> refused(log, "bug", "maven-compiler-plugin", "[ArrayEquals]"),
        () -> refused(log, "nulls", "maven-compiler-plugin", "[NullAway]"),
        () -> refused(log, "diverging", "maven-enforcer-plugin", "DependencyConvergence"),
        () -> refused(log, "too-old", "maven-enforcer-plugin", "RequireUpperBoundDeps"),
        () -> refused(log, "banned", "maven-enforcer-plugin", "BannedDependencies"));
  }

  private static FixtureBuild counterExamples() {
    return new FixtureBuild(Repository.root())
        .source(
            "innocent",
            """
            package fixture;

            import java.util.List;
            import org.jspecify.annotations.Nullable;

            /// Uses [List] in the form that all rules like.
            record T(List<String> words, @Nullable String last) {
              int length() {
                return last == null ? 0 : last.length();
              }
            }
            """)
        .source("format", "package fixture;\n\nclass T   {  int one( ) { return 1; } }\n")
        .source(
            "lint",
            """
            package fixture;

            import java.util.List;

            record T(List words) {}
            """)
        .source(
            "doclint",
            """
            package fixture;

            /// Speaks of a [NoSuchClass].
            class T {}
            """)
        .source(
            "bug",
            """
            package fixture;

            class T {
              boolean same(int[] one, int[] other) {
                return one.equals(other);
              }
            }
            """)
        .source(
            "nulls",
            """
            package fixture;

            import org.jspecify.annotations.Nullable;

            record T(@Nullable String word) {
              int length() {
                return word.length();
              }
            }
            """)
        .module("lib-1", "fixture", "lib", "1")
        .module("lib-2", "fixture", "lib", "2")
        .module("uses-1", "fixture", "uses-1", "1", "fixture:lib:1")
        .module("uses-2", "fixture", "uses-2", "1", "fixture:lib:2")
        .module("diverging", "fixture", "diverging", "1", "fixture:uses-1:1", "fixture:uses-2:1")
        .module("too-old", "fixture", "too-old", "1", "fixture:lib:1", "fixture:uses-2:1")
        .module("log4j", "log4j", "fixture", "1")
        .module("banned", "fixture", "banned", "1", "log4j:fixture:1");
  }

  private static void passed(String log, String project) {
    assertTrue(
        log.lines().anyMatch(line -> line.matches("\\[INFO] " + project + " 1 \\.+ SUCCESS .*")),
        () -> project + " did not pass\n" + log);
  }

  private static void refused(String log, String project, String plugin, String reason) {
    assertTrue(
        log.lines()
            .anyMatch(line ->
                line.contains("Failed to execute goal")
                    && line.contains(plugin)
                    && line.contains("on project " + project + ":")),
        () -> project + " was not refused\n" + log);
    assertTrue(
        section(log, project).contains(reason),
        () -> project + " was refused, but not for " + reason + "\n" + log);
  }

  /// What was printed about one project, and the errors that name it at the end.
  private static String section(String log, String project) {
    int start = log.indexOf(":" + project + " >");
    int next = log.indexOf("\n[INFO] ---", log.indexOf("[ jar ]", start));
    int end = log.indexOf(" >----", next);
    int error = log.lastIndexOf("on project " + project + ":");
    int errorEnd = log.indexOf("Failed to execute goal", error + 1);
    return log.substring(start, end < 0 ? log.length() : end)
        + log.substring(error, errorEnd < 0 ? log.length() : errorEnd);
  }
}
