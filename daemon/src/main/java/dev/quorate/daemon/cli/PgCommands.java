package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.LeftAlone;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// `pg …`: PostgreSQL, and whatever else holds data.
final class PgCommands {
  private PgCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "pg status",
            "[RESOURCE]",
            "Shows who is primary, what every standby has, and why commits do not wait for it.",
            PgCommands::status),
        Command.of(
                "pg switchover",
                "[NODE] [--wait[=S]] [--dry-run]",
                "Makes a standby the primary, in an orderly way, and says how long each step took."
                    + " With --dry-run it only says what would be done.",
                in -> switchover(in, only(in), in.words().has() ? in.words().take("NODE") : ""))
            .with(Options.DRY_RUN));
  }

  /// The resource that `--name` says, or the only one that holds data.
  static ResourceDefinition only(Invocation in) {
    List<ResourceDefinition> holding =
        in.configuration().resources().stream()
            .filter(r -> r.promotable() && r.metaAttribute("holds-data").orElse("").equals("true"))
            .toList();
    if (holding.isEmpty()) {
      throw HactlError.failed(
          "no resource of this cluster is a PostgreSQL",
          "create one: hactl resource create pgsqld ocf:heartbeat:pgsqlms … promotable");
    }
    String named = in.options().name().orElse("");
    if (!named.isEmpty()) {
      return in.resource(named);
    }
    if (holding.size() > 1) {
      throw HactlError.usage(
          "there are " + holding.size() + " of them",
          "say which with --name, one of "
              + String.join(", ", holding.stream().map(r -> r.publicId().name()).toList()));
    }
    return holding.getFirst();
  }

  private static void status(Invocation in) {
    ResourceDefinition resource =
        in.words().has() ? in.resource(in.words().take("RESOURCE")) : only(in);
    if (in.options().json()) {
      in.out().line(JsonText.pretty(StatusJson.primacy(in.cluster().state(), resource)));
      return;
    }
    Replication replication = in.cluster().replication(resource.id());
    PostgresText.table(in.cluster().state(), resource, replication).forEach(in.out()::line);
    AsyncReason.lines(in.cluster().state(), resource, replication)
        .forEach(line -> in.out().line("  " + line));
  }

  static void switchover(Invocation in, ResourceDefinition resource, String target) {
    in.words().end();
    ClusterState before = in.cluster().state();
    List<NodeId> old = Placements.in(before, resource, Role.PROMOTED);
    if (!target.isEmpty() && old.contains(in.node(target))) {
      in.out().line("'" + resource.publicId() + "' is already promoted on " + target);
      return;
    }
    Primacy primacy = before.primacies().get(resource.id());
    if (primacy == null) {
      prefer(in, resource, target);
      return;
    }
    requireLookedAfter(in, before, resource, target);
    if (old.isEmpty()) {
      throw nothingToSwitch(before, resource, target);
    }
    if (in.options().own().containsKey(Options.DRY_RUN)) {
      foresee(in, resource, target);
      return;
    }
    Duration wait = in.options().patience().orElse(Options.WAIT);
    Steps steps = new Steps(in, wait);
    in.propose(new ClusterCommand.RequestSwitchover(resource.id(), target, in.client()));
    steps.done("agreed");
    long epoch = primacy.epoch();
    steps.until(
        "released by " + names(old),
        s -> holder(s, resource) instanceof Holder.Released || epoch(s, resource) > epoch);
    steps.until("granted", s -> epoch(s, resource) > epoch);
    steps.until(
        "promoted",
        s -> Placements.in(s, resource, Role.PROMOTED).stream().anyMatch(n -> !old.contains(n)));
    List<NodeId> now = Placements.in(in.cluster().state(), resource, Role.PROMOTED);
    steps.until("everything in place", s -> s.intents().isEmpty());
    in.out().line("'" + resource.publicId() + "' is promoted on " + names(now));
    if (!target.isEmpty() && !now.contains(new NodeId(target))) {
      throw HactlError.failed(
          "not " + target + " but " + names(now) + " was elected",
          "see why: hactl explain " + resource.publicId() + " on " + target);
    }
  }

  /// Who is left alone neither gives anything up nor takes it, on its node alone or everywhere.
  private static void requireLookedAfter(
      Invocation in, ClusterState state, ResourceDefinition resource, String target) {
    List<NodeId> nodes = new ArrayList<>(Placements.primary(state, resource));
    if (!target.isEmpty()) {
      nodes.add(in.node(target));
    }
    LeftAlone.of(state.configuration(), resource)
        .or(() ->
            nodes.stream()
                .flatMap(node -> LeftAlone.of(state.configuration(), resource, node).stream())
                .findFirst())
        .ifPresent(alone -> {
          throw new HactlError(
              ExitCode.REFUSED,
              "HA-PG-034",
              "'%s' is left alone, so it is not switched over: %s"
                  .formatted(resource.publicId(), alone.reason()),
              "type '%s' first".formatted(alone.remedy()));
        });
  }

  /// A switchover needs a primary that works. One that does not is replaced by a failover only.
  private static HactlError nothingToSwitch(
      ClusterState state, ResourceDefinition resource, String target) {
    List<NodeId> sick = Placements.primary(state, resource);
    if (sick.isEmpty()) {
      return HactlError.failed(
          "there is no primary, so there is nothing to switch over: "
              + PostgresText.waiting(state, resource).orElse("nothing is known to hold one up"),
          "see 'hactl pg status'");
    }
    NodeId primary = sick.getFirst();
    String wrong =
        PostgresText.waiting(state, resource)
            .or(() ->
                state
                    .instance(resource.id(), primary)
                    .map(InstanceStatus::reason)
                    .filter(r -> !r.isEmpty()))
            .orElse("nobody knows how it is");
    List<NodeId> standbys = Placements.in(state, resource, Role.UNPROMOTED);
    String next =
        standbys.stream()
            .filter(n -> n.name().equals(target))
            .findFirst()
            .or(() -> standbys.stream().findFirst())
            .map(NodeId::name)
            .orElse("NODE");
    return new HactlError(
        ExitCode.FAILED,
        "HA-PG-035",
        "%s is the primary and cannot be switched over: %s".formatted(primary, wrong),
        "if it does not recover by itself, have its node fenced: hactl pg failover %s --yes"
            .formatted(next));
  }

  private static void foresee(Invocation in, ResourceDefinition resource, String target) {
    ClusterState state = in.cluster().state();
    List<NodeId> standbys = Placements.in(state, resource, Role.UNPROMOTED);
    if (target.isEmpty() && standbys.size() != 1) {
      throw HactlError.usage(
          "the election would say which of " + names(standbys) + " it is",
          "name one of them to see what would be done for it");
    }
    NodeId next = target.isEmpty() ? standbys.getFirst() : in.node(target);
    if (!standbys.contains(next)) {
      throw HactlError.failed(
          "'%s' is no standby on %s".formatted(resource.publicId(), next),
          "name one of " + names(standbys));
    }
    say(in, Foreseen.switchover(state, in.cluster().facts().quorum(), resource, next));
  }

  private static void say(Invocation in, List<String> steps) {
    in.out().line(steps.isEmpty() ? "Nothing would be done." : "Would be done:");
    steps.forEach(step -> in.out().line("  " + step));
  }

  static Holder holder(ClusterState state, ResourceDefinition resource) {
    return primacy(state, resource).map(Primacy::holder).orElse(new Holder.Nobody());
  }

  /// How often somebody was made the primary; 0 if nobody ever was.
  static long epoch(ClusterState state, ResourceDefinition resource) {
    return primacy(state, resource).map(Primacy::epoch).orElse(0L);
  }

  static Optional<Primacy> primacy(ClusterState state, ResourceDefinition resource) {
    return Optional.ofNullable(state.primacies().get(resource.id()));
  }

  /// Without data there is nothing to elect: a preference that lasts until it has worked.
  private static void prefer(Invocation in, ResourceDefinition resource, String target) {
    if (target.isEmpty()) {
      throw HactlError.usage(
          "where shall '" + resource.publicId() + "' be promoted?", "name a node");
    }
    NodeId node = in.node(target);
    String id = ResourceCommands.MOVE_PREFIX + resource.publicId();
    ConfigurationChange preference =
        new ConfigurationChange.PutConstraint(
            new Constraint.Location(id, resource.publicId(), Role.PROMOTED, node, Score.MUST));
    if (in.options().own().containsKey(Options.DRY_RUN)) {
      ClusterState state = in.cluster().state();
      say(
          in,
          Foreseen.change(
              state,
              in.cluster().facts().quorum(),
              new ClusterCommand.ChangeConfiguration(
                  state.configuration().version(), in.client(), List.of(preference))));
      return;
    }
    in.change(preference);
    Duration wait = in.options().patience().orElse(Options.WAIT);
    boolean there =
        in.cluster().await(s -> Placements.in(s, resource, Role.PROMOTED).contains(node), wait);
    in.change(new ConfigurationChange.RemoveConstraint(id));
    if (!there) {
      throw HactlError.timeout(
          "'"
              + resource.publicId()
              + "' was not promoted on "
              + node
              + " in "
              + wait.toSeconds()
              + " s",
          "see why: hactl explain " + resource.publicId() + " on " + node);
    }
    in.out().line("'" + resource.publicId() + "' is promoted on " + node);
  }

  private static String names(List<NodeId> nodes) {
    return String.join(", ", nodes.stream().map(NodeId::name).toList());
  }

  /// The steps of a switchover with their times.
  private static final class Steps {
    private final Invocation in;
    private final Duration limit;
    private final long began = System.nanoTime();
    private long last = began;

    Steps(Invocation in, Duration limit) {
      this.in = in;
      this.limit = limit;
    }

    void until(String name, Predicate<ClusterState> condition) {
      Duration left = limit.minusNanos(System.nanoTime() - began);
      Predicate<ClusterState> orBlocked = s -> condition.test(s) || blocked(s).isPresent();
      if (left.isNegative() || !in.cluster().await(orBlocked, left)) {
        throw HactlError.timeout(
            "not " + name + " within " + limit.toSeconds() + " s",
            "it goes on; see 'hactl status'");
      }
      if (!condition.test(in.cluster().state())) {
        throw new HactlError(
            ExitCode.REFUSED,
            "HA-CLI-008",
            "nobody can be promoted: " + blocked(in.cluster().state()).orElse(""),
            "see 'hactl pg status'");
      }
      done(name);
    }

    private static Optional<String> blocked(ClusterState state) {
      return state.primacies().values().stream()
          .map(Primacy::election)
          .filter(e -> e instanceof Election.Blocked)
          .map(e -> ((Election.Blocked) e).detail())
          .findFirst();
    }

    void done(String name) {
      long now = System.nanoTime();
      in.out()
          .line(
              String.format(
                  Locale.ROOT,
                  "  %-28s %5d ms  (+%d ms)",
                  name,
                  (now - began) / 1_000_000,
                  (now - last) / 1_000_000));
      last = now;
    }
  }
}
