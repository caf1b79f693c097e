package dev.quorate.resource.cib.xml;

import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ConstraintElement.Colocation;
import dev.quorate.resource.ConstraintElement.Location;
import dev.quorate.resource.ConstraintElement.Order;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.ConstraintElement.Ticket;
import dev.quorate.resource.cib.Element;
import java.util.List;
import java.util.Optional;

/// Makes elements of constraints.
final class ConstraintWriter {
  private final BlockWriter blocks;

  ConstraintWriter(BlockWriter blocks) {
    this.blocks = blocks;
  }

  Element constraint(ConstraintElement constraint) {
    return switch (constraint) {
      case Location location ->
          made("rsc_location", location, location.sets())
              .with("rsc", location.resource())
              .with("rsc-pattern", location.pattern())
              .with("node", location.node())
              .withScore("score", location.score())
              .withRole("role", location.role())
              .with("resource-discovery", location.discovery())
              .children(BlockWriter.each(location.rules(), blocks::rule))
              .element();
      case Colocation colocation ->
          made("rsc_colocation", colocation, colocation.sets())
              .with("rsc", colocation.dependent())
              .withRole("rsc-role", colocation.dependentRole())
              .with("with-rsc", colocation.primary())
              .withRole("with-rsc-role", colocation.primaryRole())
              .withScore("score", Optional.of(colocation.score()))
              .with("node-attribute", colocation.nodeAttribute())
              .with("influence", colocation.influence())
              .element();
      case Order order ->
          made("rsc_order", order, order.sets())
              .with("first", order.first())
              .with("first-action", order.firstAction())
              .with("then", order.then())
              .with("then-action", order.thenAction())
              .with("kind", order.kind().map(ConstraintWriter::kind))
              .withScore("score", order.score())
              .with("symmetrical", order.symmetrical())
              .with("require-all", order.requireAll())
              .element();
      case Ticket ticket ->
          made("rsc_ticket", ticket, ticket.sets())
              .with("rsc", ticket.resource())
              .withRole("rsc-role", ticket.role())
              .with("ticket", ticket.ticket())
              .with("loss-policy", ticket.lossPolicy())
              .element();
    };
  }

  private Made made(String name, ConstraintElement constraint, List<ResourceSet> sets) {
    return new Made(name).with("id", constraint.id()).children(BlockWriter.each(sets, this::set));
  }

  private static String kind(Order.Kind kind) {
    return switch (kind) {
      case MANDATORY -> "Mandatory";
      case OPTIONAL -> "Optional";
      case SERIALIZE -> "Serialize";
    };
  }

  private Element set(ResourceSet set) {
    return blocks.once(
        "resource_set",
        set.id(),
        () ->
            new Made("resource_set")
                .with("id", set.id())
                .with("sequential", set.sequential())
                .with("require-all", set.requireAll())
                .with("ordering", set.ordering())
                .with("action", set.action())
                .withRole("role", set.role())
                .withScore("score", set.score())
                .with("kind", set.kind())
                .children(
                    BlockWriter.each(
                        set.resources(),
                        resource -> new Made("resource_ref").with("id", resource).element()))
                .element());
  }
}
