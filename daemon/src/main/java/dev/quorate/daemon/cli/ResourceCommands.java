package dev.quorate.daemon.cli;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.daemon.config.Durations;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// `resource …`
final class ResourceCommands {
  /// How the constraints of an unfinished move are called.
  static final String MOVE_PREFIX = "cli-prefer-";

  private static final String BAN_PREFIX = "cli-ban-";

  private ResourceCommands() {}

  static List<Command> all() {
    return Stream.of(changing(), moving(), looking()).flatMap(List::stream).toList();
  }

  private static List<Command> changing() {
    return List.of(
        Command.of(
                "resource create",
                "ID AGENT [NAME=VALUE…] [op KIND NAME=VALUE…] [meta NAME=VALUE…] [clone [ID]"
                    + " NAME=VALUE… | promotable [ID] NAME=VALUE… | --group GROUP [--before RESOURCE |"
                    + " --after RESOURCE]]",
                "Adds a resource.",
                ResourceCreation::create)
            .with(Options.GROUP, Options.BEFORE, Options.AFTER),
        Command.of(
            "resource promotable",
            "RESOURCE [ID] [NAME=VALUE…]",
            "Lets a resource run on every node, promoted on one.",
            ResourceCreation::promotable),
        Command.of(
            "resource " + OldWords.PROMOTABLE_VERB,
            "ID RESOURCE [NAME=VALUE…]",
            "The same in the order of pcs 0.9.",
            ResourceCreation::promotableOld),
        Command.of(
            "resource delete",
            "RESOURCE…",
            "Stops and removes resources, of a group all members.",
            ResourceCommands::delete),
        Command.of(
            "resource remove",
            "RESOURCE…",
            "Stops and removes resources.",
            ResourceCommands::delete),
        Command.of("resource enable", "RESOURCE…", "Lets resources run.", in -> target(in, "")),
        Command.of(
            "resource disable", "RESOURCE…", "Stops resources.", in -> target(in, "Stopped")),
        Command.of(
            "resource manage", "RESOURCE…", "Looks after resources again.", in -> managed(in, "")),
        Command.of(
            "resource unmanage",
            "RESOURCE…",
            "Leaves resources alone.",
            in -> managed(in, "false")),
        Command.of(
            "resource meta",
            "RESOURCE NAME=VALUE…",
            "Sets meta-attributes; an empty value removes.",
            ResourceCommands::meta),
        Command.of(
            "resource utilization",
            "[RESOURCE [NAME=VALUE…]]",
            "Shows or sets what a resource uses of what nodes have; an empty value removes. Counts"
                + " with placement-strategy utilization, minimal or balanced.",
            UtilizationCommands::resource),
        Command.of(
            "resource update",
            "RESOURCE NAME=VALUE…",
            "Changes parameters; an empty value removes.",
            ResourceCommands::update));
  }

  private static List<Command> moving() {
    return List.of(
        Command.of(
            "resource move",
            "RESOURCE [NODE] [--promoted] [--wait[=S]]",
            "Moves a resource, or the promoted instance, without leaving a constraint behind.",
            ResourceCommands::move),
        Command.of(
            "resource ban",
            "RESOURCE [NODE] [--promoted]",
            "Keeps a resource, or its promoted instance, away from a node until it is cleared: from"
                + " the one where it runs if none is named.",
            ResourceCommands::ban),
        Command.of(
            "resource clear",
            "RESOURCE",
            "Removes bans and what an unfinished move left.",
            ResourceCommands::clear),
        Command.of(
            "resource cleanup",
            "[RESOURCE] [NODE]",
            "Forgets failures and looks again.",
            ResourceCommands::cleanup),
        Command.of(
            "resource refresh", "[RESOURCE] [NODE]", "The same.", ResourceCommands::cleanup));
  }

  private static List<Command> looking() {
    return List.of(
        Command.of("resource list", "[TEXT]", "Lists the agents.", ResourceCommands::list),
        Command.of("resource agents", "[TEXT]", "Lists the agents.", ResourceCommands::list),
        Command.of(
            "resource describe",
            "AGENT",
            "Shows an agent's parameters.",
            ResourceCommands::describe),
        Command.of(
            "resource config",
            "[RESOURCE]",
            "Shows resources as configured.",
            ConfigText::resources),
        Command.of("resource", "", "Shows where resources run.", StatusCommands::resources),
        Command.of("resource status", "", "Shows where resources run.", StatusCommands::resources));
  }

  private static List<Target> named(Invocation in) {
    List<Target> named = new ArrayList<>();
    do {
      named.add(in.target(in.words().take("RESOURCE")));
    } while (in.words().has());
    return named;
  }

  private static void delete(Invocation in) {
    List<Target> targets = named(in);
    Duration wait = in.options().patience().orElse(Options.WAIT);
    ClusterState now = in.cluster().state();
    if (!targets.stream().allMatch(t -> Placements.stopped(now, t))) {
      setMeta(in, targets.stream().map(Target::id).toList(), "target-role", "Stopped");
      boolean stopped =
          in.cluster().await(s -> targets.stream().allMatch(t -> Placements.stopped(s, t)), wait);
      if (!stopped) {
        throw HactlError.timeout(
            "not stopped in " + wait.toSeconds() + " s, so nothing was removed",
            "see what is in the way with 'hactl status', then type it again");
      }
    }
    in.change(
        targets.stream()
            .flatMap(t -> t.parts().stream())
            .map(ResourceDefinition::id)
            .distinct()
            .map(ConfigurationChange.DeleteResource::new)
            .toArray(ConfigurationChange[]::new));
  }

  private static void target(Invocation in, String role) {
    List<Target> targets = named(in);
    setMeta(in, targets.stream().map(Target::id).toList(), "target-role", role);
    in.settle(
        role.isEmpty() ? "the resources run" : "the resources are stopped",
        state -> targets.stream().allMatch(t -> Placements.settled(state, t)));
  }

  /// What is not managed is said of each resource; a group that says so says it for all.
  private static void managed(Invocation in, String value) {
    List<ResourceId> ids = new ArrayList<>();
    for (Target target : named(in)) {
      for (ResourceDefinition resource : target.parts()) {
        ids.add(resource.publicId());
        in.configuration()
            .groupOf(resource.id())
            .filter(g -> value.isEmpty() && g.metaAttribute("is-managed").isPresent())
            .ifPresent(g -> ids.add(g.publicId()));
      }
    }
    setMeta(in, ids.stream().distinct().toList(), "is-managed", value);
  }

  private static void setMeta(Invocation in, List<ResourceId> ids, String name, String value) {
    SortedMap<String, String> meta = new TreeMap<>();
    meta.put(name, value);
    in.change(
        ids.stream()
            .map(id -> new ConfigurationChange.SetMeta(id, meta))
            .toArray(ConfigurationChange[]::new));
  }

  private static void meta(Invocation in) {
    Target target = in.target(in.words().take("RESOURCE"));
    in.change(
        new ConfigurationChange.SetMeta(
            target.id(), MetaAttributes.present(in.words().onlySettings("NAME=VALUE"))));
  }

  private static void update(Invocation in) {
    ResourceDefinition old = in.resource(in.words().take("RESOURCE"));
    SortedMap<String, String> parameters = new TreeMap<>(old.parameters());
    in.words()
        .onlySettings("NAME=VALUE")
        .forEach((name, value) -> {
          if (value.isEmpty()) {
            parameters.remove(name);
          } else {
            parameters.put(name, value);
          }
        });
    ResourceCreation.checkParameters(
        old.id(), in.cluster().agents().named(old.agent().toString()), parameters);
    in.change(new ConfigurationChange.ReplaceResource(old.withParameters(parameters)));
  }

  private static void move(Invocation in) {
    Target resource = in.target(in.words().take("RESOURCE"));
    String target = in.words().has() ? in.node(in.words().take("NODE")).name() : "";
    in.words().end();
    if (resource.promotable()) {
      PgCommands.switchover(in, resource.parts().getFirst(), target);
      return;
    }
    if (in.configuration().cloned(resource.parts().getFirst())) {
      throw HactlError.usage(
          "'" + resource + "' is a clone, which has no one place",
          "keep it away from a node: hactl resource ban " + resource + " NODE");
    }
    if (target.isEmpty()) {
      throw HactlError.usage(
          "where shall '" + resource + "' go?",
          "name a node: hactl resource move " + resource + " NODE");
    }
    NodeId node = new NodeId(target);
    String id = MOVE_PREFIX + resource;
    in.change(
        new ConfigurationChange.PutConstraint(
            new Constraint.Location(id, resource.id(), Role.STARTED, node, Score.MUST)));
    var wait = in.options().patience().orElse(Options.WAIT);
    boolean there = in.cluster().await(s -> Placements.in(s, resource, Role.STARTED, node), wait);
    in.change(new ConfigurationChange.RemoveConstraint(id));
    if (!there) {
      throw HactlError.timeout(
          "'" + resource + "' did not start on " + node + " in " + wait.toSeconds() + " s",
          "see why: hactl explain " + resource + " on " + node);
    }
    in.out().line("'" + resource + "' runs on " + node);
  }

  private static void ban(Invocation in) {
    Target resource = in.target(in.words().take("RESOURCE"));
    ClusterState state = in.cluster().state();
    Role main = resource.promotable() ? Role.PROMOTED : Role.STARTED;
    List<NodeId> nodes =
        in.words().has()
            ? List.of(in.node(in.words().take("NODE")))
            : in.configuration().nodes().keySet().stream()
                .filter(n -> Placements.in(state, resource, main, n))
                .toList();
    in.words().end();
    if (nodes.size() != 1) {
      throw HactlError.usage(
          "'" + resource + "' does not run on one node, so which is meant?",
          "name a node: hactl resource ban " + resource + " NODE");
    }
    NodeId node = nodes.getFirst();
    Role role = in.options().promoted() ? Role.PROMOTED : Role.STARTED;
    in.change(
        new ConfigurationChange.PutConstraint(
            new Constraint.Location(
                BAN_PREFIX + resource + "-on-" + node, resource.id(), role, node, Score.NEVER)));
    in.out()
        .remark(
            "Note: '%s' stays away from %s until 'hactl resource clear %s'"
                .formatted(resource, node, resource));
  }

  private static void clear(Invocation in) {
    Target resource = in.target(in.words().take("RESOURCE"));
    List<String> names =
        Stream.concat(
                Stream.of(resource.id()), resource.parts().stream().map(ResourceDefinition::id))
            .map(ResourceId::name)
            .toList();
    ConfigurationChange[] changes =
        in.configuration().constraints().stream()
            .map(Constraint::id)
            .filter(id -> names.stream().anyMatch(name -> left(id, name)))
            .map(ConfigurationChange.RemoveConstraint::new)
            .toArray(ConfigurationChange[]::new);
    ResourceId first = resource.parts().getFirst().id();
    boolean open =
        in.cluster().state().primacies().containsKey(first)
            && !in.cluster().state().primacies().get(first).switchoverTo().isEmpty();
    if (changes.length > 0) {
      in.change(changes);
    }
    if (open) {
      in.propose(new ClusterCommand.CancelSwitchover(first, "cleared by " + in.client()));
    }
    if (changes.length == 0 && !open) {
      in.out().remark("nothing is left of a move of '" + resource + "'");
    }
  }

  /// Whether a constraint is what a move or a ban of something leaves.
  private static boolean left(String constraint, String name) {
    return constraint.startsWith(BAN_PREFIX + name + "-on-")
        || (constraint.startsWith("cli-") && constraint.endsWith("-" + name));
  }

  private static void cleanup(Invocation in) {
    List<ResourceDefinition> resources =
        in.words().has()
            ? in.target(in.words().take("RESOURCE")).parts()
            : in.configuration().resources();
    List<NodeId> nodes =
        in.words().has()
            ? List.of(in.node(in.words().take("NODE")))
            : List.copyOf(in.configuration().nodes().keySet());
    in.words().end();
    for (ResourceDefinition resource : resources) {
      in.propose(new ClusterCommand.Cleanup(resource.id(), nodes, in.client()));
      in.out()
          .line(
              "Cleaned up "
                  + resource.publicId()
                  + " on "
                  + String.join(", ", nodes.stream().map(NodeId::name).toList()));
    }
  }

  private static void list(Invocation in) {
    String text = in.words().has() ? in.words().take("TEXT") : "";
    for (AgentMetadata agent : in.cluster().agents().all()) {
      agent.names().stream()
          .filter(name -> name.toString().contains(text))
          .forEach(name -> in.out().line(name + " - " + agent.description()));
    }
  }

  private static void describe(Invocation in) {
    AgentMetadata agent = in.cluster().agents().named(in.words().take("AGENT")).metadata();
    in.out().line(agent.names().getFirst() + " - " + agent.description());
    in.out().line("");
    in.out().line("Resource options:");
    agent.parameters().forEach((name, text) -> in.out().line("  " + name + ": " + text));
    in.out().line("");
    in.out().line("Default operations:");
    agent
        .operations()
        .forEach(op ->
            in.out()
                .line(
                    "  "
                        + op.kind().name().toLowerCase(Locale.ROOT)
                        + ": interval="
                        + Durations.text(op.interval())
                        + (op.role() == Role.STARTED ? "" : " role=" + Roles.title(op.role()))
                        + " timeout="
                        + Durations.text(op.timeout())));
  }
}
