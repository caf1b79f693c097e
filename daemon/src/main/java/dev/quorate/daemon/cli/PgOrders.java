package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.MemberOrder.Kind;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an operator wants of single members: `pg rebuild`, `reinit`, `restart` and `reload`.
final class PgOrders {
  private PgOrders() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "pg rebuild",
            "NODE [--wait[=S]]",
            "Brings a member back that cannot follow the primary, with pg_rewind or a new copy,"
                + " whatever 'rejoin' says. What it has of its own is kept aside.",
            in -> comeBack(in, Kind.REBUILD)),
        Command.of(
            "pg reinit",
            "NODE --yes [--wait[=S]]",
            "Copies the whole database of the primary to a member again. The old files are kept"
                + " beside the new ones until the next copy.",
            in -> comeBack(in, Kind.COPY)),
        Command.of(
            "pg init",
            "NODE --yes [--wait[=S]]",
            "Makes a new database on a node, with the options of the parameter 'initdb', if no"
                + " member has one. The others copy it.",
            PgOrders::initialise),
        Command.of(
            "pg restart",
            "[NODE] [--wait[=S]]",
            "Restarts one standby, or all members one after the other: each standby until it"
                + " streams again, then the primary by a switchover.",
            PgOrders::restart),
        Command.of(
            "pg reload",
            "[NODE] [--wait[=S]]",
            "Has PostgreSQL read its settings again, on one member or on all.",
            PgOrders::reload));
  }

  static List<NodeId> promoted(Invocation in, ResourceDefinition resource) {
    return Placements.in(in.cluster().state(), resource, Role.PROMOTED);
  }

  private static List<NodeId> standbys(Invocation in, ResourceDefinition resource) {
    return Placements.in(in.cluster().state(), resource, Role.UNPROMOTED);
  }

  private static void comeBack(Invocation in, Kind kind) {
    ResourceDefinition resource = PgCommands.only(in);
    NodeId node = in.node(in.words().take("NODE"));
    in.words().end();
    List<NodeId> promoted = promoted(in, resource);
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
    if (kind == Kind.COPY && !in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-015",
          "the database of " + node + " is replaced by a copy of " + promoted.getFirst() + "'s",
          "if you want that, add --yes; 'hactl pg rebuild' does no more than is needed");
    }
    order(in, resource, node, kind);
    in.out()
        .line(
            "'%s' on %s is brought back from %s; see 'hactl pg status'"
                .formatted(resource.publicId(), node, promoted.getFirst()));
    in.settle(node + " is back", s -> carriedOut(s, resource, node));
  }

  private static void initialise(Invocation in) {
    ResourceDefinition resource = PgCommands.only(in);
    NodeId node = in.node(in.words().take("NODE"));
    in.words().end();
    ClusterState state = in.cluster().state();
    if (PgCommands.epoch(state, resource) > 0 || !promoted(in, resource).isEmpty()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-018",
          "'" + resource.publicId() + "' has a database: a new one would be another one",
          "to copy it to " + node + " again: hactl pg reinit " + node);
    }
    if (!in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-019",
          "a new, empty database is made on " + node + ", and the others become copies of it",
          "if no node has a database that is to be kept, add --yes");
    }
    order(in, resource, node, Kind.INIT);
    in.out().line("A database is made on %s; see 'hactl pg status'".formatted(node));
    in.settle("there is a database", s -> carriedOut(s, resource, node));
  }

  /// Has a node without a database copy the primary's.
  static void copy(Invocation in, ResourceDefinition resource, NodeId node) {
    order(in, resource, node, Kind.COPY);
  }

  /// Writes an order down.
  private static void order(Invocation in, ResourceDefinition resource, NodeId node, Kind kind) {
    Optional<NodeStatus> status = in.cluster().state().node(node).filter(NodeStatus::online);
    if (status.isEmpty()) {
      throw HactlError.failed(
          node + " does not take part now", "start it with 'hactl cluster start " + node + "'");
    }
    MemberOrder order =
        new MemberOrder(kind, Long.toString(in.cluster().now().toInstant().toEpochMilli()));
    in.propose(
        new ClusterCommand.SetAttribute(
            node,
            status.get().incarnation(),
            MemberOrder.attribute(resource.id()),
            order.format()));
  }

  /// Whether the member took its order back, having carried it out.
  static boolean carriedOut(ClusterState state, ResourceDefinition resource, NodeId node) {
    return Optional.ofNullable(state.attributes().get(node))
        .map(a -> !a.containsKey(MemberOrder.attribute(resource.id())))
        .orElse(true);
  }

  private static void await(Invocation in, ResourceDefinition resource, NodeId node, String what) {
    Duration patience = in.options().patience().orElse(Options.WAIT);
    if (!in.cluster().await(s -> carriedOut(s, resource, node), patience)) {
      throw HactlError.timeout(
          "not %s in %d s: %s".formatted(what, patience.toSeconds(), node),
          "nothing else was touched; see 'hactl pg status' and the log of " + node);
    }
    in.out().line(node + ": " + what);
  }

  private static void restart(Invocation in) {
    ResourceDefinition resource = PgCommands.only(in);
    if (in.words().has()) {
      NodeId node = in.node(in.words().take("NODE"));
      in.words().end();
      if (promoted(in, resource).contains(node)) {
        throw new HactlError(
            ExitCode.REFUSED,
            "HA-PG-016",
            node + " is the primary, and clients write there",
            "'hactl pg switchover' restarts it as a standby; 'hactl pg restart' does that last");
      }
      restart(in, resource, node);
      return;
    }
    if (promoted(in, resource).isEmpty()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-017",
          "there is no primary, so no member is restarted",
          "see why: hactl pg status");
    }
    for (NodeId node : standbys(in, resource)) {
      restart(in, resource, node);
    }
    PgCommands.switchover(in, resource, "");
  }

  private static void restart(Invocation in, ResourceDefinition resource, NodeId node) {
    order(in, resource, node, Kind.RESTART);
    await(in, resource, node, "restarted, streams again");
  }

  private static void reload(Invocation in) {
    ResourceDefinition resource = PgCommands.only(in);
    List<NodeId> nodes = new ArrayList<>();
    if (in.words().has()) {
      nodes.add(in.node(in.words().take("NODE")));
    } else {
      nodes.addAll(promoted(in, resource));
      nodes.addAll(standbys(in, resource));
    }
    in.words().end();
    nodes.forEach(node -> order(in, resource, node, Kind.RELOAD));
    nodes.forEach(node -> await(in, resource, node, "reloaded"));
  }
}
