package dev.quorate.resource.cases;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.resource.core.policy.Decision.Edge;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A plan as JSON says it: where things are, what is done, and in which order.
///
/// @param before places of each resource in their order; resources without one are left out
/// @param ordered pairs of indexes of actions, the first before the second
/// @param promotable plain ids of what can be promoted
record RecordedPlan(
    SortedMap<String, List<Place>> before,
    List<Deed> deeds,
    List<Edge> ordered,
    List<String> promotable) {

  RecordedPlan {
    before = Collections.unmodifiableSortedMap(new TreeMap<>(before));
    deeds = List.copyOf(deeds);
    ordered = List.copyOf(ordered);
    promotable = List.copyOf(promotable);
  }

  /// A node and a role.
  record Place(String node, String role) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byNode = node.compareTo(other.node);
      return byNode != 0 ? byNode : role.compareTo(other.role);
    }
  }

  /// An action.
  record Deed(String kind, String family, String resource, String node, String detail) {
    boolean pseudo() {
      return kind.equals("pseudo");
    }

    /// What makes two actions the same.
    String key() {
      return kind + " " + resource + " " + node + " " + detail;
    }
  }

  /// Reads a plan; the relations are called `edges` or `order_all`.
  static RecordedPlan of(JsonNode root) {
    SortedMap<String, List<Place>> before = new TreeMap<>();
    root.path("before")
        .forEachEntry((resource, places) -> {
          List<Place> at = new ArrayList<>();
          places.forEach(p -> at.add(new Place(p.get(0).asText(), p.get(1).asText())));
          at.sort(null);
          if (!at.isEmpty()) {
            before.put(resource, at);
          }
        });
    List<Deed> deeds = new ArrayList<>();
    root.path("actions")
        .forEach(a ->
            deeds.add(
                new Deed(
                    a.get(0).asText(),
                    a.get(1).asText(),
                    a.get(2).asText(""),
                    a.get(3).asText(""),
                    a.get(4).asText(""))));
    List<Edge> ordered = new ArrayList<>();
    (root.has("edges") ? root.path("edges") : root.path("order_all"))
        .forEach(e -> ordered.add(new Edge(e.get(0).asInt(), e.get(1).asInt())));
    List<String> promotable = new ArrayList<>();
    root.path("promotable").forEach(p -> promotable.add(p.asText()));
    return new RecordedPlan(before, deeds, ordered, promotable);
  }

  private List<List<Integer>> followers() {
    List<List<Integer>> followers = new ArrayList<>();
    deeds.forEach(_ -> followers.add(new ArrayList<>()));
    ordered.forEach(e -> followers.get(e.first()).add(e.then()));
    return followers;
  }

  /// An order of the actions that heeds the relations; those in a loop and after it are missing.
  List<Integer> sequence() {
    List<List<Integer>> followers = followers();
    int[] open = new int[deeds.size()];
    ordered.forEach(e -> open[e.then()]++);
    List<Integer> sequence = new ArrayList<>();
    for (int i = 0; i < open.length; i++) {
      if (open[i] == 0) {
        sequence.add(i);
      }
    }
    for (int i = 0; i < sequence.size(); i++) {
      for (int next : followers.get(sequence.get(i))) {
        if (--open[next] == 0) {
          sequence.add(next);
        }
      }
    }
    return sequence;
  }

  boolean loops() {
    return sequence().size() < deeds.size();
  }

  /// Where things are when all is done.
  ///
  /// @param start where they are before
  /// @param canPromote plain ids of what can be promoted
  SortedMap<String, SortedSet<Place>> outcome(
      SortedMap<String, List<Place>> start, List<String> canPromote) {
    SortedMap<String, SortedSet<Place>> places = new TreeMap<>();
    start.forEach((resource, at) -> places.put(resource, new TreeSet<>(at)));
    for (int index : sequence()) {
      Deed deed = deeds.get(index);
      SortedSet<Place> at =
          deed.resource().isEmpty()
              ? new TreeSet<>()
              : places.computeIfAbsent(deed.resource(), _ -> new TreeSet<>());
      String plain = deed.resource().replaceFirst(":[^:]*$", "");
      boolean promotable = canPromote.contains(deed.resource()) || canPromote.contains(plain);
      boolean changes =
          List.of("start", "migrate_from", "stop", "promote", "demote").contains(deed.kind());
      if (changes) {
        at.removeIf(p -> p.node().equals(deed.node()));
      }
      switch (deed.kind()) {
        case "start", "migrate_from" -> {
          at.removeIf(p -> deed.kind().equals("migrate_from") && p.node().equals(deed.detail()));
          at.add(new Place(deed.node(), promotable ? "Unpromoted" : "Started"));
        }
        case "promote" -> at.add(new Place(deed.node(), "Promoted"));
        case "demote" -> at.add(new Place(deed.node(), "Unpromoted"));
        case "fence" -> {
          if (!deed.detail().equals("on")) {
            places.values().forEach(all -> all.removeIf(p -> p.node().equals(deed.node())));
          }
        }
        default -> {}
      }
    }
    SortedMap<String, SortedSet<Place>> outcome = new TreeMap<>();
    places.forEach((resource, at) -> {
      SortedSet<Place> plain = new TreeSet<>();
      at.forEach(p ->
          plain.add(
              new Place(p.node(), p.role().matches("Starting|Stopping") ? "Started" : p.role())));
      if (!plain.isEmpty()) {
        outcome.put(resource, plain);
      }
    });
    return outcome;
  }

  /// The keys of the actions that are more than marks, with how often.
  SortedMap<String, Integer> counted() {
    SortedMap<String, Integer> counted = new TreeMap<>();
    deeds.stream().filter(d -> !d.pseudo()).forEach(d -> counted.merge(d.key(), 1, Integer::sum));
    return counted;
  }

  /// All pairs of actions of which the first must come before the second, marks left out; equal
  /// actions are numbered. Empty if there is a loop.
  SortedSet<String> pairs() {
    List<Integer> sequence = sequence();
    SortedSet<String> pairs = new TreeSet<>();
    if (sequence.size() < deeds.size()) {
      return pairs;
    }
    List<List<Integer>> followers = followers();
    List<String> names = new ArrayList<>();
    SortedMap<String, Integer> seen = new TreeMap<>();
    deeds.forEach(d -> names.add(d.key() + " #" + seen.merge(d.key(), 1, Integer::sum)));
    List<BitSet> later = new ArrayList<>();
    deeds.forEach(_ -> later.add(new BitSet()));
    for (int first : sequence.reversed()) {
      BitSet reached = later.get(first);
      for (int next : followers.get(first)) {
        reached.or(later.get(next));
        reached.set(next);
      }
      if (!deeds.get(first).pseudo()) {
        reached.stream()
            .filter(then -> !deeds.get(then).pseudo())
            .forEach(then -> pairs.add(names.get(first) + " < " + names.get(then)));
      }
    }
    return pairs;
  }
}
