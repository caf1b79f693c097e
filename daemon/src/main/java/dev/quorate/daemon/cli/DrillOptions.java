package dev.quorate.daemon.cli;

import dev.quorate.agents.jdbc.drill.DrillTarget;
import dev.quorate.daemon.config.Durations;
import dev.quorate.daemon.config.NearestWord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How `pg drill` shall write, where and for how long.
///
/// @param lasting how long it writes
/// @param pace how long each writer waits after a commit
/// @param keep whether its table stays
/// @param anew whether the table of an earlier drill is dropped
record DrillOptions(
    DrillTarget target,
    int writers,
    Duration lasting,
    Duration pace,
    boolean keep,
    boolean anew,
    boolean json) {
  static final String SYNOPSIS =
      "ADDRESS [port=5432] [database=postgres] [user=postgres] [sslmode=prefer] [writers=4]"
          + " [for=60s] [pace=10ms] [timeout=1s] [--keep] [--force] [-o json]";

  private static final int MOST_WRITERS = 64;
  private static final int LARGEST_PORT = 65_535;
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final List<String> SSL_MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /// Reads the words after `pg drill`.
  ///
  /// @throws HactlError if they are wrong
  static DrillOptions parse(List<String> words) {
    Map<String, String> given = new TreeMap<>(usual());
    List<String> addresses = new ArrayList<>();
    boolean keep = false;
    boolean anew = false;
    boolean json = false;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      switch (word) {
        case "--keep" -> keep = true;
        case "--force", "--yes" -> anew = true;
        case "--json", "--output-format=json" -> json = true;
        case "-o", "--output-format" -> {
          i++;
          if (i == words.size() || !List.of("json", "text").contains(words.get(i))) {
            throw HactlError.usage("'" + word + "' is followed by text or json", usage());
          }
          json = words.get(i).equals("json");
        }
        default -> {
          String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : "";
          if (word.startsWith("-") || (!name.isEmpty() && !given.containsKey(name))) {
            throw unknown(word, name);
          } else if (name.isEmpty()) {
            addresses.add(word);
          } else {
            given.put(name, word.substring(name.length() + 1));
          }
        }
      }
    }
    if (addresses.size() != 1) {
      throw HactlError.usage(
          addresses.isEmpty()
              ? "which address shall be written to?"
              : "one address is written to, not " + addresses.size() + ": " + addresses,
          "name the one that clients use, as the virtual address; " + usage());
    }
    Duration timeout = time(given, "timeout", Duration.ofMillis(100), Duration.ofMinutes(1));
    DrillTarget target =
        new DrillTarget(
            addresses.getFirst(),
            number(given, "port", LARGEST_PORT),
            word(given, "database"),
            word(given, "user"),
            sslMode(word(given, "sslmode")),
            timeout,
            timeout);
    return new DrillOptions(
        target,
        number(given, "writers", MOST_WRITERS),
        time(given, "for", Duration.ofSeconds(1), LONGEST),
        time(given, "pace", Duration.ZERO, Duration.ofMinutes(1)),
        keep,
        anew,
        json);
  }

  private static Map<String, String> usual() {
    return Map.of(
        "port", "5432",
        "database", "postgres",
        "user", "postgres",
        "sslmode", "prefer",
        "writers", "4",
        "for", "60s",
        "pace", "10ms",
        "timeout", "1s");
  }

  private static HactlError unknown(String word, String name) {
    List<String> known = new ArrayList<>(new TreeMap<>(usual()).keySet());
    known.addAll(List.of("--keep", "--force", "-o"));
    return HactlError.usage(
        "'pg drill' has no option '" + word + "'",
        NearestWord.of(name.isEmpty() ? word : name, known)
            .map(near -> "did you mean '" + near + "'?")
            .orElse(usage()));
  }

  private static String usage() {
    return "usage: pg drill " + SYNOPSIS;
  }

  private static String word(Map<String, String> given, String name) {
    String text = given.getOrDefault(name, "");
    if (text.isEmpty()) {
      throw HactlError.usage("'" + name + "=' has no value", usage());
    }
    return text;
  }

  private static String sslMode(String text) {
    if (!SSL_MODES.contains(text)) {
      throw HactlError.usage(
          "'sslmode=" + text + "' is not known", "known are " + String.join(", ", SSL_MODES));
    }
    return text;
  }

  private static int number(Map<String, String> given, String name, int most) {
    String text = word(given, name);
    if (text.matches("[0-9]{1,5}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    }
    throw HactlError.usage(
        "'%s=%s' is no number from 1 to %d".formatted(name, text, most), usage());
  }

  private static Duration time(
      Map<String, String> given, String name, Duration least, Duration most) {
    String text = word(given, name);
    return Durations.parse(text)
        .filter(time -> time.compareTo(least) >= 0 && time.compareTo(most) <= 0)
        .orElseThrow(() ->
            HactlError.usage(
                "'%s=%s' is no time from %s to %s"
                    .formatted(name, text, Durations.text(least), Durations.text(most)),
                "write it as 90s, 300ms or 2min"));
  }
}
