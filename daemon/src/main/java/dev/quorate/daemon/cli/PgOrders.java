package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.MemberOrder.Kind;
import dev.quorate.agents.core.postgresql.OrderAnswer;
import dev.quorate.agents.core.postgresql.OrderFate;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.LeftAlone;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

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
    MemberOrder order = order(in, resource, node, kind);
    in.out()
        .line(
            "'%s' on %s is brought back from %s; see 'hactl pg status'"
                .formatted(resource.publicId(), node, promoted.getFirst()));
    settle(in, resource, node, order, "brought back");
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
    MemberOrder order = order(in, resource, node, Kind.INIT);
    in.out().line("A database is made on %s; see 'hactl pg status'".formatted(node));
    settle(in, resource, node, order, "given a database");
  }

  /// Has a node without a database copy the primary's.
  static MemberOrder copy(Invocation in, ResourceDefinition resource, NodeId node) {
    return order(in, resource, node, Kind.COPY);
  }

  /// Writes an order down.
  private static MemberOrder order(
      Invocation in, ResourceDefinition resource, NodeId node, Kind kind) {
    ClusterState state = in.cluster().state();
    LeftAlone.of(state.configuration(), resource, node)
        .ifPresent(alone -> {
          throw new HactlError(
              ExitCode.REFUSED,
              "HA-PG-032",
              "nothing is ordered of what is left alone: " + alone.reason(),
              "type '%s' first".formatted(alone.remedy()));
        });
    Optional<NodeStatus> status = state.node(node).filter(NodeStatus::online);
    if (status.isEmpty()) {
      throw HactlError.failed(
          node + " does not take part now", "start it with 'hactl cluster start " + node + "'");
    }
    long now = in.cluster().now().toInstant().toEpochMilli();
    MemberOrder order = new MemberOrder(kind, Long.toString(Math.max(now, state.wallMillis())));
    in.propose(
        new ClusterCommand.SetAttribute(
            node,
            status.get().incarnation(),
            MemberOrder.attribute(resource.id()),
            order.format()));
    return order;
  }

  private static OrderFate fate(
      ClusterState state, ResourceDefinition resource, NodeId node, MemberOrder order) {
    SortedMap<String, String> said = state.attributes().getOrDefault(node, new TreeMap<>());
    return OrderFate.of(
        order,
        said.getOrDefault(MemberOrder.attribute(resource.id()), ""),
        said.getOrDefault(OrderAnswer.attribute(resource.id()), ""));
  }

  /// Waits for what comes of an order if the user wants to.
  static void settle(
      Invocation in, ResourceDefinition resource, NodeId node, MemberOrder order, String what) {
    if (in.options().patience().isPresent()) {
      await(in, resource, node, order, what);
    }
  }

  private static void await(
      Invocation in, ResourceDefinition resource, NodeId node, MemberOrder order, String what) {
    Duration patience = in.options().patience().orElse(Options.WAIT);
    in.cluster().await(s -> !(fate(s, resource, node, order) instanceof OrderFate.Waits), patience);
    switch (fate(in.cluster().state(), resource, node, order)) {
      case OrderFate.Done() -> in.out().line(node + ": " + what);
      case OrderFate.NotDone(var reason) ->
          throw new HactlError(
              ExitCode.FAILED,
              "HA-PG-033",
              "%s is not %s: %s".formatted(node, what, reason),
              "nothing else was touched; see 'hactl pg status' and the log of " + node);
      case OrderFate.Waits() ->
          throw HactlError.timeout(
              "not %s in %d s: %s".formatted(what, patience.toSeconds(), node),
              "nothing else was touched; the order stands for %d minutes, then it is withdrawn if nothing was begun; see 'hactl pg status' and the log of %s"
                  .formatted(MemberOrder.VALID.toMinutes(), node));
    }
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
    MemberOrder order = order(in, resource, node, Kind.RESTART);
    await(in, resource, node, order, "restarted, streams again");
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
    SortedMap<NodeId, MemberOrder> orders = new TreeMap<>();
    nodes.forEach(node -> orders.put(node, order(in, resource, node, Kind.RELOAD)));
    orders.forEach((node, order) -> await(in, resource, node, order, "reloaded"));
  }
}
