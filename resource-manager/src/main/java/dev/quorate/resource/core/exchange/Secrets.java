package dev.quorate.resource.core.exchange;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Parameters that are not shown.
final class Secrets {
  /// What is shown instead of a secret.
  static final String MASK = "********";

  private static final Pattern BLANKED = Pattern.compile("\\*{3,}");

  private Secrets() {}

  /// Whether a value stands for one that somebody did not want to show.
  static boolean blanked(String value) {
    return BLANKED.matcher(value).matches();
  }

  static SortedMap<String, String> masked(
      SortedMap<String, String> parameters, Predicate<String> hidden) {
    SortedMap<String, String> masked = new TreeMap<>();
    parameters.forEach((name, value) -> masked.put(name, hidden.test(name) ? MASK : value));
    return masked;
  }

  /// The parameters with present values where they are blanked.
  static SortedMap<String, String> filled(
      SortedMap<String, String> parameters, SortedMap<String, String> present) {
    SortedMap<String, String> filled = new TreeMap<>();
    parameters.forEach((name, value) ->
        filled.put(name, blanked(value) ? present.getOrDefault(name, value) : value));
    return filled;
  }
}
