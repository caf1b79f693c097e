package dev.quorate.agents.core.postgresql.setup;

import dev.quorate.agents.Finding;
import dev.quorate.agents.Setup.Amendment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// From what the doctor found to what is to be written.
public final class SetupRules {
  private SetupRules() {}

  /// The settings that are not right yet.
  ///
  /// @param findings those that are about no setting are left out
  /// @param kept what stands in the cluster's file
  /// @param file the name of that file
  public static List<Amendment> amendments(
      List<Finding> findings, SettingPlaces places, ManagedText kept, String file) {
    Map<String, Finding> wrong = new LinkedHashMap<>();
    for (Finding finding : findings) {
      if (!finding.value().isEmpty()) {
        wrong.merge(finding.subject(), finding, (a, b) -> a.with(larger(a.value(), b.value())));
      }
    }
    return wrong.values().stream()
        .map(finding -> {
          String name = finding.subject();
          String there = kept.value(name);
          String value = there.isEmpty() ? finding.value() : larger(finding.value(), there);
          return new Amendment(
              name,
              value,
              there.equals(value) || kept.own().containsKey(name),
              places.atStart().contains(name),
              places.over(name, file),
              finding.what());
        })
        .toList();
  }

  /// Of two numbers the larger, and of other values the first.
  private static String larger(String one, String other) {
    boolean numbers = one.matches("[0-9]{1,18}") && other.matches("[0-9]{1,18}");
    return numbers && Long.parseLong(other) > Long.parseLong(one) ? other : one;
  }

  /// What will have been written for the administrator.
  public static SortedMap<String, String> added(ManagedText kept, List<Amendment> amendments) {
    SortedMap<String, String> added = new TreeMap<>(kept.added());
    amendments.stream()
        .filter(a -> ManagedText.ADDABLE.contains(a.name()))
        .forEach(a -> added.put(a.name(), a.value()));
    return added;
  }
}
