package dev.quorate.differential;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lets both decide on one document.
public final class Comparison {
  private static final String NO_QUORUM = "have-quorum=\"0\"";
  private static final String QUORUM = "have-quorum=\"1\"";

  private final CrmSimulate peer;

  /// @param directory for the files of the other program; one at a time may use it
  public Comparison(Path directory) {
    this.peer = CrmSimulate.in(directory);
  }

  /// What came of one document.
  ///
  /// @param problem why there is nothing to compare; empty if there is
  public record Outcome(Optional<Difference> difference, String problem) {}

  /// Compares. Where nothing may start for want of quorum, what would have given an older version
  /// away is not in its plan; so it is asked once more what it would do with quorum.
  public Outcome compare(String xml, Instant now) throws IOException, InterruptedException {
    Outcome outcome = once(xml, now);
    Optional<Difference> difference = outcome.difference();
    if (difference.isEmpty()
        || difference.get().sameSteps()
        || difference.get().known()
        || !xml.contains(NO_QUORUM)) {
      return outcome;
    }
    List<String> reasons =
        once(xml.replace(NO_QUORUM, QUORUM), now)
            .difference()
            .map(Difference::reasons)
            .orElse(List.of());
    return new Outcome(difference.map(d -> d.because(reasons)), "");
  }

  private Outcome once(String xml, Instant now) throws IOException, InterruptedException {
    CibReader.Result read = CibReader.read(xml.getBytes(StandardCharsets.UTF_8));
    if (read.cib().isEmpty()) {
      return new Outcome(Optional.empty(), "refused by the reader: " + read.problems());
    }
    Cib cib = read.cib().get();
    Decision decision;
    try {
      decision = PolicyEngine.decide(cib, now);
    } catch (RuntimeException | StackOverflowError e) {
      return new Outcome(
          Optional.empty(), "the engine broke: " + e + " at " + e.getStackTrace()[0]);
    }
    Optional<Plan> other = peer.plan(xml, now);
    if (other.isEmpty()) {
      return new Outcome(Optional.empty(), CrmSimulate.BROKE);
    }
    List<String> active = new ArrayList<>();
    decision
        .before()
        .forEach((id, places) -> places.forEach(place -> active.add(id + " on " + place.node())));
    List<String> pending =
        cib.status().nodes().stream()
            .filter(node ->
                node.attribute("in_ccm").equals(Optional.of("true"))
                    && node.attribute("crmd").equals(Optional.of("online"))
                    && !node.attribute("join").equals(Optional.of("member")))
            .map(NodeState::name)
            .toList();
    return new Outcome(
        Optional.of(Difference.between(Plan.of(decision), other.get(), active, pending)), "");
  }
}
