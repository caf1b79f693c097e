package dev.quorate.membership.netty;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The keys of a ring by generation. While keys are exchanged there are two: what is sealed with
/// either opens, and each pair of nodes uses the newest that both have. Never prints.
///
/// @param byGeneration one to four keys; generations count from 1
public record RingKeys(SortedMap<Integer, ClusterKey> byGeneration) {
  private static final int MOST = 4;

  /// Copies the map.
  public RingKeys {
    byGeneration = Collections.unmodifiableSortedMap(new TreeMap<>(byGeneration));
    if (byGeneration.isEmpty() || byGeneration.size() > MOST || byGeneration.firstKey() < 1) {
      throw new IllegalArgumentException("a ring has 1 to " + MOST + " keys, from generation 1");
    }
  }

  /// A ring that has one key.
  public static RingKeys of(ClusterKey key) {
    return new RingKeys(new TreeMap<>(Map.of(1, key)));
  }

  int newest() {
    return byGeneration.lastKey();
  }

  int oldest() {
    return byGeneration.firstKey();
  }

  /// The newest generation that a node has too whose newest is this one; the oldest, if there is
  /// none.
  int common(int theirs) {
    var shared = byGeneration.headMap(Math.min(Integer.MAX_VALUE - 1, theirs) + 1);
    return shared.isEmpty() ? oldest() : shared.lastKey();
  }

  @Override
  public String toString() {
    return "RingKeys" + byGeneration.keySet();
  }
}
