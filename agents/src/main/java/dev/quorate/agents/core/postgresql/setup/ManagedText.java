package dev.quorate.agents.core.postgresql.setup;

import dev.quorate.agents.core.postgresql.ServerSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The text of the file of settings that the cluster keeps: what it needs itself, and below a mark
/// what was written for the administrator.
///
/// @param own the cluster's settings, by name
/// @param added what was written for the administrator, by name
/// @param foreign the lines that are neither, as `LINE: TEXT`
public record ManagedText(
    SortedMap<String, String> own, SortedMap<String, String> added, List<String> foreign) {
  /// Settings that are written for the administrator; others never are.
  public static final List<String> ADDABLE =
      List.of(
          "data_sync_retry",
          "fsync",
          "full_page_writes",
          "listen_addresses",
          "max_connections",
          "max_locks_per_transaction",
          "max_prepared_transactions",
          "max_replication_slots",
          "max_wal_senders",
          "max_worker_processes",
          "synchronous_commit",
          "wal_level");

  private static final String MARK =
      "# Written by 'hactl pg setup'. A line that is taken out stays out, others are lost.";

  /// A setting as the server reads it: the sign is optional, and what follows the value is a
  /// comment.
  private static final Pattern SETTING =
      Pattern.compile(
          "\\s*([A-Za-z_]\\w*+)(?:\\s*=\\s*|\\s+)"
              + "('(?:[^'\\\\]++|\\\\.|'')*+'|[-+\\w./:]++)\\s*(?:#.*)?");

  /// A quote in a quoted value, or another character after a backslash, which stays as it is.
  private static final Pattern QUOTE = Pattern.compile("''|\\\\(.)");

  /// Copies the collections.
  public ManagedText {
    own = Collections.unmodifiableSortedMap(new TreeMap<>(own));
    added = Collections.unmodifiableSortedMap(new TreeMap<>(added));
    foreign = List.copyOf(foreign);
  }

  /// Reads a file.
  public static ManagedText parse(String text) {
    SortedMap<String, String> own = new TreeMap<>();
    SortedMap<String, String> added = new TreeMap<>();
    List<String> foreign = new ArrayList<>();
    boolean below = false;
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      below |= line.equals(MARK);
      if (line.isBlank() || line.strip().startsWith("#")) {
        continue;
      }
      Matcher setting = SETTING.matcher(line);
      String name = setting.matches() ? setting.group(1).toLowerCase(Locale.ROOT) : "";
      if ((below ? ADDABLE : ServerSettings.NAMES).contains(name)) {
        (below ? added : own).put(name, unquoted(setting.group(2)));
      } else {
        foreign.add(number + ": " + line.strip());
      }
    }
    return new ManagedText(own, added, foreign);
  }

  private static String unquoted(String value) {
    return value.startsWith("'")
        ? QUOTE
            .matcher(value.substring(1, value.length() - 1))
            .replaceAll(quote ->
                Matcher.quoteReplacement(
                    quote.group(1) == null || quote.group(1).equals("'") ? "'" : quote.group()))
        : value;
  }

  /// What stands in the file, whoever wanted it.
  String value(String name) {
    return own.getOrDefault(name, added.getOrDefault(name, ""));
  }

  /// The text of the file.
  ///
  /// @param own the cluster's part, as text
  /// @param added the administrator's
  public static String format(String own, SortedMap<String, String> added) {
    if (added.isEmpty()) {
      return own;
    }
    StringBuilder text = new StringBuilder(own).append(MARK).append('\n');
    added.forEach(
        (name, value) -> text.append("%s = '%s'\n".formatted(name, value.replace("'", "''"))));
    return text.toString();
  }
}
