package dev.quorate.agents.core.postgresql.replication;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresFigures;
import dev.quorate.membership.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reports for tests.
final class Reports {
  private Reports() {}

  static InstanceReport primary(int timeline, long end, String... standbys) {
    List<PostgresFigures.Link> links =
        Stream.of(standbys).map(s -> link(s, "streaming", "quorum", end)).toList();
    return new InstanceReport(
        true,
        new Lsn(end),
        new Lsn(end),
        Optional.empty(),
        false,
        new PostgresFigures(timeline, 0, links, List.of()));
  }

  static InstanceReport standby(String upstream, long end, long replayed, String... standbys) {
    List<PostgresFigures.Link> links =
        Stream.of(standbys).map(s -> link(s, "streaming", "async", end)).toList();
    return new InstanceReport(
        false,
        new Lsn(end),
        new Lsn(replayed),
        Optional.of(new NodeId(upstream)),
        true,
        new PostgresFigures(1, 7, links, List.of()));
  }

  static PostgresFigures.Link link(String name, String state, String sync, long at) {
    return new PostgresFigures.Link(
        name,
        "10.0.0.2",
        state,
        sync,
        sync.equals("async") ? 0 : 1,
        new Lsn(at),
        new Lsn(at),
        new Lsn(at),
        new Lsn(at));
  }
}
