package dev.quorate.resource.core.preview;

import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.Decision.Placed;
import dev.quorate.resource.core.policy.Decision.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// A decision, played through.
///
/// @param order the indexes of its steps, each after all that come before it
/// @param after where each resource is when all is done
/// @param loop whether some steps wait for each other; they come last in the order
public record Preview(
    Decision decision, List<Integer> order, SortedMap<String, List<Placed>> after, boolean loop) {
  /// Copies the collections.
  public Preview {
    order = List.copyOf(order);
    after = Collections.unmodifiableSortedMap(new TreeMap<>(after));
  }

  /// Plays a decision through.
  public static Preview of(Decision decision) {
    int count = decision.steps().size();
    List<List<Integer>> followers = followers(decision);
    int[] open = new int[count];
    decision.edges().forEach(e -> open[e.then()]++);
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    IntStream.range(0, count).filter(i -> open[i] == 0).forEach(ready::add);
    List<Integer> order = new ArrayList<>(count);
    while (!ready.isEmpty()) {
      int step = ready.remove();
      order.add(step);
      for (int next : followers.get(step)) {
        if (--open[next] == 0) {
          ready.add(next);
        }
      }
    }
    boolean loop = order.size() < count;
    SortedMap<String, List<Placed>> after = after(decision, order);
    IntStream.range(0, count).filter(i -> open[i] > 0).forEach(order::add);
    return new Preview(decision, order, after, loop);
  }

  private static List<List<Integer>> followers(Decision decision) {
    List<List<Integer>> followers = new ArrayList<>();
    decision.steps().forEach(_ -> followers.add(new ArrayList<>()));
    decision.edges().forEach(e -> followers.get(e.first()).add(e.then()));
    return followers;
  }

  private static SortedMap<String, List<Placed>> after(Decision decision, List<Integer> order) {
    SortedMap<String, List<Placed>> places = new TreeMap<>();
    decision.before().forEach((resource, list) -> places.put(resource, new ArrayList<>(list)));
    for (int index : order) {
      Step step = decision.steps().get(index);
      switch (step.kind()) {
        case "start", "migrate_from" -> {
          List<Placed> at = leave(places, step.resource(), step.node());
          if (step.kind().equals("migrate_from")) {
            at.removeIf(p -> p.node().equals(step.detail()));
          }
          boolean promotable = decision.promotable().contains(step.resource());
          at.add(new Placed(step.node(), promotable ? "Unpromoted" : "Started"));
        }
        case "stop" -> leave(places, step.resource(), step.node());
        case "promote" ->
            leave(places, step.resource(), step.node()).add(new Placed(step.node(), "Promoted"));
        case "demote" ->
            leave(places, step.resource(), step.node()).add(new Placed(step.node(), "Unpromoted"));
        case "fence" -> {
          if (!step.detail().equals("on")) {
            places.values().forEach(at -> at.removeIf(p -> p.node().equals(step.node())));
          }
        }
        default -> {}
      }
    }
    places.values().removeIf(List::isEmpty);
    places
        .values()
        .forEach(at ->
            at.sort(java.util.Comparator.comparing(Placed::node).thenComparing(Placed::role)));
    return places;
  }

  private static List<Placed> leave(
      SortedMap<String, List<Placed>> places, String resource, String node) {
    List<Placed> at = places.computeIfAbsent(resource, _ -> new ArrayList<>());
    at.removeIf(p -> p.node().equals(node));
    return at;
  }

  /// For each step those that it directly waits for and no other of them waits for in turn.
  ///
  /// @param throughPseudo whether pseudo-actions are left out and what they wait for stands for
  ///   them
  public List<List<Integer>> waits(boolean throughPseudo) {
    int count = decision.steps().size();
    List<List<Integer>> direct = new ArrayList<>();
    decision.steps().forEach(_ -> direct.add(new ArrayList<>()));
    decision.edges().forEach(e -> direct.get(e.then()).add(e.first()));
    int[] rank = new int[count];
    for (int i = 0; i < count; i++) {
      rank[order.get(i)] = i;
    }
    List<BitSet> earlier = new ArrayList<>(Collections.nCopies(count, new BitSet()));
    List<List<Integer>> waits = new ArrayList<>(Collections.nCopies(count, List.of()));
    for (int step : order) {
      BitSet candidates = new BitSet();
      for (int first : direct.get(step)) {
        if (throughPseudo && isPseudo(first)) {
          waits.get(first).forEach(candidates::set);
        } else {
          candidates.set(first);
        }
      }
      BitSet all = new BitSet();
      List<Integer> kept = new ArrayList<>();
      candidates.stream()
          .boxed()
          .sorted((a, b) -> Integer.compare(rank[b], rank[a]))
          .forEach(first -> {
            if (!all.get(first)) {
              kept.add(first);
              all.or(earlier.get(first));
              all.set(first);
            }
          });
      kept.sort((a, b) -> Integer.compare(rank[a], rank[b]));
      waits.set(step, List.copyOf(kept));
      earlier.set(step, all);
    }
    return List.copyOf(waits);
  }

  boolean isPseudo(int step) {
    return decision.steps().get(step).family().equals("pseudo");
  }
}
