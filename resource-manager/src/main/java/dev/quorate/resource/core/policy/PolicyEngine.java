package dev.quorate.resource.core.policy;

import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.core.rules.AttributeBlocks;
import dev.quorate.resource.core.rules.NextChange;
import dev.quorate.resource.core.rules.RuleContext;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Decides from a document and the time.
public final class PolicyEngine {
  private PolicyEngine() {}

  /// What shall be done.
  ///
  /// @param now the moment that rules and expiries are held against
  public static Decision decide(Cib cib, Instant now) {
    return run(cib, now, PromotionRule.NONE, false).decision();
  }

  /// What shall be done, with the facts behind the scores.
  public static Decision explain(Cib cib, Instant now) {
    return explain(cib, now, PromotionRule.NONE);
  }

  /// What shall be done, with the facts behind the scores.
  ///
  /// @param rule who is promoted where scores have no say
  public static Decision explain(Cib cib, Instant now, PromotionRule rule) {
    return run(cib, now, rule, true).decision();
  }

  /// The working model at the end of a run, and what came of it.
  record Run(Model model, Decision decision) {}

  /// The engine follows what depends on what from resource to resource. Where that leads deeper
  /// than a thread can go, it says so in place of a decision.
  static Run run(Cib cib, Instant now, PromotionRule rule, boolean explains) {
    try {
      return attempt(cib, now, rule, explains);
    } catch (StackOverflowError _) {
      Model model = new Model(cib, now, new TreeMap<>(), new NextChange(now));
      model.refusals.add("resources depend on each other in chains that are too long to follow");
      return new Run(model, DecisionWriter.decision(model, new TreeMap<>(), List.of()));
    }
  }

  private static Run attempt(Cib cib, Instant now, PromotionRule rule, boolean explains) {
    NextChange next = new NextChange(now);
    SortedMap<String, String> properties =
        AttributeBlocks.resolve(
            cib.configuration().properties(),
            RuleContext.at(now),
            next,
            AttributeBlocks.BOOTSTRAP_OPTIONS);
    Model model = new Model(cib, now, properties, next);
    model.promotionRule = rule;
    model.explains = explains;
    NodeUnpacking nodes = new NodeUnpacking(model);
    nodes.configured();
    ResourceUnpacking unpacking = new ResourceUnpacking(model);
    unpacking.unpack();
    model.unfencing(new Unfencing(model, unpacking));
    nodes.seen();
    FailCounts failCounts = new FailCounts(model);
    new HistoryUnpacking(model, unpacking, nodes, failCounts).unpack();
    SortedMap<String, List<Decision.Placed>> before = DecisionWriter.placements(model);
    NodeCriteria criteria = new NodeCriteria(model, failCounts);
    criteria.health();
    ColocationUnpacking colocations = constraints(model, unpacking);
    criteria.apply();
    new InternalOrderings(model, colocations).create();
    new ConfigurationChanges(model, unpacking, failCounts).check();
    Assignment assignment = new Assignment(model);
    assignment.assignAll();
    new Probes(model).create();
    Removed.clearFailCounts(model, failCounts);
    new ResourceActions(model).create();
    new Fencing(model).create();
    Removed.deleteHistory(model);
    new OrderingExpansion(model).expand();
    new Propagation(model, assignment).run();
    Notifications.send(model);
    return new Run(
        model, DecisionWriter.decision(model, before, new GraphSelection(model).select()));
  }

  private static ColocationUnpacking constraints(Model model, ResourceUnpacking unpacking) {
    LocationUnpacking locations = new LocationUnpacking(model, unpacking);
    ColocationUnpacking colocations = new ColocationUnpacking(model);
    OrderUnpacking orders = new OrderUnpacking(model);
    TicketUnpacking tickets = new TicketUnpacking(model);
    for (ConstraintElement constraint : model.cib.configuration().constraints()) {
      switch (constraint) {
        case ConstraintElement.Location location -> locations.unpack(location);
        case ConstraintElement.Colocation colocation -> colocations.unpack(colocation);
        case ConstraintElement.Order order -> orders.unpack(order);
        case ConstraintElement.Ticket ticket -> tickets.unpack(ticket);
      }
    }
    return colocations;
  }
}
