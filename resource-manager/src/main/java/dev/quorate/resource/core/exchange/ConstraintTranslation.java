package dev.quorate.resource.core.exchange;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Turns the constraints of a document into those of the live cluster.
final class ConstraintTranslation {
  private final ClusterConfiguration present;
  private final ResourceTranslation resources;
  private final Findings findings;
  private final SortedMap<String, ResourceId> known = new TreeMap<>();
  private final TreeSet<String> devices = new TreeSet<>();
  private final SequencedMap<String, Constraint> constraints = new LinkedHashMap<>();

  ConstraintTranslation(
      ClusterConfiguration present, ResourceTranslation resources, Findings findings) {
    this.present = present;
    this.resources = resources;
    this.findings = findings;
    resources.devices().forEach(d -> devices.add(d.id().name()));
    for (ResourceDefinition resource : resources.resources()) {
      known.put(resource.id().name(), resource.publicId());
      known.put(resource.publicId().name(), resource.publicId());
    }
    for (GroupDefinition group : resources.groups()) {
      known.put(group.id().name(), group.publicId());
      known.put(group.publicId().name(), group.publicId());
    }
  }

  /// By identity, in the order of the document.
  SequencedMap<String, Constraint> constraints() {
    return constraints;
  }

  void add(ConstraintElement element) {
    Optional<? extends Constraint> constraint =
        switch (element) {
          case ConstraintElement.Location l -> location(l);
          case ConstraintElement.Colocation c -> colocation(c);
          case ConstraintElement.Order o -> order(o);
          case ConstraintElement.Ticket t ->
              refuse(t.id(), "tickets are not managed: remove the constraint");
        };
    constraint.ifPresent(c -> {
      if (constraints.putIfAbsent(c.id(), c) != null) {
        findings.refuse(
            element.id(), "another constraint is or becomes " + c.id() + ": rename one of them");
      }
    });
  }

  private <T extends Constraint> Optional<T> refuse(String id, String message) {
    findings.refuse(id, message);
    return Optional.empty();
  }

  private Optional<? extends Constraint> location(ConstraintElement.Location written) {
    ConstraintElement.Location l = NodeRule.simplified(written);
    boolean elsewhere = l.discovery().equals("exclusive");
    if (elsewhere || !l.rules().isEmpty() || !l.pattern().isEmpty() || !l.sets().isEmpty()) {
      return written(l);
    }
    if (l.discovery().equals("never")) {
      findings.notice(l.id(), "resource-discovery=never does not count: every node is looked at");
    }
    if (device(l.resource())) {
      findings.notice(l.id(), "a fence device needs no place: it runs where it is needed");
      return Optional.empty();
    }
    Optional<ResourceId> resource = resource(l.id(), l.resource());
    Optional<Role> role = role(l.id(), l.role());
    Optional<NodeId> node =
        present.nodes().keySet().stream().filter(n -> n.name().equals(l.node())).findFirst();
    if (node.isEmpty()) {
      return noMember(l);
    }
    if (resource.isEmpty() || role.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Constraint.Location(
            l.id(), resource.get(), role.get(), node.get(), new Score(l.score().orElse(0))));
  }

  private Optional<? extends Constraint> colocation(ConstraintElement.Colocation c) {
    boolean byNode = c.nodeAttribute().isEmpty() || c.nodeAttribute().equals("#uname");
    if (!byNode || !c.influence().orElse(true) || !c.sets().isEmpty()) {
      return written(c);
    }
    Optional<ResourceId> resource = resource(c.id(), c.dependent());
    Optional<ResourceId> with = resource(c.id(), c.primary());
    Optional<Role> role = role(c.id(), c.dependentRole());
    Optional<Role> withRole = role(c.id(), c.primaryRole());
    if (resource.isEmpty() || with.isEmpty() || role.isEmpty() || withRole.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Constraint.Colocation(
            c.id(), resource.get(), role.get(), with.get(), withRole.get(), new Score(c.score())));
  }

  private Optional<? extends Constraint> order(ConstraintElement.Order o) {
    boolean serialize = o.kind().equals(Optional.of(ConstraintElement.Order.Kind.SERIALIZE));
    if (serialize || !o.requireAll().orElse(true) || !o.sets().isEmpty()) {
      return written(o);
    }
    Optional<ResourceId> first = resource(o.id(), o.first());
    Optional<ResourceId> then = resource(o.id(), o.then());
    if (first.isEmpty() || then.isEmpty()) {
      return Optional.empty();
    }
    String firstAction = o.firstAction().isEmpty() ? "start" : o.firstAction();
    String thenAction = o.thenAction().isEmpty() ? firstAction : o.thenAction();
    boolean optional =
        o.kind()
            .map(kind -> kind == ConstraintElement.Order.Kind.OPTIONAL)
            .orElse(o.score().orElse(1) == 0);
    return Optional.of(
        new Constraint.Ordering(
            o.id(),
            first.get(),
            OperationKind.valueOf(firstAction.toUpperCase(Locale.ROOT)),
            then.get(),
            OperationKind.valueOf(thenAction.toUpperCase(Locale.ROOT)),
            optional ? Constraint.Ordering.Kind.OPTIONAL : Constraint.Ordering.Kind.MANDATORY,
            o.symmetrical().orElse(true)));
  }

  /// A constraint that is kept in its own words, with the names that users know.
  private Optional<Constraint> written(ConstraintElement element) {
    SortedMap<String, String> names = new TreeMap<>();
    for (String name : element.names()) {
      resource(element.id(), name).ifPresent(id -> names.put(name, id.name()));
    }
    if (!names.keySet().containsAll(element.names())) {
      return Optional.empty();
    }
    if (element instanceof ConstraintElement.Location l
        && !l.node().isEmpty()
        && present.nodes().keySet().stream().noneMatch(n -> n.name().equals(l.node()))) {
      return noMember(l);
    }
    return Optional.of(
        new Constraint.Written(element.renamed(name -> names.getOrDefault(name, name))));
  }

  private <T extends Constraint> Optional<T> noMember(ConstraintElement.Location l) {
    return refuse(
        l.id(), "node %s is no member of this cluster: remove the constraint".formatted(l.node()));
  }

  private boolean device(String id) {
    return devices.contains(id);
  }

  private Optional<Role> role(String id, Optional<Role> role) {
    if (role.equals(Optional.of(Role.STOPPED))) {
      findings.refuse(id, "the role Stopped is not managed in constraints: remove the constraint");
      return Optional.empty();
    }
    return Optional.of(role.orElse(Role.STARTED));
  }

  private Optional<ResourceId> resource(String id, String name) {
    Optional<ResourceId> found = Optional.ofNullable(known.get(name));
    if (found.isEmpty() && device(name)) {
      findings.refuse(
          id, "%s is a fence device, which is no resource: remove the constraint".formatted(name));
    } else if (found.isEmpty() && !resources.refused(name)) {
      findings.refuse(
          id,
          "%s is no resource that is managed: name a resource, a group or a clone".formatted(name));
    }
    return found;
  }
}
