package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.PostgresSurroundings;
import dev.quorate.agents.core.postgresql.replication.InstanceReport;
import dev.quorate.agents.core.postgresql.replication.ReportRhythm;
import dev.quorate.membership.NodeId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What the local instance lets the other nodes know of itself. Confined to the driver's thread.
final class Bulletin {
  private final LocalPostgres local;
  private final ReportRhythm rhythm = new ReportRhythm();

  Bulletin(LocalPostgres local) {
    this.local = local;
  }

  /// The instance was looked at.
  ///
  /// @param facts empty if it does not answer
  void post(Instant now, Optional<PostgresFacts> facts, PostgresSurroundings agreed) {
    say(now, facts.map(f -> InstanceReport.of(f, upstream(f, agreed))));
  }

  /// It does not run.
  void takeDown() {
    say(Instant.EPOCH.plusNanos(System.nanoTime()), Optional.empty());
  }

  private void say(Instant now, Optional<InstanceReport> report) {
    rhythm.next(now, report).ifPresent(local.context::publish);
  }

  private static Optional<NodeId> upstream(PostgresFacts facts, PostgresSurroundings agreed) {
    return agreed.conninfos().entrySet().stream()
        .filter(e -> e.getValue().equals(facts.conninfo()))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
