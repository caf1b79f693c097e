package dev.quorate.resource.core.state;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Rule;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/// What must hold of a constraint in the words of a document.
///
/// Elections go by the locations that name a node, so a location of what holds data must.
final class WrittenCheck {
  private static final List<String> ACTIONS = List.of("start", "stop", "promote", "demote");
  private static final List<String> KINDS = List.of("", "mandatory", "optional", "serialize");

  private final ClusterConfiguration configuration;
  private final ConstraintElement element;
  private final ConfigurationProblems problems;
  private final String place;

  WrittenCheck(
      ClusterConfiguration configuration,
      ConstraintElement element,
      ConfigurationProblems problems) {
    this.configuration = configuration;
    this.element = element;
    this.problems = problems;
    this.place = "constraint " + element.id();
  }

  void check() {
    boolean taken =
        ResourceId.legal(element.id()).filter(id -> !configuration.named(id).isEmpty()).isPresent();
    if (taken || !element.id().matches("[A-Za-z_][A-Za-z0-9._-]*")) {
      problems.add(
          "HA-CONF-056",
          "%s cannot have this id".formatted(place),
          "use letters, digits, '.', '_' or '-', and no name of a resource");
    }
    for (String name : element.names()) {
      if (resources(name).isEmpty()) {
        problems.add(
            "HA-CONF-051", "%s: there is no resource %s".formatted(place, name), "create it first");
      }
    }
    for (ResourceSet set : element.sets()) {
      set.resources().forEach(name -> role(name, set.role()));
      if (!set.action().isEmpty()) {
        set.resources().forEach(name -> action(name, set.action()));
      }
      if (!KINDS.contains(set.kind().toLowerCase(Locale.ROOT))) {
        problems.add("HA-CONF-057", "%s: a set has no kind %s".formatted(place, set.kind()), "");
      }
    }
    switch (element) {
      case ConstraintElement.Location l -> location(l);
      case ConstraintElement.Colocation c -> {
        role(c.dependent(), c.dependentRole());
        role(c.primary(), c.primaryRole());
      }
      case ConstraintElement.Order o -> {
        action(o.first(), o.firstAction());
        action(o.then(), o.thenAction());
      }
      case ConstraintElement.Ticket t ->
          problems.add(
              "HA-CONF-070",
              "%s: tickets are not supported, so nobody would grant %s"
                  .formatted(place, t.ticket()),
              "remove it");
    }
  }

  private List<ResourceDefinition> resources(String name) {
    return ResourceId.legal(name).map(configuration::named).orElse(List.of());
  }

  private void role(String name, Optional<Role> role) {
    if (role.equals(Optional.of(Role.STOPPED))) {
      problems.add(
          "HA-CONF-058", "%s: the role Stopped is not supported".formatted(place), "leave it out");
    } else if (role.isPresent() && !resources(name).isEmpty()) {
      ConfigurationCheck.checkRole(
          configuration, place, new ResourceId(name), role.get(), problems);
    }
  }

  private void action(String name, String action) {
    if (action.isEmpty() || name.isEmpty() || resources(name).isEmpty()) {
      return;
    }
    if (ACTIONS.contains(action)) {
      ConfigurationCheck.checkAction(
          configuration,
          place,
          new ResourceId(name),
          OperationKind.valueOf(action.toUpperCase(Locale.ROOT)),
          problems);
    } else {
      problems.add(
          "HA-CONF-055",
          "%s: %s cannot be ordered".formatted(place, action),
          "use start, stop, promote or demote");
    }
  }

  private void location(ConstraintElement.Location l) {
    if (!l.node().isEmpty()) {
      ConfigurationCheck.checkNode(configuration, place, new NodeId(l.node()), problems);
    }
    if (!l.resource().isEmpty()) {
      role(l.resource(), l.role());
    }
    l.rules().forEach(rule -> rule(l, rule));
    concerned(l)
        .filter(ConfigurationRules::holdsData)
        .findFirst()
        .ifPresent(r ->
            problems.add(
                "HA-CONF-071",
                "%s: %s holds data, and its elections go by nodes".formatted(place, r.publicId()),
                "write a constraint with resource, node and score for each node"));
  }

  private Stream<ResourceDefinition> concerned(ConstraintElement.Location l) {
    if (l.pattern().isEmpty()) {
      return l.names().stream().flatMap(name -> resources(name).stream());
    }
    boolean inverted = l.pattern().startsWith("!");
    try {
      Pattern pattern = Pattern.compile(inverted ? l.pattern().substring(1) : l.pattern());
      return configuration.resources().stream()
          .filter(r -> pattern.matcher(r.publicId().name()).find() != inverted);
    } catch (PatternSyntaxException e) {
      problems.add(
          "HA-CONF-059",
          "%s: '%s' is not a pattern".formatted(place, l.pattern()),
          String.valueOf(e.getDescription()));
      return Stream.empty();
    }
  }

  private void rule(ConstraintElement.Location l, Rule rule) {
    if (!l.resource().isEmpty()) {
      role(l.resource(), rule.role());
    }
    for (Rule.Condition condition : rule.conditions()) {
      switch (condition) {
        case Rule.Nested(var nested) -> rule(l, nested);
        case Rule.DateComparison _ -> {
          // The leader plans again when the time has come.
        }
        case Rule.Comparison c -> {
          if (c.source() != Rule.ValueSource.LITERAL) {
            problems.add(
                "HA-CONF-072",
                "%s: a rule compares %s with an option of the resource"
                    .formatted(place, c.attribute()),
                "compare it with a value");
          }
        }
        case Rule.ResourceMatch _, Rule.OperationMatch _ ->
            problems.add(
                "HA-CONF-072",
                "%s: a rule of a location is about node attributes and dates".formatted(place),
                "write constraints for single resources instead");
      }
    }
  }
}
