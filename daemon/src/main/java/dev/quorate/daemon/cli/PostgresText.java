package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.LeftAlone;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.core.state.ElectionSupervisor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is known of a resource with data: who may write, and what each standby has.
final class PostgresText {
  private PostgresText() {}

  /// @param replication how far behind the standbys are; without it there is no such column
  static List<String> table(
      ClusterState state, ResourceDefinition resource, Replication replication) {
    List<String> lines = new ArrayList<>();
    Optional<Primacy> primacy = PgCommands.primacy(state, resource);
    lines.add(resource.publicId() + ":");
    primacy.ifPresent(p -> {
      lines.add("  * Primacy: epoch " + p.epoch() + ", " + holder(p.holder()));
      lines.add("  * Synchronous: " + promise(p));
      waiting(state, resource)
          .ifPresent(why -> lines.add("  * Nothing is promoted because " + why));
      if (p.election() instanceof Election.Idle(_, var outcome) && !outcome.isEmpty()) {
        lines.add("  * Last election: " + outcome);
      }
      if (!p.switchoverTo().isEmpty()) {
        lines.add("  * Switchover under way, to " + p.switchoverTo());
      }
    });
    List<List<String>> rows = new ArrayList<>();
    boolean heard = !replication.members().isEmpty();
    rows.add(row(heard, "Node", "Role", "Sync", "Lag", "Details"));
    for (var entry : Placements.statuses(state, resource).entrySet()) {
      rows.add(
          row(
              heard,
              entry.getKey().name(),
              role(entry.getValue()),
              sync(primacy, entry.getKey(), entry.getValue()),
              Optional.ofNullable(replication.members().get(entry.getKey()))
                  .flatMap(Replication.Member::lag)
                  .map(PgReplication::lagText)
                  .orElse("-"),
              details(state, resource, entry.getKey(), entry.getValue())));
    }
    lines.addAll(Columns.of(rows, "    "));
    return lines;
  }

  private static List<String> row(
      boolean heard, String node, String role, String sync, String lag, String details) {
    return heard ? List.of(node, role, sync, lag, details) : List.of(node, role, sync, details);
  }

  static String role(InstanceStatus status) {
    String word =
        switch (status.role()) {
          case PROMOTED -> "primary";
          case UNPROMOTED, STARTED -> "standby";
          case STOPPED -> "stopped";
        };
    return switch (status.certainty()) {
      case KNOWN -> word;
      case UNKNOWN -> "unknown";
      case FAILED -> word + ", failed";
      case BLOCKED -> word + ", blocked";
    };
  }

  private static String sync(Optional<Primacy> primacy, NodeId node, InstanceStatus status) {
    boolean member = primacy.filter(p -> p.promise().members().contains(node)).isPresent();
    return status.role() == Role.PROMOTED ? "-" : member ? "sync" : "async";
  }

  private static String details(
      ClusterState state, ResourceDefinition resource, NodeId node, InstanceStatus status) {
    if (!status.reason().isEmpty()) {
      return status.reason();
    }
    SortedMap<String, String> attributes = state.attributes().getOrDefault(node, new TreeMap<>());
    List<String> words = new ArrayList<>();
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      String name = attribute.getKey();
      if (name.startsWith(resource.id().name() + "-")
          || name.endsWith("-" + resource.id().name())) {
        words.add(
            name.replace(resource.id().name(), "").replaceAll("^-|-$", "")
                + "="
                + attribute.getValue());
      }
    }
    return String.join(" ", words);
  }

  private static String holder(Holder holder) {
    return switch (holder) {
      case Holder.Nobody() -> "never granted";
      case Holder.Held(var node, _) -> "held by " + node;
      case Holder.Released(var node, _, var proof, var timeline, _) ->
          "released by "
              + node
              + " ("
              + proof.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
              + (timeline > 0 ? ", timeline " + timeline : "")
              + ")";
    };
  }

  private static String promise(Primacy primacy) {
    if (primacy.promise().required() == 0) {
      return "nothing is promised (asynchronous)";
    }
    return "any "
        + primacy.promise().required()
        + " of "
        + String.join(", ", primacy.promise().members().stream().map(NodeId::name).toList());
  }

  /// Why nothing is promoted, if nothing is and something should be. What was promoted on a node
  /// that is lost does not count: nobody knows what runs there.
  static Optional<String> waiting(ClusterState state, ResourceDefinition resource) {
    Optional<Primacy> primacy = PgCommands.primacy(state, resource);
    boolean promoted =
        Placements.in(state, resource, Role.PROMOTED).stream()
            .anyMatch(node -> !state.node(node).map(NodeStatus::unclean).orElse(false));
    if (primacy.isEmpty() || promoted) {
      return Optional.empty();
    }
    if (primacy.get().holder() instanceof Holder.Held(var node, _)) {
      NodeStatus status = state.node(node).orElse(null);
      if (status != null && status.unclean()) {
        return Optional.of(
            node + " may still be writing and is not proven to be off: " + fencing(state, node));
      }
      if (status != null && status.presence() == NodeStatus.Presence.DAEMON_GONE) {
        return Optional.of(
            state.vouchedFor(node)
                ? "the ring does not hear " + node + ", which lives and may be writing"
                : "the daemon on " + node + " is gone, but the node lives and may be writing");
      }
    }
    Optional<LeftAlone> alone = LeftAlone.of(state.configuration(), resource);
    if (alone.isPresent()) {
      return Optional.of(
          "it is left alone: %s; to end that: %s"
              .formatted(alone.get().reason(), alone.get().remedy()));
    }
    List<NodeId> unseen = ElectionSupervisor.unseen(state, resource);
    if (primacy.get().epoch() == 0 && !unseen.isEmpty()) {
      String names = String.join(", ", unseen.stream().map(NodeId::name).toList());
      return Optional.of(
          "nothing ever was, and "
              + names
              + " may have the data that the others are to follow: start "
              + (unseen.size() == 1 ? "it" : "them")
              + ", or do without: hactl node standby "
              + unseen.getFirst());
    }
    return switch (primacy.get().election()) {
      case Election.Blocked(_, var detail, _) -> Optional.of(detail);
      case Election.Open(_, _, _, _, var expected, var votes, _) -> {
        List<String> missing =
            expected.stream().filter(n -> !votes.containsKey(n)).map(NodeId::name).toList();
        yield Optional.of(
            "an election is going on"
                + (missing.isEmpty() ? "" : ", votes missing from " + String.join(", ", missing)));
      }
      case Election.Won(_, var winner, _, _, _, _) -> Optional.of(winner + " is being promoted");
      case Election.Idle _ -> Optional.empty();
    };
  }

  /// How far the proof is that a lost node is off, and what a person can do.
  static String fencing(ClusterState state, NodeId node) {
    String byHand = "power it off, make sure, then: hactl stonith confirm " + node + " --force";
    if (state.configuration().fenceDevices().isEmpty()) {
      return "there is no fence device; " + byHand;
    }
    return state.fencings().reversed().stream()
        .filter(f -> f.target().equals(node))
        .findFirst()
        .filter(f -> !f.confirmed())
        .map(f ->
            "fencing failed (%s) and is tried again; if it cannot work, %s"
                .formatted(f.reason(), byHand))
        .orElse("fencing is under way");
  }
}
