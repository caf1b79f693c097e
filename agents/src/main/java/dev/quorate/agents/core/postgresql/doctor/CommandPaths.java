package dev.quorate.agents.core.postgresql.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// The paths on this machine in a shell command of PostgreSQL's, as `archive_command`.
public final class CommandPaths {
  private CommandPaths() {}

  /// The program that a command begins with, if it is named with its path.
  public static List<String> programs(String command) {
    List<String> words = words(command);
    return !words.isEmpty() && words.getFirst().startsWith("/") && !placed(words.getFirst())
        ? List.of(words.getFirst())
        : List.of();
  }

  /// The directories of the files that a command reads or writes: of `cp %p /archive/%f` it is
  /// `/archive`. What lies on another machine is none of them.
  public static SortedSet<String> directories(String command) {
    SortedSet<String> directories = new TreeSet<>();
    for (String word : words(command)) {
      int place = word.indexOf("%f");
      int end = place < 0 ? -1 : word.lastIndexOf('/', place);
      if (word.startsWith("/") && end >= 0) {
        directories.add(end == 0 ? "/" : word.substring(0, end));
      }
    }
    return directories;
  }

  private static boolean placed(String word) {
    return word.contains("%f") || word.contains("%p");
  }

  /// The words, without quotes and redirections.
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    for (String word : command.split("[\\s;&|<>()]+", -1)) {
      String bare = word.replace("\"", "").replace("'", "");
      if (!bare.isEmpty()) {
        words.add(bare);
      }
    }
    return words;
  }
}
