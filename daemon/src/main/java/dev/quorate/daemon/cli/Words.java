package dev.quorate.daemon.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The words of a command, read from left to right.
final class Words {
  private final List<String> words;
  private final String synopsis;
  private int next;

  Words(List<String> words, String synopsis) {
    this.words = List.copyOf(words);
    this.synopsis = synopsis;
  }

  boolean has() {
    return next < words.size();
  }

  /// The next word without consuming it; empty text at the end.
  String peek() {
    return has() ? words.get(next) : "";
  }

  /// The next word.
  ///
  /// @param what it is, for the message if it is missing
  String take(String what) {
    if (!has()) {
      throw HactlError.usage(what + " is missing", "usage: hactl " + synopsis);
    }
    return words.get(next++);
  }

  /// Consumes the next word if it is this one.
  boolean skip(String word) {
    if (has() && peek().equals(word)) {
      next++;
      return true;
    }
    return false;
  }

  /// Everything that is left.
  List<String> rest() {
    List<String> rest = words.subList(next, words.size());
    next = words.size();
    return rest;
  }

  /// Nothing may be left.
  void end() {
    if (has()) {
      throw HactlError.usage("unexpected '" + peek() + "'", "usage: hactl " + synopsis);
    }
  }

  /// The `key=value` words that come next; stops at the first word without `=`.
  SortedMap<String, String> settings() {
    SortedMap<String, String> settings = new TreeMap<>();
    while (has() && peek().indexOf('=') > 0) {
      String[] parts = take("setting").split("=", 2);
      if (settings.put(parts[0], unquoted(parts[1])) != null) {
        throw HactlError.usage("'" + parts[0] + "' is given twice", "give it once");
      }
    }
    return settings;
  }

  /// All that is left must be `key=value`, at least once.
  SortedMap<String, String> onlySettings(String what) {
    SortedMap<String, String> settings = settings();
    if (has()) {
      throw HactlError.usage("'" + peek() + "' is not name=value", "usage: hactl " + synopsis);
    }
    if (settings.isEmpty()) {
      throw HactlError.usage(what + " is missing", "usage: hactl " + synopsis);
    }
    return settings;
  }

  /// The words up to one of these, which is not consumed.
  Words until(List<String> stops) {
    List<String> part = new ArrayList<>();
    while (has() && !stops.contains(peek())) {
      part.add(take("word"));
    }
    return new Words(part, synopsis);
  }

  String synopsis() {
    return synopsis;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
