package dev.quorate.resource.core.scheduling;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.Score;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import dev.quorate.resource.core.scheduling.ScoreTable.Fact;
import java.util.Collections;
import java.util.Optional;

/// What the failures of a resource on a node are worth, said in full.
final class FailureFact {
  private FailureFact() {}

  static Optional<Fact> of(Eligibility eligibility, Candidate candidate, NodeId node) {
    FailCount failed =
        eligibility
            .state()
            .failCounts()
            .getOrDefault(candidate.id(), Collections.emptySortedMap())
            .get(node);
    if (failed == null) {
      return Optional.empty();
    }
    ResourceOptions options = eligibility.options(candidate.definition());
    long expiry = failed.lastFailureMillis() + options.failureTimeout();
    boolean expired = options.failureTimeout() > 0 && eligibility.state().wallMillis() > expiry;
    int count = expired ? 0 : failed.count();
    boolean banned = options.threshold() > 0 && count > 0 && count >= options.threshold();
    String what =
        "fail count "
            + new Score(count)
            + " of "
            + new Score(options.threshold())
            + " (migration-threshold): "
            + failed.operation().name().toLowerCase(java.util.Locale.ROOT)
            + ": "
            + failed.reason();
    return Optional.of(
        new Fact(
            what,
            banned ? Score.NEVER : Score.ZERO,
            "hactl resource cleanup " + candidate.definition().publicId()));
  }
}
