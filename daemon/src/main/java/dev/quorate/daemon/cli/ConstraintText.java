package dev.quorate.daemon.cli;

import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.Role;
import dev.quorate.resource.Rule;
import dev.quorate.resource.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `constraint config`: the constraints as `pcs` shows them.
final class ConstraintText {
  private final Output out;
  private final List<Constraint> constraints;

  private ConstraintText(Output out, List<Constraint> constraints) {
    this.out = out;
    this.constraints = constraints;
  }

  static void all(Invocation in) {
    in.words().end();
    ConstraintText text = new ConstraintText(in.out(), in.configuration().constraints());
    text.title("Location Constraints:");
    text.constraints.forEach(text::location);
    text.title("Colocation Constraints:");
    text.constraints.forEach(text::colocation);
    text.title("Order Constraints:");
    text.constraints.forEach(text::ordering);
  }

  /// A constraint of a document in a few words.
  static String summary(ConstraintElement element) {
    String names =
        String.join(", ", element.names().stream().map(name -> "'" + name + "'").toList());
    return switch (element) {
      case ConstraintElement.Location l when !l.pattern().isEmpty() ->
          "location of what matches '" + l.pattern() + "'";
      case ConstraintElement.Location _ -> "location of " + names;
      case ConstraintElement.Colocation _ -> "colocation of " + names;
      case ConstraintElement.Order _ -> "order of " + names;
      case ConstraintElement.Ticket t -> "ticket " + t.ticket() + " of " + names;
    };
  }

  private void title(String text) {
    out.line(text);
  }

  private void location(Constraint constraint) {
    if (constraint
        instanceof Constraint.Location(var id, var resource, var role, var node, var score)) {
      String text = role == Role.STARTED ? "" : " in role " + Roles.title(role);
      out.line("  resource '" + resource + "'" + wish(node.name(), score) + text + id(id));
    } else if (constraint instanceof Constraint.Written(ConstraintElement.Location l)) {
      String what =
          !l.pattern().isEmpty()
              ? "resource pattern '" + l.pattern() + "'"
              : l.sets().isEmpty() ? "resource '" + l.resource() + "'" : "resources";
      String where = l.node().isEmpty() ? "" : wish(l.node(), new Score(l.score().orElse(0)));
      String role = l.role().map(r -> " in role " + Roles.title(r)).orElse("");
      out.line("  " + what + where + role + id(l.id()));
      if (!l.discovery().isEmpty()) {
        out.line("    resource-discovery=" + l.discovery());
      }
      l.sets().forEach(this::set);
      l.rules().forEach(rule -> rule("    ", rule));
    }
  }

  private static String wish(String node, Score score) {
    boolean avoids = score.value() < 0;
    String text = score.toString();
    return (avoids ? " avoids" : " prefers")
        + " node '"
        + node
        + "' with score "
        + (avoids ? text.substring(1) : text);
  }

  private static String id(String id) {
    return " (id: " + id + ")";
  }

  private void colocation(Constraint constraint) {
    if (constraint
        instanceof
        Constraint.Colocation(var id, var resource, var role, var with, var withRole, var score)) {
      pair(Roles.title(role), resource.name(), Roles.title(withRole), with.name(), id);
      out.line("    score=" + score);
    } else if (constraint instanceof Constraint.Written(ConstraintElement.Colocation c)) {
      if (c.sets().isEmpty()) {
        pair(title(c.dependentRole()), c.dependent(), title(c.primaryRole()), c.primary(), c.id());
      } else {
        out.line("  resource sets" + id(c.id()));
      }
      out.line(
          "    score="
              + new Score(c.score())
              + (c.nodeAttribute().isEmpty() ? "" : " node-attribute=" + c.nodeAttribute())
              + c.influence().map(i -> " influence=" + i).orElse(""));
      c.sets().forEach(this::set);
    }
  }

  private static String title(Optional<Role> role) {
    return Roles.title(role.orElse(Role.STARTED));
  }

  private void pair(String role, String resource, String withRole, String with, String id) {
    out.line(
        "  %s resource '%s' with %s resource '%s'".formatted(role, resource, withRole, with)
            + id(id));
  }

  private void ordering(Constraint constraint) {
    if (constraint
        instanceof
        Constraint.Ordering(
            var id,
            var first,
            var firstAction,
            var then,
            var thenAction,
            var kind,
            var symmetrical)) {
      inTurn(lower(firstAction), first.name(), lower(thenAction), then.name(), id);
      out.line("    symmetrical=" + symmetrical + " kind=" + word(kind));
    } else if (constraint instanceof Constraint.Written(ConstraintElement.Order o)) {
      if (o.sets().isEmpty()) {
        String first = o.firstAction().isEmpty() ? "start" : o.firstAction();
        inTurn(
            first, o.first(), o.thenAction().isEmpty() ? first : o.thenAction(), o.then(), o.id());
      } else {
        out.line("  resource sets" + id(o.id()));
      }
      List<String> options = new ArrayList<>();
      o.symmetrical().ifPresent(s -> options.add("symmetrical=" + s));
      o.requireAll().ifPresent(r -> options.add("require-all=" + r));
      o.kind().ifPresent(k -> options.add("kind=" + word(k)));
      if (!options.isEmpty()) {
        out.line("    " + String.join(" ", options));
      }
      o.sets().forEach(this::set);
    }
  }

  private void inTurn(String firstAction, String first, String thenAction, String then, String id) {
    out.line(
        "  %s resource '%s' then %s resource '%s'".formatted(firstAction, first, thenAction, then)
            + id(id));
  }

  private void set(ResourceSet set) {
    out.line("    Resource Set: " + set.id());
    out.line(
        "      Resources: "
            + String.join(", ", set.resources().stream().map(r -> "'" + r + "'").toList()));
    List<String> options = new ArrayList<>();
    if (!set.action().isEmpty()) {
      options.add("action=" + set.action());
    }
    set.role().ifPresent(r -> options.add("role=" + Roles.title(r)));
    set.sequential().ifPresent(s -> options.add("sequential=" + s));
    set.requireAll().ifPresent(r -> options.add("require-all=" + r));
    set.score().ifPresent(s -> options.add("score=" + new Score(s)));
    if (!set.kind().isEmpty()) {
      options.add("kind=" + set.kind());
    }
    if (!options.isEmpty()) {
      out.line("      " + String.join(" ", options));
    }
  }

  private void rule(String indent, Rule rule) {
    out.line(
        indent
            + "Rule: boolean-op="
            + (rule.all() ? "and" : "or")
            + rule.score().map(s -> " score=" + new Score(s)).orElse("")
            + (rule.scoreAttribute().isEmpty() ? "" : " score-attribute=" + rule.scoreAttribute())
            + rule.role().map(r -> " role=" + Roles.title(r)).orElse("")
            + id(rule.id()));
    for (Rule.Condition condition : rule.conditions()) {
      if (condition instanceof Rule.Nested(var nested)) {
        rule(indent + "  ", nested);
      } else {
        out.line(indent + "  Expression: " + RuleText.of(condition));
      }
    }
  }

  private static String word(Enum<?> kind) {
    String lower = lower(kind);
    return Character.toUpperCase(lower.charAt(0)) + lower.substring(1);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
