package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.NearestWord;
import dev.quorate.resource.json.CaseCatalog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is to be simulated, and where the answer goes.
///
/// @param document a file, or `-` for what is typed
/// @param explained resources whose scores are to be shown
/// @param graphviz a file for the plan's graph, or `-`
/// @param svg a file for the plan's drawing, or `-`
/// @param cases a directory of documents
/// @param out where the answers for the documents go
/// @param catalog says at what times the documents are held against
record SimulateOptions(
    Optional<String> document,
    boolean json,
    Optional<Instant> at,
    List<String> failedNodes,
    List<String> failedResources,
    Optional<Boolean> quorum,
    List<String> explained,
    Optional<String> graphviz,
    Optional<String> svg,
    Optional<String> cases,
    Optional<String> out,
    Optional<String> catalog) {
  static final String SYNOPSIS =
      "[--cib FILE|-] [-o json] [--at TIME] [--fail-node NODE]… [--fail-resource RESOURCE[@NODE]]…"
          + " [--set-quorum yes|no] [--explain RESOURCE]… [--graphviz FILE|-] [--svg FILE|-]";
  static final String CASES_SYNOPSIS = "--out DIR [--catalog FILE]";

  private static final List<String> WITH_VALUE =
      List.of(
          "--at",
          "--cases",
          "--catalog",
          "--cib",
          "--explain",
          "--fail-node",
          "--fail-resource",
          "--graphviz",
          "--out",
          "--set-quorum",
          "--svg");

  SimulateOptions {
    failedNodes = List.copyOf(failedNodes);
    failedResources = List.copyOf(failedResources);
    explained = List.copyOf(explained);
  }

  /// Reads the words after `simulate`.
  ///
  /// @throws HactlError if they are wrong
  static SimulateOptions parse(List<String> words) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    boolean json = false;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = equals < 0 ? word : word.substring(0, equals);
      boolean format = name.equals("-o") || name.equals("--output-format");
      if (name.equals("--json")) {
        json = true;
        continue;
      }
      if (!format && !WITH_VALUE.contains(name)) {
        throw unknown(word, name);
      }
      if (equals < 0 && i + 1 == words.size()) {
        throw HactlError.usage("option '" + name + "' needs a value", usage());
      }
      String value = equals < 0 ? words.get(++i) : word.substring(equals + 1);
      if (format) {
        json = json(value);
      } else {
        names.add(name);
        values.add(value);
      }
    }
    return of(json, names, values);
  }

  private static HactlError unknown(String word, String name) {
    if (!name.startsWith("-")) {
      return HactlError.usage("'" + word + "' is one word too many", usage());
    }
    return HactlError.usage(
        "unknown option '" + name + "'",
        NearestWord.of(name, WITH_VALUE)
            .map(near -> "did you mean '" + near + "'?")
            .orElse(usage()));
  }

  static boolean json(String format) {
    if (!format.equals("json") && !format.equals("text")) {
      throw HactlError.usage("'" + format + "' is not an output format", "use text or json");
    }
    return format.equals("json");
  }

  private static SimulateOptions of(boolean json, List<String> names, List<String> values) {
    SimulateOptions options =
        new SimulateOptions(
            last("--cib", names, values),
            json,
            last("--at", names, values).map(SimulateOptions::time),
            every("--fail-node", names, values),
            every("--fail-resource", names, values),
            last("--set-quorum", names, values).map(SimulateOptions::yes),
            every("--explain", names, values),
            last("--graphviz", names, values),
            last("--svg", names, values),
            last("--cases", names, values),
            last("--out", names, values),
            last("--catalog", names, values));
    if (options.document.isPresent() == options.cases.isPresent()) {
      throw HactlError.usage(
          options.cases.isPresent()
              ? "'--cib' and '--cases' exclude each other"
              : "simulate needs a document",
          "save the running cluster's with 'hactl cib export FILE', then 'hactl simulate --cib"
              + " FILE'");
    }
    if (options.cases.isPresent() && options.out.isEmpty()) {
      throw HactlError.usage("'--out' is missing", "usage: simulate --cases DIR " + CASES_SYNOPSIS);
    }
    if (options.graphviz.equals(Optional.of("-")) && options.svg.equals(Optional.of("-"))) {
      throw HactlError.usage(
          "'--graphviz' and '--svg' cannot both go to the terminal", "give one of them a file");
    }
    return options;
  }

  private static String usage() {
    return "usage: simulate " + SYNOPSIS;
  }

  private static Instant time(String text) {
    return CaseCatalog.moment(text)
        .orElseThrow(() ->
            HactlError.usage(
                "'" + text + "' is not a time", "write 2026-11-20T12:00:00Z or @1795176000"));
  }

  private static boolean yes(String text) {
    return switch (text) {
      case "yes", "true", "1" -> true;
      case "no", "false", "0" -> false;
      default -> throw HactlError.usage("'" + text + "' is neither yes nor no", usage());
    };
  }

  private static Optional<String> last(String name, List<String> names, List<String> values) {
    int index = names.lastIndexOf(name);
    return index < 0 ? Optional.empty() : Optional.of(values.get(index));
  }

  private static List<String> every(String name, List<String> names, List<String> values) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(name)) {
        found.add(values.get(i));
      }
    }
    return found;
  }
}
