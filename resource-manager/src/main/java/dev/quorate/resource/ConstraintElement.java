package dev.quorate.resource;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// What an operator wants of placement and order, in the words of Pacemaker's CIB. Strings that may
/// be absent are empty then.
public sealed interface ConstraintElement {
  /// Unique in the document.
  String id();

  /// The ids that it names, those in sets included; a pattern names none.
  default List<String> names() {
    List<String> names =
        switch (this) {
          case Location l -> List.of(l.resource());
          case Colocation c -> List.of(c.dependent(), c.primary());
          case Order o -> List.of(o.first(), o.then());
          case Ticket t -> List.of(t.resource());
        };
    return Stream.concat(names.stream(), sets().stream().flatMap(s -> s.resources().stream()))
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /// Its sets, if it has any.
  List<ResourceSet> sets();

  /// The same about others.
  ///
  /// @param names what each id that is named becomes
  default ConstraintElement renamed(UnaryOperator<String> names) {
    UnaryOperator<String> one = name -> name.isEmpty() ? name : names.apply(name);
    return with(
        id(),
        one,
        sets().stream().map(s -> s.with(s.resources().stream().map(names).toList())).toList());
  }

  /// The same with other sets.
  default ConstraintElement withSets(List<ResourceSet> sets) {
    return with(id(), UnaryOperator.identity(), sets);
  }

  /// The same under another id.
  default ConstraintElement withId(String id) {
    return with(id, UnaryOperator.identity(), sets());
  }

  /// The same without some ids in its sets; nothing if it would say nothing any more.
  default Optional<ConstraintElement> without(Predicate<String> gone) {
    List<ResourceSet> left =
        sets().stream()
            .map(s -> s.with(s.resources().stream().filter(gone.negate()).toList()))
            .filter(s -> !s.resources().isEmpty())
            .toList();
    boolean nothing = sets().isEmpty() ? names().stream().anyMatch(gone) : left.isEmpty();
    return nothing ? Optional.empty() : Optional.of(withSets(left));
  }

  private ConstraintElement with(String id, UnaryOperator<String> names, List<ResourceSet> sets) {
    return switch (this) {
      case Location l ->
          new Location(
              id,
              names.apply(l.resource()),
              l.pattern(),
              sets,
              l.node(),
              l.score(),
              l.role(),
              l.discovery(),
              l.rules());
      case Colocation c ->
          new Colocation(
              id,
              names.apply(c.dependent()),
              c.dependentRole(),
              names.apply(c.primary()),
              c.primaryRole(),
              c.score(),
              c.nodeAttribute(),
              c.influence(),
              sets);
      case Order o ->
          new Order(
              id,
              names.apply(o.first()),
              o.firstAction(),
              names.apply(o.then()),
              o.thenAction(),
              o.kind(),
              o.score(),
              o.symmetrical(),
              o.requireAll(),
              sets);
      case Ticket t ->
          new Ticket(id, names.apply(t.resource()), t.role(), t.ticket(), t.lossPolicy(), sets);
    };
  }

  /// Prefers or bans nodes.
  ///
  /// @param resource an id, or the id of a template or tag; empty where a pattern or sets are given
  /// @param pattern a POSIX extended regular expression over ids; a leading `!` inverts
  /// @param node empty where rules are given
  /// @param discovery `always`, `never`, `exclusive` or empty
  record Location(
      String id,
      String resource,
      String pattern,
      List<ResourceSet> sets,
      String node,
      Optional<Integer> score,
      Optional<Role> role,
      String discovery,
      List<Rule> rules)
      implements ConstraintElement {
    /// Copies the lists.
    public Location {
      sets = List.copyOf(sets);
      rules = List.copyOf(rules);
    }
  }

  /// Places a resource with another, or apart from it.
  ///
  /// @param dependent empty where sets are given, as is `primary`
  /// @param nodeAttribute the attribute whose value must be the same; empty for the node itself
  record Colocation(
      String id,
      String dependent,
      Optional<Role> dependentRole,
      String primary,
      Optional<Role> primaryRole,
      int score,
      String nodeAttribute,
      Optional<Boolean> influence,
      List<ResourceSet> sets)
      implements ConstraintElement {
    /// Copies the list.
    public Colocation {
      sets = List.copyOf(sets);
    }
  }

  /// Lets one action wait for another.
  ///
  /// @param first empty where sets are given, as is `then`
  /// @param firstAction empty for `start`
  /// @param thenAction empty for the same as `firstAction`
  /// @param kind empty where the document does not say
  /// @param score the old way to say the kind: 0 is optional
  record Order(
      String id,
      String first,
      String firstAction,
      String then,
      String thenAction,
      Optional<Kind> kind,
      Optional<Integer> score,
      Optional<Boolean> symmetrical,
      Optional<Boolean> requireAll,
      List<ResourceSet> sets)
      implements ConstraintElement {
    /// How strict an order is.
    public enum Kind {
      /// The second needs the first.
      MANDATORY,
      /// Only where both happen anyway.
      OPTIONAL,
      /// Never both at once.
      SERIALIZE
    }

    /// Copies the list.
    public Order {
      sets = List.copyOf(sets);
    }
  }

  /// Lets a resource run only with a ticket.
  ///
  /// @param lossPolicy `stop`, `demote`, `fence`, `freeze` or empty
  record Ticket(
      String id,
      String resource,
      Optional<Role> role,
      String ticket,
      String lossPolicy,
      List<ResourceSet> sets)
      implements ConstraintElement {
    /// Copies the list.
    public Ticket {
      sets = List.copyOf(sets);
    }
  }

  /// Several resources in one constraint.
  ///
  /// @param ordering the old `listed` or `group`; empty if not given
  /// @param action empty if not given
  record ResourceSet(
      String id,
      List<String> resources,
      Optional<Boolean> sequential,
      Optional<Boolean> requireAll,
      String ordering,
      String action,
      Optional<Role> role,
      Optional<Integer> score,
      String kind) {
    /// Copies the list.
    public ResourceSet {
      resources = List.copyOf(resources);
    }

    /// The same of other resources.
    public ResourceSet with(List<String> others) {
      return new ResourceSet(
          id, others, sequential, requireAll, ordering, action, role, score, kind);
    }
  }
}
