package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Holder;
import dev.quorate.resource.LeftAlone;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// `pg pause`, `pg resume` and `pg failover`: when an operator takes over from the cluster, or will
/// not wait for it.
final class PgInterventions {
  private static final String MAINTENANCE = "maintenance";

  private PgInterventions() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "pg pause",
            "",
            "Leaves PostgreSQL alone on every node: nothing is started, stopped or promoted until"
                + " 'pg resume'. Replication goes on.",
            in -> maintain(in, true)),
        Command.of(
            "pg resume",
            "[--yes]",
            "Looks after PostgreSQL again. What was promoted by hand beside the primary is set"
                + " aside then, and has to be meant.",
            in -> maintain(in, false)),
        Command.of(
            "pg failover",
            "NODE --yes [--wait[=S]]",
            "Has the primary's node fenced, so that a standby is promoted: for a primary that"
                + " cannot be switched over any more. NODE must be a standby; if another one has"
                + " more, or is preferred, the election promotes that one.",
            PgInterventions::failover));
  }

  private static void maintain(Invocation in, boolean alone) {
    ResourceDefinition resource = PgCommands.only(in);
    in.words().end();
    if (!alone && !in.options().force()) {
      requireNoRogue(in.cluster().state(), resource);
    }
    SortedMap<String, String> meta = new TreeMap<>();
    meta.put(MAINTENANCE, alone ? "true" : "");
    in.change(new ConfigurationChange.SetMeta(resource.id(), meta));
    in.out()
        .line(
            alone
                ? "'%s' is left alone; look after it again with 'hactl pg resume'"
                    .formatted(resource.publicId())
                : "'%s' is looked after".formatted(resource.publicId()));
  }

  /// A primary that holds no grant ends once it is looked after: an operator may have meant it to
  /// be the primary from now on.
  private static void requireNoRogue(ClusterState state, ResourceDefinition resource) {
    Primacy primacy = state.primacies().get(resource.id());
    if (primacy == null || primacy.epoch() == 0) {
      return;
    }
    String names =
        Placements.statuses(state, resource).entrySet().stream()
            .filter(e -> e.getValue().role() == Role.PROMOTED)
            .map(Map.Entry::getKey)
            .filter(
                n -> !(primacy.holder() instanceof Holder.Held(var holder, _) && holder.equals(n)))
            .map(NodeId::name)
            .collect(Collectors.joining(", "));
    if (!names.isEmpty()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-036",
          "'%s' is promoted on %s without the grant: it would be stopped, and what only it has set aside"
              .formatted(resource.publicId(), names),
          "stop it by hand first, or add --yes");
    }
  }

  private static void failover(Invocation in) {
    ResourceDefinition resource = PgCommands.only(in);
    NodeId next = in.node(in.words().take("NODE"));
    in.words().end();
    ClusterState state = in.cluster().state();
    List<NodeId> old = Placements.primary(state, resource);
    if (old.contains(next)) {
      in.out().line("'%s' is already promoted on %s".formatted(resource.publicId(), next));
      return;
    }
    if (!Placements.in(state, resource, Role.UNPROMOTED).contains(next)) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-025",
          "'%s' is no standby on %s".formatted(resource.publicId(), next),
          "name another node; see 'hactl pg status'");
    }
    if (old.isEmpty()) {
      throw HactlError.failed(
          "there is no primary, so a failover is under way or cannot be: "
              + PostgresText.waiting(state, resource).orElse("nothing is known to hold it up"),
          "see 'hactl pg status'");
    }
    requireManaged(state, resource);
    StonithCommands.requireDevice(in, old.getFirst());
    if (!in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-026",
          "%s is the primary, and would be fenced: whatever runs there ends"
              .formatted(old.getFirst()),
          "in good order it goes with 'hactl pg switchover %s'; if that cannot be, add --yes"
              .formatted(next));
    }
    in.propose(new ClusterCommand.RequestFencing(old.getFirst(), true, in.client()));
    in.out()
        .line(
            ("fencing of %s was asked for; once it is proven, a standby is promoted: see"
                    + " 'hactl stonith history' and 'hactl pg status'")
                .formatted(old.getFirst()));
    await(in, resource, old);
  }

  private static void await(Invocation in, ResourceDefinition resource, List<NodeId> old) {
    Duration wait = in.options().patience().orElse(Options.WAIT);
    boolean done = in.cluster().await(s -> !others(s, resource, old).isEmpty(), wait);
    List<NodeId> now = others(in.cluster().state(), resource, old);
    if (!done || now.isEmpty()) {
      throw HactlError.timeout(
          "nobody else is promoted within %d s".formatted(wait.toSeconds()),
          "it goes on; see whether %s is fenced: hactl stonith history; and why nobody is: hactl pg"
                  .formatted(old.getFirst())
              + " status");
    }
    in.out().line("'%s' is promoted on %s".formatted(resource.publicId(), now.getFirst()));
  }

  private static List<NodeId> others(
      ClusterState state, ResourceDefinition resource, List<NodeId> old) {
    return Placements.in(state, resource, Role.PROMOTED).stream()
        .filter(n -> !old.contains(n))
        .toList();
  }

  /// Whoever looks after nothing promotes nothing either: the primary would end, and that is all.
  private static void requireManaged(ClusterState state, ResourceDefinition resource) {
    LeftAlone.of(state.configuration(), resource)
        .ifPresent(alone -> {
          throw new HactlError(
              ExitCode.REFUSED,
              "HA-PG-031",
              "'%s' is left alone, so no standby would be promoted"
                  .formatted(resource.publicId().name()),
              "type '%s' first".formatted(alone.remedy()));
        });
  }
}
