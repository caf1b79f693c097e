package dev.quorate.agents.core.postgresql;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.TimeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an administrator has declared of the members: who streams from whom instead of from the
/// primary, and who only keeps a copy. Nodes that are not named are standbys of the primary like
/// any other.
///
/// Invariants:
/// - following the declared upstreams ends somewhere: they make no circle.
///
/// @param upstreams whom a node streams from while that one is a standby that works
/// @param copies who is never promoted, and never waited for
/// @param delays how long a node waits before it replays what it has; such a node is a copy
public record Topology(
    SortedMap<NodeId, NodeId> upstreams,
    SortedSet<NodeId> copies,
    SortedMap<NodeId, Duration> delays) {
  /// The parameter with the upstreams.
  public static final String UPSTREAM = "upstream";

  /// The parameter with the copies.
  public static final String NO_PROMOTE = "no-promote";

  /// The parameter with the delays.
  public static final String DELAY = "delay";

  private static final String SEPARATORS = "[;,\\s]+";

  /// Copies the collections.
  public Topology {
    upstreams = Collections.unmodifiableSortedMap(new TreeMap<>(upstreams));
    copies = Collections.unmodifiableSortedSet(new TreeSet<>(copies));
    delays = Collections.unmodifiableSortedMap(new TreeMap<>(delays));
  }

  /// Reads parameters without problems.
  public static Topology of(SortedMap<String, String> parameters) {
    SortedMap<NodeId, NodeId> upstreams = new TreeMap<>();
    pairs(parameters, UPSTREAM)
        .forEach((node, upstream) -> upstreams.put(new NodeId(node), new NodeId(upstream)));
    SortedMap<NodeId, Duration> delays = new TreeMap<>();
    pairs(parameters, DELAY)
        .forEach((node, time) ->
            delays.put(new NodeId(node), TimeText.parse(time).orElse(Duration.ZERO)));
    SortedSet<NodeId> copies = new TreeSet<>(delays.keySet());
    words(parameters, NO_PROMOTE).forEach(node -> copies.add(new NodeId(node)));
    return new Topology(upstreams, copies, delays);
  }

  /// Everything that is wrong, as sentences.
  public static List<String> problems(SortedMap<String, String> parameters) {
    List<String> problems = new ArrayList<>();
    for (String name : List.of(UPSTREAM, DELAY)) {
      for (String word : words(parameters, name)) {
        if (!word.matches("[^:]+:[^:]+") || !legal(word.substring(0, word.indexOf(':')))) {
          problems.add("%s '%s' is not NODE:VALUE: write it as n3:n2".formatted(name, word));
        }
      }
    }
    if (!problems.isEmpty()) {
      return problems;
    }
    pairs(parameters, UPSTREAM).values().stream()
        .filter(n -> !legal(n))
        .forEach(n -> problems.add("%s '%s' is not a node: name one".formatted(UPSTREAM, n)));
    words(parameters, NO_PROMOTE).stream()
        .filter(n -> !legal(n))
        .forEach(n -> problems.add("%s '%s' is not a node: name one".formatted(NO_PROMOTE, n)));
    pairs(parameters, DELAY)
        .forEach((node, time) -> {
          if (TimeText.parse(time).isEmpty()) {
            problems.add(
                "%s '%s' of %s is not a time: write it as 3600, 90min or 1h"
                    .formatted(DELAY, time, node));
          }
        });
    SortedMap<String, String> upstreams = pairs(parameters, UPSTREAM);
    for (String start : upstreams.keySet()) {
      SortedSet<String> seen = new TreeSet<>();
      Optional<String> at = Optional.of(start);
      while (at.isPresent() && seen.add(at.get())) {
        at = Optional.ofNullable(upstreams.get(at.get()));
      }
      if (at.isPresent()) {
        problems.add(
            "%s goes round in a circle at %s: let one of them stream from the primary"
                .formatted(UPSTREAM, at.get()));
        return problems;
      }
    }
    return problems;
  }

  private static boolean legal(String node) {
    try {
      return !new NodeId(node).name().isEmpty();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static List<String> words(SortedMap<String, String> parameters, String name) {
    return List.of(parameters.getOrDefault(name, "").split(SEPARATORS, -1)).stream()
        .filter(w -> !w.isEmpty())
        .toList();
  }

  private static SortedMap<String, String> pairs(
      SortedMap<String, String> parameters, String name) {
    SortedMap<String, String> pairs = new TreeMap<>();
    for (String word : words(parameters, name)) {
      pairs.put(word.substring(0, word.indexOf(':')), word.substring(word.indexOf(':') + 1));
    }
    return pairs;
  }

  /// Whom a node is to stream from rather than from the primary.
  public Optional<NodeId> upstream(NodeId node) {
    return Optional.ofNullable(upstreams.get(node)).filter(u -> !u.equals(node));
  }

  /// Whether a node may become the primary.
  public boolean promotes(NodeId node) {
    return !copies.contains(node);
  }

  /// How long a node waits before it replays; zero for not at all.
  public Duration delay(NodeId node) {
    return Optional.ofNullable(delays.get(node)).orElse(Duration.ZERO);
  }
}
