package dev.quorate.resource.cib;

import dev.quorate.resource.Role;
import java.util.List;
import java.util.Optional;

/// What an operator wants of placement and order. Strings that may be absent are empty then.
public sealed interface ConstraintElement {
  /// Unique in the document.
  String id();

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
  }
}
