package dev.quorate.agents.core.postgresql.replication;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.PostgresFigures;
import dev.quorate.membership.NodeId;
import java.util.Optional;

/// What a running instance says of itself to the other nodes.
///
/// @param primary whether it accepts writes
/// @param end the end of the WAL that it has on disk
/// @param replayed the end of what it has replayed; of a primary, its end
/// @param upstream the node that it is to stream from
/// @param streaming whether it does
/// @param figures what else it says
public record InstanceReport(
    boolean primary,
    Lsn end,
    Lsn replayed,
    Optional<NodeId> upstream,
    boolean streaming,
    PostgresFigures figures) {

  /// The report of an instance that has just answered.
  ///
  /// @param upstream the node that its `primary_conninfo` names
  public static InstanceReport of(PostgresFacts facts, Optional<NodeId> upstream) {
    return new InstanceReport(
        !facts.inRecovery(),
        facts.end(),
        facts.inRecovery() ? facts.replayed() : facts.flushed(),
        upstream,
        facts.streaming(),
        facts.figures());
  }

  /// The connection under which another node streams from this instance.
  public Optional<PostgresFigures.Link> link(NodeId node) {
    return figures.links().stream().filter(l -> l.application().equals(node.name())).findFirst();
  }
}
