package dev.quorate.daemon.cli;

import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Rule;
import dev.quorate.resource.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;

/// The constraints that are kept in the words of a document: sets, rules, patterns, and options
/// that few pairs need.
final class WrittenConstraints {
  private static final List<String> SET = List.of("set", "setoptions");

  private WrittenConstraints() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "constraint order set",
            "RESOURCE… [action=ACTION] [role=ROLE] [sequential=BOOLEAN] [require-all=BOOLEAN] [set"
                + " RESOURCE…]… [setoptions [kind=KIND] [symmetrical=BOOLEAN] [id=ID]]",
            "Orders sets of resources: those of a set one after the other, or at will with"
                + " sequential=false, and set after set.",
            WrittenConstraints::order),
        Command.of(
            "constraint colocation set",
            "RESOURCE… [role=ROLE] [sequential=BOOLEAN] [set RESOURCE…]… [setoptions [score=SCORE]"
                + " [id=ID]]",
            "Places sets of resources together: those of a set with each other, and a set with the"
                + " one after it.",
            WrittenConstraints::colocation));
  }

  static void put(Invocation in, ConstraintElement element) {
    in.change(new ConfigurationChange.PutConstraint(new Constraint.Written(element)));
  }

  /// A set constraint; its name is made up unless one was given.
  private static void putSets(
      Invocation in, ConstraintElement element, SortedMap<String, String> options) {
    Constraint constraint = new Constraint.Written(element);
    in.change(
        new ConfigurationChange.PutConstraint(
            options.containsKey("id")
                ? constraint
                : fresh(in, constraint, "give this one a name of its own with id=ID, or ")));
  }

  /// A constraint under a name that was made up: another that has it is not replaced by it.
  static Constraint fresh(Invocation in, Constraint constraint, String option) {
    boolean taken =
        in.configuration().constraints().stream()
            .anyMatch(c -> c.id().equals(constraint.id()) && !c.equals(constraint));
    if (taken) {
      throw taken(constraint.id(), option);
    }
    return constraint;
  }

  private static HactlError taken(String id, String option) {
    return HactlError.usage(
        "there is a constraint '" + id + "' already", option + "delete the other");
  }

  private static void order(Invocation in) {
    List<ResourceSet> sets = sets(in, List.of("action", "role", "sequential", "require-all"));
    SortedMap<String, String> options = options(in, List.of("kind", "symmetrical", "id"));
    String id = options.getOrDefault("id", id("order", sets));
    putSets(
        in,
        new ConstraintElement.Order(
            id,
            "",
            "",
            "",
            "",
            Optional.ofNullable(options.get("kind")).map(WrittenConstraints::kind),
            Optional.empty(),
            flag(options, "symmetrical"),
            Optional.empty(),
            named(id, sets)),
        options);
  }

  private static void colocation(Invocation in) {
    List<ResourceSet> sets = sets(in, List.of("role", "sequential"));
    SortedMap<String, String> options = options(in, List.of("score", "id"));
    String id = options.getOrDefault("id", id("colocation", sets));
    putSets(
        in,
        new ConstraintElement.Colocation(
            id,
            "",
            Optional.empty(),
            "",
            Optional.empty(),
            Score.parse(options.getOrDefault("score", "INFINITY")).value(),
            "",
            Optional.empty(),
            named(id, sets)),
        options);
  }

  private static List<ResourceSet> sets(Invocation in, List<String> known) {
    Words words = in.words();
    List<ResourceSet> sets = new ArrayList<>();
    do {
      sets.add(set(in, words.until(SET), known));
    } while (words.skip("set"));
    return sets;
  }

  private static ResourceSet set(Invocation in, Words words, List<String> known) {
    List<String> resources = new ArrayList<>();
    while (words.has() && words.peek().indexOf('=') < 0) {
      resources.add(in.target(words.take("RESOURCE")).id().name());
    }
    if (resources.isEmpty()) {
      words.take("RESOURCE");
    }
    SortedMap<String, String> settings = words.settings();
    words.end();
    known(settings, known);
    return new ResourceSet(
        "",
        resources,
        flag(settings, "sequential"),
        flag(settings, "require-all"),
        "",
        settings.getOrDefault("action", ""),
        Optional.ofNullable(settings.get("role")).map(Roles::named),
        Optional.empty(),
        "");
  }

  private static SortedMap<String, String> options(Invocation in, List<String> known) {
    Words words = in.words();
    words.skip("setoptions");
    SortedMap<String, String> settings = words.settings();
    words.end();
    known(settings, known);
    return settings;
  }

  static void known(SortedMap<String, String> settings, List<String> known) {
    settings.keySet().stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw HactlError.usage(
              "there is no option '" + name + "' here", "use " + String.join(", ", known));
        });
  }

  static Optional<Boolean> flag(SortedMap<String, String> settings, String name) {
    String value = settings.get(name);
    if (value != null && !value.matches("true|false|1|0|yes|no")) {
      throw HactlError.usage("'" + name + "' cannot be '" + value + "'", "use true or false");
    }
    return Optional.ofNullable(value).map(v -> v.matches("true|1|yes"));
  }

  static ConstraintElement.Order.Kind kind(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "mandatory" -> ConstraintElement.Order.Kind.MANDATORY;
      case "optional" -> ConstraintElement.Order.Kind.OPTIONAL;
      case "serialize" -> ConstraintElement.Order.Kind.SERIALIZE;
      default ->
          throw HactlError.usage(
              "'kind' cannot be '" + text + "'", "use Mandatory, Optional or Serialize");
    };
  }

  private static String id(String what, List<ResourceSet> sets) {
    return what
        + "-set-"
        + String.join("-", sets.stream().flatMap(s -> s.resources().stream()).toList());
  }

  private static List<ResourceSet> named(String id, List<ResourceSet> sets) {
    List<ResourceSet> named = new ArrayList<>();
    for (ResourceSet s : sets) {
      named.add(
          new ResourceSet(
              named.isEmpty() ? id + "-set" : id + "-set-" + named.size(),
              s.resources(),
              s.sequential(),
              s.requireAll(),
              s.ordering(),
              s.action(),
              s.role(),
              s.score(),
              s.kind()));
    }
    return named;
  }

  /// `constraint location RESOURCE rule [OPTIONS] EXPRESSION`
  static void rule(Invocation in, ResourceId resource) {
    Words words = in.words();
    SortedMap<String, String> settings = words.settings();
    known(
        settings,
        List.of("id", "constraint-id", "resource-discovery", "role", "score", "score-attribute"));
    if (settings.containsKey("score") && settings.containsKey("score-attribute")) {
      throw HactlError.usage("score and score-attribute exclude each other", "give one of them");
    }
    String id = settings.getOrDefault("constraint-id", "location-" + resource);
    boolean taken = in.configuration().constraints().stream().anyMatch(c -> c.id().equals(id));
    if (taken && !settings.containsKey("constraint-id")) {
      throw taken(id, "give this one a name of its own with constraint-id=ID, or ");
    }
    String ruleId = settings.getOrDefault("id", id + "-rule");
    RuleWords.Conditions conditions = RuleWords.parse(words.rest(), ruleId);
    String attribute = settings.getOrDefault("score-attribute", "");
    put(
        in,
        new ConstraintElement.Location(
            id,
            resource.name(),
            "",
            List.of(),
            "",
            Optional.empty(),
            Optional.empty(),
            settings.getOrDefault("resource-discovery", ""),
            List.of(
                new Rule(
                    ruleId,
                    conditions.all(),
                    attribute.isEmpty()
                        ? Optional.of(
                            Score.parse(settings.getOrDefault("score", "INFINITY")).value())
                        : Optional.empty(),
                    attribute,
                    Optional.ofNullable(settings.get("role")).map(Roles::named),
                    conditions.conditions()))));
  }

  /// A location of all resources whose names match.
  static Constraint pattern(String pattern, String node, Score score) {
    String id = "location-" + pattern.replaceAll("[^A-Za-z0-9._-]", "_") + "-" + node + "-" + score;
    return new Constraint.Written(
        new ConstraintElement.Location(
            id,
            "",
            pattern,
            List.of(),
            node,
            Optional.of(score.value()),
            Optional.empty(),
            "",
            List.of()));
  }

  /// A colocation with options that only documents know.
  static void pair(
      Invocation in,
      String id,
      ResourceId resource,
      Role role,
      ResourceId with,
      Role withRole,
      Score score,
      SortedMap<String, String> settings) {
    put(
        in,
        new ConstraintElement.Colocation(
            id,
            resource.name(),
            some(role),
            with.name(),
            some(withRole),
            score.value(),
            settings.getOrDefault("node-attribute", ""),
            flag(settings, "influence"),
            List.of()));
  }

  private static Optional<Role> some(Role role) {
    return role == Role.STARTED ? Optional.empty() : Optional.of(role);
  }
}
