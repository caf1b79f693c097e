package dev.quorate.agents.postgresql;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Debian's name of an instance, `version/cluster`, as `pg_lsclusters` prints it, and where such an
/// instance is.
final class DebianCluster {
  static final String PARAMETER = "cluster";
  private static final Pattern NAME = Pattern.compile("([1-9][0-9])/([A-Za-z0-9_][A-Za-z0-9_.-]*)");

  private DebianCluster() {}

  /// What is wrong with the name, if one is given.
  static Optional<String> problem(SortedMap<String, String> text) {
    String name = text.get(PARAMETER);
    return name == null || NAME.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            "cluster '%s' is no instance of Debian's: write version and name as pg_lsclusters prints them, as 15/main"
                .formatted(name));
  }

  /// The parameters with the places that follow from the name. What is given stays as it is.
  static SortedMap<String, String> spelledOut(SortedMap<String, String> text) {
    SortedMap<String, String> all = new TreeMap<>(text);
    Matcher name = NAME.matcher(text.getOrDefault(PARAMETER, ""));
    if (name.matches()) {
      all.putIfAbsent("pgdata", "/etc/postgresql/" + name.group());
      all.putIfAbsent("datadir", "/var/lib/postgresql/" + name.group());
      all.putIfAbsent("bindir", "/usr/lib/postgresql/" + name.group(1) + "/bin");
    }
    return Collections.unmodifiableSortedMap(all);
  }
}
