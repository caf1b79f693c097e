import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The rows of the source documents, the tests that stand for them, and how these ended.
///
/// The page with the rows is held against the tags in the tests' sources by a test of its own, so
/// that here only their results are looked up.
final class SourceRows {
  private static final String PAGE = "docs/reference/source-rows.md";
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (S\\S+) \\| .* \\| (.+) \\|$");
  private static final Pattern TEST = Pattern.compile("`([\\w.$]+)#(\\w+)`");
  private static final Pattern METHOD = Pattern.compile("\\w+");

  private final Path page;

  /// By class and method: how its runs ended, a bad one before the good ones.
  private final Map<String, String> results = new TreeMap<>();

  SourceRows(Path root) {
    page = root.resolve(PAGE);
  }

  /// Takes note of a test case of a report.
  ///
  /// @param name a method, with its arguments if it has any
  /// @param result `passed`, `skipped` or `failed`
  void note(String type, String name, String result) {
    Matcher method = METHOD.matcher(name);
    if (method.lookingAt()) {
      String test = type.replaceFirst("^dev\\.quorate\\.", "") + "#" + method.group();
      results.merge(test, result, (a, b) -> a.equals("passed") ? b : a);
    }
  }

  /// Prints row, test and result.
  ///
  /// @return the gaps: rows whose tests did not all run and pass
  List<String> print() throws IOException {
    List<String> gaps = new ArrayList<>();
    if (!Files.exists(page)) {
      return gaps;
    }
    List<String> open = new ArrayList<>();
    int covered = 0;
    System.out.println("== rows of the source documents (" + PAGE + " says what they ask for)");
    Matcher row = ROW.matcher(Files.readString(page));
    while (row.find()) {
      Matcher test = TEST.matcher(row.group(2));
      boolean any = false;
      while (test.find()) {
        any = true;
        String name = test.group(1) + "#" + test.group(2);
        String result = results.getOrDefault(name, "not run");
        System.out.printf("%-6s %-8s %s%n", row.group(1), result, name);
        if (!result.equals("passed")) {
          gaps.add("row " + row.group(1) + " of the source documents is not shown: " + name + ": " + result);
        }
      }
      if (any) {
        covered++;
      } else {
        open.add(row.group(1));
      }
    }
    System.out.printf("%d rows have tests, %d are open: %s%n", covered, open.size(), String.join(" ", open));
    return gaps;
  }
}
