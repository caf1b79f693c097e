package dev.quorate.differential;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Keeps colocations out of an input that older versions are known to look at in another way.
///
/// Several of the same two resources, and mandatory together with optional ones of one resource,
/// are taken in another order; and a wish that reaches a resource through an optional colocation
/// weighs as much there as if it were its own.
final class ComparableColocations {
  private final SortedSet<String> pairs = new TreeSet<>();
  private final SortedMap<String, Boolean> dependents = new TreeMap<>();
  private final SortedMap<String, Boolean> primaries = new TreeMap<>();

  /// Takes note of a colocation if it can be compared.
  ///
  /// @return whether it can
  boolean admit(String dependent, String primary, int score) {
    boolean mandatory = Math.abs(score) >= 1_000_000;
    if (dependents.getOrDefault(dependent, mandatory) != mandatory
        || primaries.getOrDefault(primary, mandatory) != mandatory
        || (!mandatory && primaries.containsKey(dependent))
        || !dependents.getOrDefault(primary, true)
        || !pairs.add(pair(dependent, primary))) {
      return false;
    }
    dependents.put(dependent, mandatory);
    primaries.put(primary, mandatory);
    return true;
  }

  /// The same for a set, whichever of its members depends on which.
  boolean admit(List<String> members, int score) {
    boolean mandatory = Math.abs(score) >= 1_000_000;
    for (String member : members) {
      if (dependents.getOrDefault(member, mandatory) != mandatory
          || primaries.getOrDefault(member, mandatory) != mandatory
          || members.stream().anyMatch(other -> pairs.contains(pair(member, other)))) {
        return false;
      }
    }
    if (!mandatory
        && (members.size() > 2
            || members.stream()
                .anyMatch(m -> dependents.containsKey(m) || primaries.containsKey(m)))) {
      return false;
    }
    for (String member : members) {
      dependents.put(member, mandatory);
      primaries.put(member, mandatory);
      members.stream().filter(m -> !m.equals(member)).forEach(m -> pairs.add(pair(member, m)));
    }
    return true;
  }

  private static String pair(String dependent, String primary) {
    return dependent + " with " + primary;
  }
}
