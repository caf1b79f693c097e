package dev.quorate.agents.ping;

import dev.quorate.resource.TimeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The parameters, in the words of Pacemaker's agent.
///
/// @param hosts whom to reach
/// @param attribute the node attribute that counts those who answer
/// @param multiplier what each of them counts
/// @param attempts how often one is asked before it counts as not reached
/// @param timeout how long an answer may take
record PingParameters(
    List<String> hosts, String attribute, int multiplier, int attempts, Duration timeout) {
  private static final String HOSTS = "host_list";

  PingParameters {
    hosts = List.copyOf(hosts);
  }

  static SortedMap<String, String> known() {
    SortedMap<String, String> known = new TreeMap<>();
    known.put(HOSTS, "names or addresses to reach, separated by blanks: routers, no members");
    known.put("name", "the node attribute that counts those who answer [pingd]");
    known.put("multiplier", "what each of them counts [1]");
    known.put("attempts", "how often one is asked before it counts as not reached [3]");
    known.put("timeout", "how long an answer may take [2s]");
    return known;
  }

  static List<String> problems(SortedMap<String, String> text) {
    List<String> problems = new ArrayList<>();
    text.keySet().stream()
        .filter(name -> !known().containsKey(name))
        .forEach(name ->
            problems.add(
                "unknown parameter '%s': use one of %s".formatted(name, known().keySet())));
    if (text.getOrDefault(HOSTS, "").isBlank()) {
      problems.add("host_list is missing: name a router, or whoever else must be reached");
    }
    for (String host : words(text)) {
      if (!host.matches("[A-Za-z0-9:._-]+")) {
        problems.add("host_list: '%s' is neither a name nor an address".formatted(host));
      }
    }
    if (!text.getOrDefault("name", "pingd").matches("[A-Za-z][A-Za-z0-9_-]*")) {
      problems.add("name '%s' is not the name of an attribute".formatted(text.get("name")));
    }
    for (String name : List.of("multiplier", "attempts")) {
      if (!text.getOrDefault(name, "1").matches("[1-9][0-9]{0,5}")) {
        problems.add("%s '%s' is not a number from 1 on".formatted(name, text.get(name)));
      }
    }
    if (TimeText.parse(text.getOrDefault("timeout", "2")).filter(Duration::isPositive).isEmpty()) {
      problems.add("timeout '%s' is not a time: write it as 2s".formatted(text.get("timeout")));
    }
    return problems;
  }

  private static List<String> words(SortedMap<String, String> text) {
    return Stream.of(text.getOrDefault(HOSTS, "").strip().split("[\\s,]+"))
        .filter(w -> !w.isEmpty())
        .toList();
  }

  /// Reads parameters without problems.
  static PingParameters parse(SortedMap<String, String> text) {
    return new PingParameters(
        words(text),
        text.getOrDefault("name", "pingd"),
        Integer.parseInt(text.getOrDefault("multiplier", "1")),
        Integer.parseInt(text.getOrDefault("attempts", "3")),
        TimeText.parse(text.getOrDefault("timeout", "2")).orElseThrow());
  }
}
