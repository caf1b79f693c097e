package dev.quorate.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// How two plans differ.
///
/// @param missing what only the other has
/// @param extra what only the engine has
/// @param orderMissing pairs that only the other orders; only where the steps are equal
/// @param orderExtra pairs that only the engine orders
/// @param reasons for which an older version may decide differently, if any is seen
public record Difference(
    List<String> missing,
    List<String> extra,
    List<String> orderMissing,
    List<String> orderExtra,
    List<String> reasons) {
  /// Copies the lists.
  public Difference {
    missing = List.copyOf(missing);
    extra = List.copyOf(extra);
    orderMissing = List.copyOf(orderMissing);
    orderExtra = List.copyOf(orderExtra);
    reasons = List.copyOf(reasons);
  }

  /// Compares the engine's plan with another's.
  ///
  /// @param active what runs before, as `resource on node`
  /// @param pending nodes that are about to join
  public static Difference between(
      Plan engine, Plan other, List<String> active, List<String> pending) {
    List<String> missing = beyond(other.counted(), engine.counted());
    List<String> extra = beyond(engine.counted(), other.counted());
    if (!missing.isEmpty() || !extra.isEmpty()) {
      List<String> reasons = new ArrayList<>();
      other.shuffled().forEach(place -> reasons.add("shuffled: " + place));
      pending.forEach(node -> reasons.add("pending: " + node));
      missing.stream()
          .filter(step ->
              step.startsWith("start ")
                  && active.contains(step.substring("start ".length()))
                  && !other.steps().contains("stop " + step.substring("start ".length())))
          .forEach(step -> reasons.add("shuffled: " + step));
      return new Difference(missing, extra, List.of(), List.of(), reasons);
    }
    SortedSet<String> mine = engine.order().orElse(new TreeSet<>(List.of("in a circle")));
    SortedSet<String> others = other.order().orElse(new TreeSet<>(List.of("in a circle")));
    return new Difference(missing, extra, without(others, mine), without(mine, others), List.of());
  }

  private static List<String> beyond(
      SortedMap<String, Integer> some, SortedMap<String, Integer> others) {
    List<String> beyond = new ArrayList<>();
    for (Map.Entry<String, Integer> step : some.entrySet()) {
      for (int i = others.getOrDefault(step.getKey(), 0); i < step.getValue(); i++) {
        beyond.add(step.getKey());
      }
    }
    return beyond;
  }

  private static List<String> without(SortedSet<String> some, SortedSet<String> others) {
    return some.stream().filter(pair -> !others.contains(pair)).toList();
  }

  /// The same with other reasons.
  Difference because(List<String> others) {
    return new Difference(missing, extra, orderMissing, orderExtra, others);
  }

  /// Whether the same things are done.
  public boolean sameSteps() {
    return missing.isEmpty() && extra.isEmpty();
  }

  /// Whether the same things are done, and everything ordered that the other orders.
  public boolean ordersAll() {
    return sameSteps() && orderMissing.isEmpty();
  }

  /// Whether the same things are done in the same order.
  public boolean none() {
    return ordersAll() && orderExtra.isEmpty();
  }

  /// What kind of difference: the kinds of steps that are missing or too many, or of the pairs.
  public SortedSet<String> kinds() {
    SortedSet<String> kinds = new TreeSet<>();
    missing.forEach(step -> kinds.add("-" + word(step)));
    extra.forEach(step -> kinds.add("+" + word(step)));
    orderMissing.forEach(pair -> kinds.add("-" + words(pair)));
    orderExtra.forEach(pair -> kinds.add("+" + words(pair)));
    return kinds;
  }

  private static String words(String pair) {
    int cut = pair.indexOf(" < ");
    return cut < 0 ? pair : word(pair) + "<" + word(pair.substring(cut + 3));
  }

  private static String word(String step) {
    int blank = step.indexOf(' ');
    return blank < 0 ? step : step.substring(0, blank);
  }

  /// Whether it is one that Pacemaker has overcome since.
  public boolean known() {
    return !sameSteps() && !reasons.isEmpty();
  }

  /// For people: one line each.
  public String text() {
    StringBuilder text = new StringBuilder();
    reasons.forEach(reason -> text.append("  ").append(reason).append('\n'));
    missing.forEach(step -> text.append("  missing ").append(step).append('\n'));
    extra.forEach(step -> text.append("  extra   ").append(step).append('\n'));
    orderMissing.stream()
        .limit(12)
        .forEach(pair -> text.append("  order missing ").append(pair).append('\n'));
    orderExtra.stream()
        .limit(12)
        .forEach(pair -> text.append("  order extra   ").append(pair).append('\n'));
    return text.toString();
  }
}
