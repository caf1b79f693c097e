package dev.quorate.architecture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The page with the rows of the source documents, and what may come of it when tests come and go.
final class SourceRowsPage {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (S\\S+) \\| (.+) \\| (.+) \\|$");
  private static final Pattern MOST =
      Pattern.compile("(?m)^At most (\\d+) rows are open\\.$|^No row is open\\.$");
  private static final String OPEN = "open";

  private final String text;
  private final SortedMap<String, SortedSet<String>> tests;

  /// The page as it is written, and the tests by row as they are.
  SourceRowsPage(String text, SortedMap<String, SortedSet<String>> tests) {
    this.text = text;
    this.tests = tests;
  }

  /// The rows of the page, in order.
  List<String> rows() {
    return ROW.matcher(text).results().map(row -> row.group(1)).toList();
  }

  /// What nobody may change by just generating the page anew.
  List<String> problems(Collection<String> wanted) {
    List<String> problems = new ArrayList<>();
    List<String> rows = rows();
    wanted.stream()
        .filter(row -> !rows.contains(row))
        .forEach(row -> problems.add("row " + row + " is not on the page"));
    tests.keySet().stream()
        .filter(row -> !rows.contains(row))
        .forEach(row -> problems.add("row " + row + " of " + tests.get(row) + " is unknown"));
    ROW.matcher(text)
        .results()
        .filter(row -> !row.group(3).equals(OPEN) && !tests.containsKey(row.group(1)))
        .forEach(row -> problems.add("row " + row.group(1) + " lost its test: " + row.group(3)));
    long open = rows.stream().filter(row -> !tests.containsKey(row)).count();
    if (open > most()) {
      problems.add("%d rows are open, and at most %d may be".formatted(open, most()));
    }
    return problems;
  }

  private long most() {
    Matcher most = MOST.matcher(text);
    return most.find() && most.group(1) != null ? Long.parseLong(most.group(1)) : 0;
  }

  /// The page with the tests that there are.
  String fresh() {
    Map<String, String> columns = new TreeMap<>();
    rows().forEach(row -> columns.put(row, column(row)));
    String table =
        ROW.matcher(text).replaceAll(row -> Matcher.quoteReplacement(line(row, columns)));
    long open = columns.values().stream().filter(OPEN::equals).count();
    return MOST.matcher(table)
        .replaceAll(open == 0 ? "No row is open." : "At most " + open + " rows are open.");
  }

  private static String line(MatchResult row, Map<String, String> columns) {
    return "| %s | %s | %s |".formatted(row.group(1), row.group(2), columns.get(row.group(1)));
  }

  private String column(String row) {
    SortedSet<String> names = tests.get(row);
    return names == null
        ? OPEN
        : names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
  }
}
