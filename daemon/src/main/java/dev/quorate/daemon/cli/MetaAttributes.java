package dev.quorate.daemon.cli;

import java.util.SortedMap;
import java.util.TreeMap;

/// Meta-attributes under their present names. Whether they exist, and what they may be, the cluster
/// itself checks.
final class MetaAttributes {
  private MetaAttributes() {}

  static SortedMap<String, String> present(SortedMap<String, String> typed) {
    SortedMap<String, String> present = new TreeMap<>();
    typed.forEach((name, value) -> {
      boolean role = name.equals("target-role") && !value.isEmpty();
      present.put(OldWords.cloneOption(name), role ? Roles.title(value) : value);
    });
    return present;
  }
}
