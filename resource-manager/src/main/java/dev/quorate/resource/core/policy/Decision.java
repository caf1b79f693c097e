package dev.quorate.resource.core.policy;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the engine decided.
///
/// @param before where each resource is; one of an anonymous clone's instances by the plain id
/// @param steps what must be done
/// @param edges pairs of indexes into `steps`: the first before the second
/// @param promotable ids of the resources that can be promoted
/// @param recheck when the passing of time alone may change the decision
/// @param after where each resource shall be, in the order of its instances
/// @param held what would have to be done and cannot be
/// @param facts what the scores are made of, in the order in which they were found
/// @param warnings what an operator should know
/// @param refusals what the document asks for and is not managed
public record Decision(
    SortedMap<String, List<Placed>> before,
    List<Step> steps,
    List<Edge> edges,
    List<String> promotable,
    Optional<Instant> recheck,
    SortedMap<String, List<Placed>> after,
    List<Held> held,
    List<Fact> facts,
    List<String> warnings,
    List<String> refusals) {

  /// A place of a resource.
  ///
  /// @param role `Started`, `Unpromoted`, `Promoted`, `Starting`, `Stopping`
  public record Placed(String node, String role) {}

  /// Something to do.
  ///
  /// @param kind `start`, `stop`, `promote`, `demote`, `probe`, `monitor`, `cancel`, `fence`,
  ///   `shutdown`, `pseudo`, …
  /// @param family `core`, `probe`, `recurring`, `notify`, `admin` or `pseudo`
  /// @param resource empty if it concerns none
  /// @param node empty for a pseudo-action
  /// @param detail the interval in milliseconds of what recurs, the other node of a migration, how
  ///   to fence, what a notification is about; else empty
  public record Step(String kind, String family, String resource, String node, String detail) {}

  /// A step that cannot be done now.
  ///
  /// @param reason what it would need
  public record Held(Step step, String reason) {}

  /// Something that speaks for or against a node.
  ///
  /// @param promotion whether it is about being promoted there, not about being there
  /// @param source what it comes from: a constraint, an option, a failure
  /// @param score what it adds; a million is plus or minus infinity
  public record Fact(
      String resource, String node, boolean promotion, Source source, String name, int score) {}

  /// What a fact comes from.
  public enum Source {
    /// A location constraint, by its id.
    LOCATION,
    /// It is there and should rather stay.
    STICKINESS,
    /// It failed there too often.
    FAILURES,
    /// A colocation constraint, by its id.
    COLOCATION,
    /// What the agent says of promoting it there.
    PROMOTION_SCORE,
    /// How welcome the clone is there, when it comes to promoting an instance.
    PLACE
  }

  /// That one step comes before another.
  public record Edge(int first, int then) {}

  /// Copies the collections.
  public Decision {
    before = Collections.unmodifiableSortedMap(new TreeMap<>(before));
    steps = List.copyOf(steps);
    edges = List.copyOf(edges);
    promotable = List.copyOf(promotable);
    after = Collections.unmodifiableSortedMap(new TreeMap<>(after));
    held = List.copyOf(held);
    facts = List.copyOf(facts);
    warnings = List.copyOf(warnings);
    refusals = List.copyOf(refusals);
  }
}
