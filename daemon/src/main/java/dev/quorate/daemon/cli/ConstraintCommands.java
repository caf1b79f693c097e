package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;

/// `constraint …`
final class ConstraintCommands {
  private static final List<String> ACTIONS = List.of("start", "stop", "promote", "demote");

  private ConstraintCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "constraint location",
            "RESOURCE prefers|avoids NODE[=SCORE]… [--promoted] | RESOURCE rule [role=ROLE]"
                + " [score=SCORE | score-attribute=NAME] [constraint-id=ID] EXPRESSION",
            "Lets a resource prefer or avoid nodes, or those for which a rule holds: node"
                + " attributes and dates as pcs writes them. With --promoted it is about the"
                + " promoted instance: among those that have as much, the highest score is"
                + " promoted. `regexp%PATTERN` stands for all resources whose names match.",
            ConstraintCommands::location),
        Command.of(
            "constraint location add",
            "ID RESOURCE NODE SCORE",
            "The same with a name of its own.",
            ConstraintCommands::locationAdd),
        Command.of(
            "constraint colocation add",
            "[ROLE] RESOURCE with [ROLE] RESOURCE [SCORE] [node-attribute=NAME] [influence=BOOLEAN]"
                + " [id=ID]",
            "Places a resource with another, or apart from it.",
            ConstraintCommands::colocation),
        Command.of(
            "constraint order",
            "[ACTION] RESOURCE then [ACTION] RESOURCE [kind=KIND] [symmetrical=BOOLEAN]"
                + " [require-all=BOOLEAN] [id=ID]",
            "Lets one action wait for another.",
            ConstraintCommands::order),
        Command.of("constraint delete", "ID…", "Removes constraints.", ConstraintCommands::delete),
        Command.of("constraint remove", "ID…", "Removes constraints.", ConstraintCommands::delete),
        Command.of(
            "constraint ref",
            "RESOURCE",
            "Lists the constraints that name a resource.",
            ConstraintCommands::ref),
        Command.of("constraint", "", "Lists the constraints.", ConstraintText::all),
        Command.of("constraint list", "", "Lists the constraints.", ConstraintText::all),
        Command.of("constraint config", "", "Lists the constraints.", ConstraintText::all));
  }

  private static void location(Invocation in) {
    Words words = in.words();
    String name = words.take("RESOURCE");
    if (isFenceDevice(in, name)) {
      return;
    }
    Optional<String> pattern =
        name.startsWith("regexp%")
            ? Optional.of(name.substring("regexp%".length()))
            : Optional.empty();
    Optional<ResourceId> resource =
        pattern.isPresent() ? Optional.empty() : Optional.of(in.target(name).id());
    String verb = words.take("prefers or avoids");
    if (verb.equals("rule") && resource.isPresent()) {
      WrittenConstraints.rule(in, resource.get());
      return;
    }
    if (!verb.equals("prefers") && !verb.equals("avoids")) {
      throw HactlError.usage(
          "'" + verb + "' is neither prefers nor avoids", "usage: hactl " + words.synopsis());
    }
    boolean promoted = in.options().promoted();
    List<ConfigurationChange> changes = new ArrayList<>();
    do {
      String[] parts = words.take("NODE[=SCORE]").split("=", 2);
      NodeId node = in.node(parts[0]);
      Score typed = Score.parse(parts.length > 1 ? parts[1] : "INFINITY");
      Score score = verb.equals("prefers") ? typed : new Score(-typed.value());
      changes.add(
          new ConfigurationChange.PutConstraint(
              resource
                  .<Constraint>map(r -> location(r, promoted, node, score))
                  .orElseGet(() ->
                      WrittenConstraints.fresh(
                          in,
                          WrittenConstraints.pattern(pattern.orElse(""), node.name(), score),
                          ""))));
    } while (words.has());
    in.change(changes.toArray(ConfigurationChange[]::new));
  }

  /// A preference, or the opposite, under the name that it gets by itself.
  ///
  /// @param promoted whether it is about the promoted instance
  static Constraint.Location location(
      ResourceId resource, boolean promoted, NodeId node, Score score) {
    return new Constraint.Location(
        "location-%s-%s-%s%s".formatted(resource, node, score, promoted ? "-promoted" : ""),
        resource,
        promoted ? Role.PROMOTED : Role.STARTED,
        node,
        score);
  }

  /// A fence device is no resource here: it runs on the node that fences, never for its own target.
  private static boolean isFenceDevice(Invocation in, String name) {
    boolean device =
        in.configuration().fenceDevices().stream().anyMatch(d -> d.id().name().equals(name));
    if (device) {
      in.out()
          .remark(
              "Note: '"
                  + name
                  + "' is a fence device; no node fences itself, so no constraint is needed");
    }
    return device;
  }

  private static void locationAdd(Invocation in) {
    Words words = in.words();
    String id = words.take("ID");
    ResourceId resource = in.target(words.take("RESOURCE")).id();
    NodeId node = in.node(words.take("NODE"));
    Score score = Score.parse(words.take("SCORE"));
    words.end();
    in.change(
        new ConfigurationChange.PutConstraint(
            new Constraint.Location(id, resource, Role.STARTED, node, score)));
  }

  private static void colocation(Invocation in) {
    Words words = in.words();
    Role role = role(words);
    ResourceId resource = in.target(words.take("RESOURCE")).id();
    if (!words.skip("with")) {
      throw HactlError.usage(
          "'with' is missing after '" + resource + "'", "usage: hactl " + words.synopsis());
    }
    Role withRole = role(words);
    ResourceId with = in.target(words.take("RESOURCE")).id();
    Score score = Score.MUST;
    if (words.has() && words.peek().indexOf('=') < 0) {
      score = Score.parse(words.take("SCORE"));
    }
    SortedMap<String, String> settings = words.settings();
    words.end();
    if (settings.containsKey("score")) {
      score = Score.parse(settings.get("score"));
    }
    WrittenConstraints.known(settings, List.of("score", "id", "node-attribute", "influence"));
    String id = settings.getOrDefault("id", "colocation-" + resource + "-" + with + "-" + score);
    if (settings.containsKey("node-attribute") || settings.containsKey("influence")) {
      WrittenConstraints.pair(in, id, resource, role, with, withRole, score, settings);
      return;
    }
    in.change(
        new ConfigurationChange.PutConstraint(
            new Constraint.Colocation(id, resource, role, with, withRole, score)));
  }

  private static Role role(Words words) {
    Optional<Role> role = Roles.parse(words.peek());
    role.ifPresent(r -> words.take("role"));
    return role.orElse(Role.STARTED);
  }

  private static void order(Invocation in) {
    Words words = in.words();
    words.skip("add");
    OperationKind firstAction = action(words);
    ResourceId first = in.target(words.take("RESOURCE")).id();
    if (!words.skip("then")) {
      throw HactlError.usage(
          "'then' is missing after '" + first + "'", "usage: hactl " + words.synopsis());
    }
    OperationKind thenAction = action(words);
    ResourceId then = in.target(words.take("RESOURCE")).id();
    SortedMap<String, String> settings = words.settings();
    words.end();
    WrittenConstraints.known(settings, List.of("kind", "symmetrical", "require-all", "id"));
    ConstraintElement.Order.Kind kind =
        WrittenConstraints.kind(settings.getOrDefault("kind", "Mandatory"));
    Optional<Boolean> symmetrical = WrittenConstraints.flag(settings, "symmetrical");
    Optional<Boolean> requireAll = WrittenConstraints.flag(settings, "require-all");
    String id = settings.getOrDefault("id", orderId(first, firstAction, then, thenAction, kind));
    if (kind == ConstraintElement.Order.Kind.SERIALIZE || !requireAll.orElse(true)) {
      WrittenConstraints.put(
          in,
          new ConstraintElement.Order(
              id,
              first.name(),
              firstAction.name().toLowerCase(Locale.ROOT),
              then.name(),
              thenAction.name().toLowerCase(Locale.ROOT),
              Optional.of(kind),
              Optional.empty(),
              symmetrical,
              requireAll,
              List.of()));
      return;
    }
    in.change(
        new ConfigurationChange.PutConstraint(
            new Constraint.Ordering(
                id,
                first,
                firstAction,
                then,
                thenAction,
                kind == ConstraintElement.Order.Kind.OPTIONAL
                    ? Constraint.Ordering.Kind.OPTIONAL
                    : Constraint.Ordering.Kind.MANDATORY,
                symmetrical.orElse(true))));
  }

  private static String orderId(
      ResourceId first,
      OperationKind firstAction,
      ResourceId then,
      OperationKind thenAction,
      ConstraintElement.Order.Kind kind) {
    boolean plain = firstAction == OperationKind.START && thenAction == OperationKind.START;
    String actions =
        plain ? "" : "-" + (firstAction.name() + "-" + thenAction.name()).toLowerCase(Locale.ROOT);
    return "order-" + first + "-" + then + actions + "-" + kind.name().toLowerCase(Locale.ROOT);
  }

  private static OperationKind action(Words words) {
    if (!ACTIONS.contains(words.peek())) {
      return OperationKind.START;
    }
    return OperationKind.valueOf(words.take("action").toUpperCase(Locale.ROOT));
  }

  private static void delete(Invocation in) {
    List<String> known = in.configuration().constraints().stream().map(Constraint::id).toList();
    List<ConfigurationChange> changes = new ArrayList<>();
    do {
      String id = in.words().take("ID");
      if (!known.contains(id)) {
        throw Invocation.unknown("constraint", id, known);
      }
      changes.add(new ConfigurationChange.RemoveConstraint(id));
    } while (in.words().has());
    in.change(changes.toArray(ConfigurationChange[]::new));
  }

  private static void ref(Invocation in) {
    Target target = in.target(in.words().take("RESOURCE"));
    in.configuration().constraints().stream()
        .filter(c ->
            names(c).stream().anyMatch(n -> in.configuration().publicId(n).equals(target.id())))
        .forEach(c -> in.out().line("  " + c.id()));
  }

  private static List<ResourceId> names(Constraint constraint) {
    return switch (constraint) {
      case Constraint.Location l -> List.of(l.resource());
      case Constraint.Colocation c -> List.of(c.resource(), c.with());
      case Constraint.Ordering o -> List.of(o.first(), o.then());
      case Constraint.Written w -> w.element().names().stream().map(ResourceId::new).toList();
    };
  }
}
