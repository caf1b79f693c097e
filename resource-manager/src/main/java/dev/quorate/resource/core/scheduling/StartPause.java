package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What fails at every start is tried again at once a few times, then ever more rarely: otherwise a
/// database that cannot start would fill the log with attempts.
///
/// A start that is fatal (`start-failure-is-fatal`) is not tried again at all, and never comes
/// here.
final class StartPause {
  private static final int AT_ONCE = 3;
  private static final long SHORTEST_MILLIS = 500;
  private static final int DOUBLINGS = 6;

  private final Eligibility eligibility;

  StartPause(Eligibility eligibility) {
    this.eligibility = eligibility;
  }

  /// Keeps away from a node what has just failed to start there too often.
  List<ConstraintElement> constraints() {
    List<ConstraintElement> kept = new ArrayList<>();
    for (Candidate candidate : eligibility.resources().values()) {
      failures(candidate)
          .forEach((node, failed) -> {
            if (waits(candidate, node, failed)) {
              kept.add(away(candidate, node));
            }
          });
    }
    return kept;
  }

  /// When the first of them may be tried again.
  Optional<Instant> firstEnd() {
    return eligibility.resources().values().stream()
        .flatMap(candidate ->
            failures(candidate).entrySet().stream()
                .filter(f -> waits(candidate, f.getKey(), f.getValue()))
                .map(f -> Instant.ofEpochMilli(end(f.getValue()))))
        .min(Instant::compareTo);
  }

  private Map<NodeId, FailCount> failures(Candidate candidate) {
    return eligibility
        .state()
        .failCounts()
        .getOrDefault(candidate.id(), Collections.emptySortedMap());
  }

  private boolean waits(Candidate candidate, NodeId node, FailCount failed) {
    return failed.operation() == OperationKind.START
        && failed.count() > AT_ONCE
        && failed.count() < Score.INFINITY
        && !candidate.instance(node).role().active()
        && eligibility.state().wallMillis() < end(failed);
  }

  private static long end(FailCount failed) {
    return failed.lastFailureMillis()
        + (SHORTEST_MILLIS << Math.min(failed.count() - AT_ONCE - 1, DOUBLINGS));
  }

  private static ConstraintElement away(Candidate candidate, NodeId node) {
    return new ConstraintElement.Location(
        "pause-after-failed-starts-%s-%s".formatted(candidate.id(), node),
        candidate.definition().publicId().name(),
        "",
        List.of(),
        node.name(),
        Optional.of(-Score.INFINITY),
        Optional.empty(),
        "",
        List.of());
  }
}
