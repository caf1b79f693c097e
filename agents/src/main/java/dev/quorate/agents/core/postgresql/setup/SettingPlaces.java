package dev.quorate.agents.core.postgresql.setup;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Where a server's settings come from.
///
/// @param atStart settings that are read at a start only
/// @param commandLine settings that the command line says, which no file can change
/// @param lines the settings of its files, in the order in which they count: the last one of a name
public record SettingPlaces(
    SortedSet<String> atStart, SortedSet<String> commandLine, List<Line> lines) {
  private static final String AUTO = "postgresql.auto.conf";

  /// A setting in a file.
  ///
  /// @param file its whole path
  /// @param number of the line
  public record Line(String name, String file, int number) {
    String place() {
      return file + ":" + number;
    }
  }

  /// Copies the collections.
  public SettingPlaces {
    atStart = Collections.unmodifiableSortedSet(new TreeSet<>(atStart));
    commandLine = Collections.unmodifiableSortedSet(new TreeSet<>(commandLine));
    lines = List.copyOf(lines);
  }

  /// What counts more than a file says of a setting; empty text if nothing does.
  ///
  /// @param name of the setting
  /// @param file its name, which is included last if it is not included yet
  String over(String name, String file) {
    if (commandLine.contains(name)) {
      return "the command line";
    }
    int last = -1;
    for (int i = 0; i < lines.size(); i++) {
      last = lines.get(i).file().endsWith("/" + file) ? i : last;
    }
    int from = last;
    return lines.subList(last + 1, lines.size()).stream()
        .filter(l -> l.name().equals(name))
        .filter(l -> from >= 0 || l.file().endsWith("/" + AUTO))
        .reduce((_, b) -> b)
        .map(Line::place)
        .orElse("");
  }
}
