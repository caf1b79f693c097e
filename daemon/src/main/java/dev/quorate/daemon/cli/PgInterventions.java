package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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
        Command.of("pg resume", "", "Looks after PostgreSQL again.", in -> maintain(in, false)),
        Command.of(
            "pg failover",
            "NODE --yes [--wait[=S]]",
            "Has the primary's node fenced, so that a standby is promoted: for a primary that cannot"
                + " be switched over any more. NODE must be a standby; if another one has more, or is"
                + " preferred, the election promotes that one.",
            PgInterventions::failover));
  }

  private static void maintain(Invocation in, boolean alone) {
    ResourceDefinition resource = PgCommands.only(in);
    in.words().end();
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

  private static void failover(Invocation in) {
    ResourceDefinition resource = PgCommands.only(in);
    NodeId next = in.node(in.words().take("NODE"));
    in.words().end();
    ClusterState state = in.cluster().state();
    List<NodeId> old = Placements.in(state, resource, Role.PROMOTED);
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
    if (!in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-026",
          "%s works as the primary, and would be fenced: whatever runs there ends"
              .formatted(old.getFirst()),
          "in good order it goes with 'hactl pg switchover %s'; if that cannot be, add --yes"
              .formatted(next));
    }
    in.propose(new ClusterCommand.RequestFencing(old.getFirst(), true, in.client()));
    in.out().line(old.getFirst() + " is fenced, and a standby promoted");
    Duration wait = in.options().patience().orElse(Options.WAIT);
    boolean done =
        in.cluster()
            .await(
                s ->
                    Placements.in(s, resource, Role.PROMOTED).stream()
                        .anyMatch(n -> !old.contains(n)),
                wait);
    List<NodeId> now = Placements.in(in.cluster().state(), resource, Role.PROMOTED);
    if (!done) {
      throw HactlError.timeout(
          "nobody else is promoted within %d s".formatted(wait.toSeconds()),
          "it goes on; see why not in 'hactl pg status'");
    }
    in.out().line("'%s' is promoted on %s".formatted(resource.publicId(), now.getFirst()));
  }
}
