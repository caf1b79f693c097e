package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.RebuildOrder;
import dev.quorate.agents.core.postgresql.RebuildOrder.Kind;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import java.util.List;
import java.util.Optional;

/// `pg rebuild` and `pg reinit`: bringing a member back by an operator's order.
final class PgRebuild {
  private PgRebuild() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "pg rebuild",
            "NODE",
            "Brings a member back that cannot follow the primary, with pg_rewind or a new copy,"
                + " whatever 'rejoin' says. What it has of its own is kept aside.",
            in -> order(in, Kind.REBUILD)),
        Command.of(
            "pg reinit",
            "NODE --yes",
            "Copies the whole database of the primary to a member again. The old files are kept"
                + " beside the new ones until the next copy.",
            in -> order(in, Kind.COPY)));
  }

  private static void order(Invocation in, Kind kind) {
    ResourceDefinition resource = PgCommands.only(in);
    NodeId node = in.node(in.words().take("NODE"));
    in.words().end();
    ClusterState state = in.cluster().state();
    List<NodeId> promoted = Placements.in(state, resource, Role.PROMOTED);
    if (promoted.contains(node)) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-013",
          node + " is the primary: what it has counts",
          "to make another one the primary first: hactl pg switchover");
    }
    if (promoted.isEmpty()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-014",
          "there is no primary that " + node + " could be brought back to",
          "see why: hactl pg status");
    }
    Optional<NodeStatus> status = state.node(node).filter(NodeStatus::online);
    if (status.isEmpty()) {
      throw HactlError.failed(
          node + " does not take part now", "start it with 'hactl cluster start " + node + "'");
    }
    if (kind == Kind.COPY && !in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-015",
          "the database of " + node + " is replaced by a copy of " + promoted.getFirst() + "'s",
          "if you want that, add --yes; 'hactl pg rebuild' does no more than is needed");
    }
    RebuildOrder order =
        new RebuildOrder(kind, Long.toString(in.cluster().now().toInstant().toEpochMilli()));
    in.propose(
        new ClusterCommand.SetAttribute(
            node,
            status.get().incarnation(),
            RebuildOrder.attribute(resource.id()),
            order.format()));
    in.out()
        .line(
            "'%s' on %s is brought back from %s; see 'hactl pg status'"
                .formatted(resource.publicId(), node, promoted.getFirst()));
  }
}
