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
  private static final String NOTHING_ELSE = "nothing else was touched";

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
    settle(in, resource, node, order, "brought back", NOTHING_ELSE);
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
    settle(in, resource, node, order, "given a database", NOTHING_ELSE);
  }

  /// Has a node without a database copy the primary's.
  static MemberOrder copy(Invocation in, ResourceDefinition resource, NodeId node) {
    return order(in, resource, node, Kind.COPY);
  }

  /// Writes an order down.
  private static MemberOrder order(
      Invocation in, ResourceDefinition resource, NodeId node, Kind kind) {
    ClusterState state = in.cluster().state();
    requireLookedAfter(state, resource, List.of(node));
    Optional<NodeStatus> status = state.node(node).filter(NodeStatus::online);
    if (status.isEmpty()) {
      throw HactlError.failed(
          node + " does not take part now", "start it with 'hactl cluster start " + node + "'");
    }
    MemberOrder order = new MemberOrder(kind, Long.toString(number(in, state, resource, node)));
    in.propose(
        new ClusterCommand.SetAttribute(
            node,
            status.get().incarnation(),
            MemberOrder.attribute(resource.id()),
            order.format()));
    return order;
  }

  /// Refuses before anything is ordered of anybody.
  private static void requireLookedAfter(
      ClusterState state, ResourceDefinition resource, List<NodeId> nodes) {
    nodes.stream()
        .flatMap(node -> LeftAlone.of(state.configuration(), resource, node).stream())
        .findFirst()
        .ifPresent(alone -> {
          throw new HactlError(
              ExitCode.REFUSED,
              "HA-PG-032",
              "nothing is ordered of what is left alone: " + alone.reason(),
              "type '%s' first".formatted(alone.remedy()));
        });
  }

  /// The time, but later than whatever the member was last ordered and has answered: clocks go
  /// wrong, and an order with the number of another would be taken for that one.
  private static long number(
      Invocation in, ClusterState state, ResourceDefinition resource, NodeId node) {
    long now = in.cluster().now().toInstant().toEpochMilli();
    long written = MemberOrder.parse(written(state, resource, node)).givenAt();
    long answered =
        OrderAnswer.parse(answered(state, resource, node)).map(a -> a.order().givenAt()).orElse(0L);
    return Math.max(Math.max(now, state.wallMillis()), 1 + Math.max(written, answered));
  }

  private static String written(ClusterState state, ResourceDefinition resource, NodeId node) {
    return state.attribute(node, MemberOrder.attribute(resource.id()));
  }

  private static String answered(ClusterState state, ResourceDefinition resource, NodeId node) {
    return state.attribute(node, OrderAnswer.attribute(resource.id()));
  }

  private static OrderFate fate(
      ClusterState state, ResourceDefinition resource, NodeId node, MemberOrder order) {
    return OrderFate.of(order, written(state, resource, node), answered(state, resource, node));
  }

  /// Waits for what comes of an order if the user wants to.
  ///
  /// @param others what happened to other members, for who reads that this one failed
  static void settle(
      Invocation in,
      ResourceDefinition resource,
      NodeId node,
      MemberOrder order,
      String what,
      String others) {
    if (in.options().patience().isPresent()) {
      await(in, resource, node, order, what, others);
    }
  }

  private static void await(
      Invocation in,
      ResourceDefinition resource,
      NodeId node,
      MemberOrder order,
      String what,
      String others) {
    Duration patience = in.options().patience().orElse(Options.WAIT);
    in.cluster().await(s -> !(fate(s, resource, node, order) instanceof OrderFate.Waits), patience);
    switch (fate(in.cluster().state(), resource, node, order)) {
      case OrderFate.Done() ->
          in.out()
              .line(node + ": " + what + (order.kind() == Kind.RESTART ? ", streams again" : ""));
      case OrderFate.NotDone(var reason) ->
          throw failed(node, "%s was not %s: %s".formatted(node, what, reason), others);
      case OrderFate.Unknown(var reason) ->
          throw failed(
              node, "whether %s was %s is not known: %s".formatted(node, what, reason), others);
      case OrderFate.Waits() ->
          throw HactlError.timeout(
              "%s has not said within %d s that it was %s"
                  .formatted(node, patience.toSeconds(), what),
              "%s; the order stands for %d minutes, then it is withdrawn if nothing was begun; see 'hactl pg status' and the log of %s"
                  .formatted(others, MemberOrder.VALID.toMinutes(), node));
    }
  }

  private static HactlError failed(NodeId node, String message, String others) {
    return new HactlError(
        ExitCode.FAILED,
        "HA-PG-033",
        message,
        "%s; see 'hactl pg status' and the log of %s".formatted(others, node));
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
      restart(in, resource, node, NOTHING_ELSE);
      return;
    }
    if (promoted(in, resource).isEmpty()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-017",
          "there is no primary, so no member is restarted",
          "see why: hactl pg status");
    }
    List<NodeId> standbys = standbys(in, resource);
    List<NodeId> members = new ArrayList<>(standbys);
    members.addAll(promoted(in, resource));
    requireLookedAfter(in.cluster().state(), resource, members);
    List<String> before = new ArrayList<>();
    for (NodeId node : standbys) {
      String others =
          before.isEmpty()
              ? "no other member was restarted"
              : "restarted before it: " + String.join(", ", before) + "; no other member was";
      restart(in, resource, node, others);
      before.add(node.name());
    }
    PgCommands.switchover(in, resource, "");
  }

  private static void restart(
      Invocation in, ResourceDefinition resource, NodeId node, String others) {
    MemberOrder order = order(in, resource, node, Kind.RESTART);
    await(in, resource, node, order, "restarted", others);
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
    requireLookedAfter(in.cluster().state(), resource, nodes);
    SortedMap<NodeId, MemberOrder> orders = new TreeMap<>();
    nodes.forEach(node -> orders.put(node, order(in, resource, node, Kind.RELOAD)));
    String others = nodes.size() > 1 ? "the other members were told as well" : NOTHING_ELSE;
    orders.forEach((node, order) -> await(in, resource, node, order, "reloaded", others));
  }
}
