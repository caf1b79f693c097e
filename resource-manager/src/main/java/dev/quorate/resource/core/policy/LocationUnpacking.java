package dev.quorate.resource.core.policy;

import dev.quorate.resource.ConstraintElement.Location;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.Role;
import dev.quorate.resource.Rule;
import dev.quorate.resource.core.rules.Lookup;
import dev.quorate.resource.core.rules.RuleContext;
import dev.quorate.resource.core.rules.RuleEvaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// Turns location constraints into scores by node.
final class LocationUnpacking {
  private final Model model;
  private final ResourceUnpacking unpacking;

  LocationUnpacking(Model model, ResourceUnpacking unpacking) {
    this.model = model;
    this.unpacking = unpacking;
  }

  void unpack(Location location) {
    if (!location.sets().isEmpty()) {
      for (ResourceSet set : location.sets()) {
        for (Resource resource : Names.resources(model, location.id(), set.resources())) {
          one(
              location,
              resource,
              set.role().or(location::role),
              set.score().or(location::score),
              List.of());
        }
      }
      return;
    }
    if (!location.pattern().isEmpty()) {
      pattern(location);
      return;
    }
    for (Resource resource : Names.resources(model, location.id(), List.of(location.resource()))) {
      one(location, resource, location.role(), location.score(), List.of());
    }
  }

  private void pattern(Location location) {
    boolean inverted = location.pattern().startsWith("!");
    Pattern pattern;
    try {
      pattern = Pattern.compile(inverted ? location.pattern().substring(1) : location.pattern());
    } catch (PatternSyntaxException e) {
      model.warnings.add(
          "constraint "
              + location.id()
              + " is ignored: '"
              + location.pattern()
              + "' is no pattern");
      return;
    }
    for (Resource resource : model.resources) {
      Matcher matcher = pattern.matcher(resource.id);
      boolean found = matcher.find();
      if (found == inverted) {
        continue;
      }
      List<String> groups = new ArrayList<>();
      if (found) {
        for (int i = 0; i <= matcher.groupCount(); i++) {
          String group = matcher.group(i);
          groups.add(group == null ? "" : group);
        }
      }
      one(location, resource, location.role(), location.score(), groups);
    }
  }

  private void one(
      Location location,
      Resource resource,
      Optional<Role> role,
      Optional<Integer> score,
      List<String> groups) {
    LocationRule.Discovery discovery =
        switch (location.discovery()) {
          case "never" -> LocationRule.Discovery.NEVER;
          case "exclusive" -> LocationRule.Discovery.EXCLUSIVE;
          default -> LocationRule.Discovery.ALWAYS;
        };
    if (!location.node().isEmpty()) {
      Node node = model.nodesByName.get(location.node());
      if (node == null) {
        return;
      }
      NodeTable scores = new NodeTable(model.nodes.size());
      scores.put(node, score.orElse(0));
      add(location.id(), resource, filter(role), scores, discovery);
      return;
    }
    for (Rule rule : location.rules()) {
      NodeTable scores = table(rule, resource, groups);
      add(location.id(), resource, filter(rule.role().or(() -> role)), scores, discovery);
    }
  }

  private static RoleLevel filter(Optional<Role> role) {
    RoleLevel level = Names.role(role);
    return level == RoleLevel.UNPROMOTED ? RoleLevel.UNKNOWN : level;
  }

  private void add(
      String id,
      Resource resource,
      RoleLevel role,
      NodeTable scores,
      LocationRule.Discovery discovery) {
    resource.locations.add(new LocationRule(id, resource, role, scores, discovery));
    resource.exclusiveDiscovery |= discovery == LocationRule.Discovery.EXCLUSIVE;
  }

  private NodeTable table(Rule rule, Resource resource, List<String> groups) {
    NodeTable scores = new NodeTable(model.nodes.size());
    Rule filled = groups.isEmpty() ? rule : filled(rule, groups);
    String attribute = fill(rule.scoreAttribute(), groups);
    for (Node node : model.nodes) {
      RuleContext context =
          model
              .time
              .of(ResourceUnpacking.agent(resource))
              .onNode(node::attribute)
              .withValues(parameters(resource, node), Lookup.in(resource.meta));
      if (!RuleEvaluation.holds(filled, context, model.nextChange)) {
        continue;
      }
      int score = rule.score().orElse(0);
      if (!attribute.isEmpty()) {
        String value = node.attribute(attribute);
        if (value == null) {
          continue;
        }
        score = ClusterOptions.score(value, 0);
      }
      scores.put(node, score);
    }
    return scores;
  }

  private Lookup parameters(Resource resource, Node node) {
    return new Lookup() {
      private @Nullable SortedMap<String, String> values;

      @Override
      public @Nullable String value(String name) {
        SortedMap<String, String> known = values;
        if (known == null) {
          known = unpacking.parameters(resource, node);
          values = known;
        }
        return known.get(name);
      }
    };
  }

  private static Rule filled(Rule rule, List<String> groups) {
    List<Rule.Condition> conditions =
        rule.conditions().stream()
            .<Rule.Condition>map(condition ->
                switch (condition) {
                  case Rule.Comparison c ->
                      new Rule.Comparison(
                          c.id(),
                          fill(c.attribute(), groups),
                          c.operation(),
                          c.type(),
                          c.source(),
                          c.value());
                  case Rule.Nested(Rule nested) -> new Rule.Nested(filled(nested, groups));
                  case Rule.DateComparison d -> d;
                  case Rule.ResourceMatch r -> r;
                  case Rule.OperationMatch o -> o;
                })
            .toList();
    return new Rule(
        rule.id(), rule.all(), rule.score(), rule.scoreAttribute(), rule.role(), conditions);
  }

  private static String fill(String text, List<String> groups) {
    if (groups.isEmpty() || text.indexOf('%') < 0) {
      return text;
    }
    StringBuilder filled = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' && i + 1 < text.length() && Character.isDigit(text.charAt(i + 1))) {
        int group = text.charAt(++i) - '0';
        filled.append(group < groups.size() ? groups.get(group) : "");
      } else {
        filled.append(c);
      }
    }
    return filled.toString();
  }

  /// Adds a constraint's scores to a resource and to what is in it. Of a group that is together
  /// only the first member carries them.
  static void apply(Model model, LocationRule rule, Resource resource, boolean counts) {
    if (rule.role() == RoleLevel.UNKNOWN || rule.role() == resource.next) {
      for (Node node : model.nodes) {
        if (!rule.scores().has(node)) {
          continue;
        }
        resource.allowed.add(node, counts ? rule.scores().score(node) : 0);
        if (counts) {
          model.note(
              resource,
              node,
              false,
              Decision.Source.LOCATION,
              rule.id(),
              rule.scores().score(node));
        }
        discover(model, resource, node, rule.discovery());
      }
    }
    boolean first = true;
    for (Resource child : resource.children) {
      apply(model, rule, child, counts && (first || !resource.isGroup() || !resource.collocated));
      first = false;
    }
  }

  private static void discover(
      Model model, Resource resource, Node node, LocationRule.Discovery discovery) {
    if (discovery == LocationRule.Discovery.ALWAYS) {
      return;
    }
    LocationRule.Discovery[] modes = resource.discovery;
    if (modes == null) {
      modes = new LocationRule.Discovery[model.nodes.size()];
      java.util.Arrays.fill(modes, LocationRule.Discovery.ALWAYS);
      resource.discovery = modes;
    }
    if (discovery.compareTo(modes[node.index]) > 0) {
      modes[node.index] = discovery;
    }
  }
}
