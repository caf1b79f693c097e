package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.Durations;
import dev.quorate.daemon.config.NearestWord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The options that every command understands, and the words that are left without them.
///
/// @param patience how long to wait for the effect; absent if the command shall not wait
/// @param own options that few commands have, with their values
/// @param words everything else, in order
public record Options(
    boolean json,
    boolean full,
    boolean force,
    boolean all,
    boolean promoted,
    boolean disabled,
    Optional<Duration> patience,
    Optional<String> name,
    SortedMap<String, String> own,
    List<String> words) {
  /// What shall be imported, packed.
  static final String DOCUMENT = "--document";

  /// Says what would be done, and does nothing.
  static final String DRY_RUN = "--dry-run";

  /// Copies what is not there yet.
  static final String CLONE = "--clone";

  /// Shows secrets.
  static final String SECRETS = "--secrets";

  /// The group that a new resource belongs to.
  static final String GROUP = "--group";

  /// The member of a group before which a resource comes.
  static final String BEFORE = "--before";

  /// The member of a group after which a resource comes.
  static final String AFTER = "--after";

  /// Why something dangerous is done.
  static final String REASON = "--reason";

  /// The nodes of a new cluster that only vote.
  static final String WITNESS = "--witness";

  /// The authority is meant, not the nodes.
  static final String AUTHORITY = "--authority";

  /// How long `--wait` without a number waits.
  public static final Duration WAIT = Duration.ofSeconds(60);

  private static final List<String> FLAGS =
      List.of(
          AFTER,
          "--all",
          AUTHORITY,
          BEFORE,
          CLONE,
          "--debug",
          "--disabled",
          DRY_RUN,
          "--force",
          "--full",
          GROUP,
          "--json",
          "--name",
          "--no-color",
          "--output-format",
          "--promoted",
          REASON,
          SECRETS,
          "--wait",
          WITNESS,
          "--yes",
          "-o");

  /// Copies the collections.
  public Options {
    own = Collections.unmodifiableSortedMap(new TreeMap<>(own));
    words = List.copyOf(words);
  }

  /// Separates options from words.
  ///
  /// @throws HactlError if an option is unknown
  public static Options parse(List<String> arguments) {
    var found =
        new Object() {
          boolean json;
          boolean full;
          boolean force;
          boolean all;
          boolean promoted;
          boolean disabled;
          Optional<Duration> wait = Optional.empty();
          Optional<String> name = Optional.empty();
        };
    List<String> words = new ArrayList<>();
    SortedMap<String, String> own = new TreeMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      String flag = word.startsWith("--") ? word.split("=", 2)[0] : word;
      switch (flag) {
        case "-o", "--output-format" -> {
          String format = word.contains("=") ? word.split("=", 2)[1] : value(arguments, ++i, word);
          if (!format.equals("json") && !format.equals("text")) {
            throw HactlError.usage("'" + format + "' is not an output format", "use text or json");
          }
          found.json = format.equals("json");
        }
        case "--json" -> found.json = true;
        case "--full", "-V" -> found.full = true;
        case "--force", "--yes" -> found.force = true;
        case "--all" -> found.all = true;
        case "--disabled" -> found.disabled = true;
        case "--wait" -> found.wait = Optional.of(wait(word));
        case "--name" ->
            found.name =
                Optional.of(
                    word.contains("=") ? word.split("=", 2)[1] : value(arguments, ++i, word));
        case "-u", "-p" -> value(arguments, ++i, word);
        case "--debug", "--no-color" -> {}
        case "-f" -> throw noFile(i + 1 < arguments.size() ? arguments.get(i + 1) : "FILE");
        case GROUP, BEFORE, AFTER, REASON, WITNESS ->
            own.put(flag, word.contains("=") ? word.split("=", 2)[1] : value(arguments, ++i, word));
        case AUTHORITY, CLONE, DOCUMENT, DRY_RUN, SECRETS ->
            own.put(flag, word.contains("=") ? word.split("=", 2)[1] : "");
        default -> {
          if (OldWords.promotedFlag(flag)) {
            found.promoted = true;
          } else if (flag.startsWith("--")) {
            throw HactlError.usage(
                "unknown option '" + flag + "'",
                NearestWord.of(flag, FLAGS)
                    .map(near -> "did you mean '" + near + "'?")
                    .orElse("see 'hactl help'"));
          } else {
            words.add(word);
          }
        }
      }
    }
    return new Options(
        found.json,
        found.full,
        found.force,
        found.all,
        found.promoted,
        found.disabled,
        found.wait,
        found.name,
        own,
        words);
  }

  private static HactlError noFile(String file) {
    return HactlError.usage(
        "'-f FILE' is not supported: every command changes the cluster at once",
        "leave out '-f " + file + "'");
  }

  private static Duration wait(String word) {
    if (!word.contains("=")) {
      return WAIT;
    }
    String text = word.split("=", 2)[1];
    return Durations.parse(text)
        .orElseThrow(() ->
            HactlError.usage(
                "'" + text + "' is not a time to wait", "use seconds, as '--wait=30'"));
  }

  private static String value(List<String> arguments, int index, String option) {
    if (index >= arguments.size()) {
      throw HactlError.usage("option '" + option + "' needs a value", "give one after it");
    }
    return arguments.get(index);
  }
}
