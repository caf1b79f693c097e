package dev.quorate.simulation;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What came of one seed.
///
/// @param violation what was broken, if anything
/// @param property the short name of it, or empty text
/// @param events by kind
/// @param faults by kind
/// @param simulated how much time passed in the cluster
/// @param healing how long the cluster took to recover after the last fault
/// @param hash equal for equal runs
/// @param lastEvents the newest last
public record SimulationOutcome(
    long seed,
    int nodes,
    Optional<String> violation,
    String property,
    SortedMap<String, Long> events,
    SortedMap<String, Long> faults,
    Duration simulated,
    Duration healing,
    long acknowledged,
    long promotions,
    long hash,
    List<String> lastEvents) {
  /// Copies the collections.
  public SimulationOutcome {
    events = Collections.unmodifiableSortedMap(new TreeMap<>(events));
    faults = Collections.unmodifiableSortedMap(new TreeMap<>(faults));
    lastEvents = List.copyOf(lastEvents);
  }
}
