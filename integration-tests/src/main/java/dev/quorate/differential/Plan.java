package dev.quorate.differential;

import dev.quorate.resource.core.policy.Decision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is to be done, in words that two schedulers share.
///
/// @param steps `kind resource node detail`; empty for what only orders
/// @param after for each step the steps that directly follow
/// @param shuffled nodes and resources where one instance of an anonymous clone ends and another
///   begins, or two begin
public record Plan(List<String> steps, List<BitSet> after, List<String> shuffled) {
  /// Copies the lists.
  public Plan {
    steps = List.copyOf(steps);
    after = List.copyOf(after);
    shuffled = List.copyOf(shuffled);
  }

  /// What the policy engine decided.
  public static Plan of(Decision decision) {
    List<String> steps = new ArrayList<>();
    List<BitSet> after = new ArrayList<>();
    for (Decision.Step step : decision.steps()) {
      steps.add(
          step.kind().equals("pseudo")
              ? ""
              : name(step.kind(), step.resource(), step.node(), step.detail()));
      after.add(new BitSet());
    }
    decision.edges().forEach(e -> after.get(e.first()).set(e.then()));
    return new Plan(steps, after, List.of());
  }

  /// One step in words.
  static String name(String kind, String resource, String node, String detail) {
    String name = kind + (resource.isEmpty() ? "" : " " + resource) + " on " + node;
    return detail.isEmpty() ? name : name + " (" + detail + ")";
  }

  /// How often each step is done.
  public SortedMap<String, Integer> counted() {
    SortedMap<String, Integer> counted = new TreeMap<>();
    for (String step : steps) {
      if (!step.isEmpty()) {
        counted.merge(step, 1, Integer::sum);
      }
    }
    return counted;
  }

  /// Which steps come before which, directly or not; empty if they go in a circle.
  public Optional<SortedSet<String>> order() {
    int[] waits = new int[steps.size()];
    for (BitSet next : after) {
      next.stream().forEach(i -> waits[i]++);
    }
    Deque<Integer> ready = new ArrayDeque<>();
    for (int i = 0; i < waits.length; i++) {
      if (waits[i] == 0) {
        ready.add(i);
      }
    }
    List<Integer> sorted = new ArrayList<>();
    while (!ready.isEmpty()) {
      int i = ready.remove();
      sorted.add(i);
      after.get(i).stream()
          .forEach(then -> {
            if (--waits[then] == 0) {
              ready.add(then);
            }
          });
    }
    if (sorted.size() < steps.size()) {
      return Optional.empty();
    }
    return Optional.of(pairs(sorted.reversed()));
  }

  private SortedSet<String> pairs(List<Integer> lastFirst) {
    List<BitSet> all = new ArrayList<>();
    after.forEach(_ -> all.add(new BitSet()));
    for (int i : lastFirst) {
      after.get(i).stream()
          .forEach(then -> {
            all.get(i).set(then);
            all.get(i).or(all.get(then));
          });
    }
    List<String> names = numbered();
    SortedSet<String> pairs = new TreeSet<>();
    for (int i = 0; i < names.size(); i++) {
      String first = names.get(i);
      if (!first.isEmpty()) {
        all.get(i).stream()
            .filter(then -> !names.get(then).isEmpty())
            .forEach(then -> pairs.add(first + " < " + names.get(then)));
      }
    }
    return pairs;
  }

  private List<String> numbered() {
    Map<String, Integer> seen = new TreeMap<>();
    List<String> names = new ArrayList<>();
    for (String step : steps) {
      int count = seen.merge(step, 1, Integer::sum);
      names.add(step.isEmpty() || count == 1 ? step : step + " #" + count);
    }
    return names;
  }
}
