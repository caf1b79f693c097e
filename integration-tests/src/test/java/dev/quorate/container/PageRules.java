package dev.quorate.container;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What sentences tell a reader to type must also be typed: the same words of a command, with the
/// same options, stand in a block of one of the pages.
final class PageRules {
  private static final Pattern WORD = Pattern.compile("[a-z][a-z_-]*");
  private static final Pattern VARIABLE = Pattern.compile("[A-Z_]+=\\S*");

  private PageRules() {}

  /// A command without what changes from one time to the next.
  ///
  /// @param words up to the first that is a name, a number or a setting
  private record Command(List<String> words, Set<String> options) {
    static Command of(String text) {
      List<String> tokens = new ArrayList<>(Arrays.asList(text.strip().split("\\s+", -1)));
      while (!tokens.isEmpty() && VARIABLE.matcher(tokens.getFirst()).matches()) {
        tokens.removeFirst();
      }
      Set<String> options =
          tokens.stream()
              .filter(token -> token.startsWith("-"))
              .map(token -> token.split("=", 2)[0])
              .collect(Collectors.toCollection(TreeSet::new));
      List<String> words =
          tokens.stream()
              .filter(token -> !token.startsWith("-"))
              .takeWhile(token -> WORD.matcher(token).matches())
              .toList();
      return new Command(words, options);
    }

    boolean shows(Command told) {
      return words.size() >= told.words.size()
          && words.subList(0, told.words.size()).equals(told.words)
          && options.containsAll(told.options);
    }
  }

  /// What is told and not typed.
  ///
  /// @param excused what cannot be typed, and why
  static List<String> untyped(Collection<Page> pages, Map<String, String> excused) {
    List<Command> typed =
        pages.stream().flatMap(page -> page.commands().stream()).map(Command::of).toList();
    Set<String> programs =
        typed.stream()
            .flatMap(command -> command.words().stream().limit(1))
            .collect(Collectors.toSet());
    List<String> findings = new ArrayList<>();
    Set<String> unused = new TreeSet<>(excused.keySet());
    for (Page page : pages) {
      for (String told : page.inline()) {
        boolean command = told.contains(" ") && programs.contains(told.split(" ", 2)[0]);
        if (!command || unused.remove(told) || excused.containsKey(told)) {
          continue;
        }
        if (typed.stream().noneMatch(line -> line.shows(Command.of(told)))) {
          findings.add(page.name() + " tells to type what no block has: " + told);
        }
      }
    }
    unused.forEach(told -> findings.add("excused, and on no page: " + told));
    return findings;
  }
}
