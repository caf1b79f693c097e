package dev.quorate.resource.cib.xml;

import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ConstraintElement.Colocation;
import dev.quorate.resource.ConstraintElement.Location;
import dev.quorate.resource.ConstraintElement.Order;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.ConstraintElement.Ticket;
import dev.quorate.resource.FlagText;
import dev.quorate.resource.Rule;
import dev.quorate.resource.cib.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads constraints.
final class ConstraintReader {
  static final String[] KINDS = {"rsc_location", "rsc_colocation", "rsc_order", "rsc_ticket"};

  private static final String[] ACTIONS = {"start", "stop", "promote", "demote"};

  private final Problems problems;
  private final Identities identities;
  private final RuleReader rules;
  private final Loops sequence = new Loops();
  private final Loops together = new Loops();

  ConstraintReader(Problems problems, Identities identities, RuleReader rules) {
    this.problems = problems;
    this.identities = identities;
    this.rules = rules;
  }

  /// Tells of loops among all that were read.
  void done() {
    sequence.notice(problems, "mandatory orders form a loop");
    together.notice(problems, "colocations with a score of INFINITY form a loop");
  }

  /// Any constraint.
  ConstraintElement read(Element element) {
    Fields fields = new Fields(element, problems);
    for (Element lifetime : fields.children("lifetime")) {
      problems.notice(lifetime, "a lifetime is ignored: the constraint always holds");
    }
    ConstraintElement constraint =
        switch (element.name()) {
          case "rsc_location" -> location(element, fields);
          case "rsc_colocation" -> colocation(element, fields);
          case "rsc_order" -> order(element, fields);
          default -> ticket(element, fields);
        };
    fields.done();
    return constraint;
  }

  private Location location(Element element, Fields fields) {
    List<ResourceSet> sets = sets(fields);
    String resource = reference(element, fields, "rsc");
    String pattern = fields.text("rsc-pattern");
    int subjects =
        (sets.isEmpty() ? 0 : 1) + (resource.isEmpty() ? 0 : 1) + (pattern.isEmpty() ? 0 : 1);
    if (subjects != 1) {
      problems.refuse(element, "a location needs one of rsc, rsc-pattern and resource sets");
    }
    String node = fields.text("node");
    List<Rule> conditions = rules.all(fields.children("rule"));
    Location location =
        new Location(
            fields.id(),
            resource,
            pattern,
            sets,
            node,
            fields.score("score"),
            fields.role("role"),
            fields.oneOf("resource-discovery", "always", "never", "exclusive"),
            conditions);
    if (node.isEmpty() && element.children().stream().noneMatch(c -> c.name().equals("rule"))) {
      problems.refuse(element, "a location needs a node or a rule");
    }
    return location;
  }

  private Colocation colocation(Element element, Fields fields) {
    List<ResourceSet> sets = sets(fields);
    Colocation colocation =
        new Colocation(
            fields.id(),
            subject(element, fields, "rsc", sets),
            fields.role("rsc-role"),
            subject(element, fields, "with-rsc", sets),
            fields.role("with-rsc-role"),
            fields.score("score").orElse(0),
            fields.text("node-attribute"),
            influence(element, fields),
            sets);
    if (colocation.score() == Scalars.INFINITY
        && colocation.dependentRole().isEmpty()
        && colocation.primaryRole().isEmpty()
        && colocation.nodeAttribute().isEmpty()) {
      relate(together, element, colocation.dependent(), colocation.primary());
    }
    return colocation;
  }

  /// Pacemaker goes on with its own default where this is no boolean.
  private Optional<Boolean> influence(Element element, Fields fields) {
    String text = fields.text("influence");
    Optional<Boolean> influence = FlagText.parse(text);
    if (influence.isEmpty() && !text.isEmpty()) {
      problems.notice(
          element, "the attribute \"influence\" is \"" + Fields.shown(text) + "\" and is ignored");
    }
    return influence;
  }

  private Order order(Element element, Fields fields) {
    List<ResourceSet> sets = sets(fields);
    Order order =
        new Order(
            fields.id(),
            subject(element, fields, "first", sets),
            fields.oneOf("first-action", ACTIONS),
            subject(element, fields, "then", sets),
            fields.oneOf("then-action", ACTIONS),
            fields.word("kind", Order.Kind.class),
            fields.score("score"),
            fields.flag("symmetrical"),
            fields.flag("require-all"),
            sets);
    boolean mandatory =
        order.kind().orElse(Order.Kind.MANDATORY) == Order.Kind.MANDATORY
            && (order.kind().isPresent() || order.score().orElse(1) > 0);
    if (mandatory && starts(order.firstAction()) && starts(order.thenAction())) {
      relate(sequence, element, order.first(), order.then());
    }
    return order;
  }

  private static boolean starts(String action) {
    return action.isEmpty() || action.equals("start");
  }

  private void relate(Loops among, Element element, String from, String to) {
    if (identities.isResource(from) && identities.isResource(to)) {
      among.add(element, from, to);
    }
  }

  private Ticket ticket(Element element, Fields fields) {
    List<ResourceSet> sets = sets(fields);
    return new Ticket(
        fields.id(),
        subject(element, fields, "rsc", sets),
        fields.role("rsc-role"),
        fields.required("ticket"),
        fields.oneOf("loss-policy", "stop", "demote", "fence", "freeze"),
        sets);
  }

  /// Either all resources are named by attributes or all by sets.
  private String subject(Element element, Fields fields, String name, List<ResourceSet> sets) {
    if (sets.isEmpty()) {
      fields.required(name);
    } else if (!fields.text(name).isEmpty()) {
      problems.refuse(element, "the attribute \"" + name + "\" cannot be used with resource sets");
    }
    return reference(element, fields, name);
  }

  private String reference(Element element, Fields fields, String name) {
    String id = fields.text(name);
    if (!id.isEmpty() && !identities.isConstrainable(id)) {
      problems.refuse(
          element,
          "the attribute \""
              + name
              + "\" names \""
              + Fields.shown(id)
              + "\", which is no resource, template or tag");
    }
    return id;
  }

  private List<ResourceSet> sets(Fields constraint) {
    List<ResourceSet> sets = new ArrayList<>();
    for (Element child : constraint.children("resource_set")) {
      identities.resolve(child).ifPresent(target -> sets.add(set(target)));
    }
    return sets;
  }

  private ResourceSet set(Element element) {
    Fields fields = new Fields(element, problems);
    List<String> resources = new ArrayList<>();
    for (Element child : fields.children("resource_ref")) {
      Fields reference = new Fields(child, problems);
      reference.required("id");
      resources.add(reference(child, reference, "id"));
      reference.done();
    }
    if (resources.isEmpty()) {
      problems.notice(element, "this resource_set is empty");
    }
    ResourceSet set =
        new ResourceSet(
            fields.id(),
            resources,
            fields.flag("sequential"),
            fields.flag("require-all"),
            fields.oneOf("ordering", "group", "listed"),
            fields.oneOf("action", ACTIONS),
            fields.role("role"),
            fields.score("score"),
            fields.oneOf("kind", "Mandatory", "Optional", "Serialize"));
    fields.done();
    return set;
  }
}
