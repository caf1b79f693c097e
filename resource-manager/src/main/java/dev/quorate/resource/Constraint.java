package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What an operator wants of the placement.
public sealed interface Constraint {
  /// Unique among constraints.
  String id();

  /// Prefers or bans a node.
  ///
  /// @param role [Role#STARTED] for every role, [Role#PROMOTED] for the promoted instance only
  record Location(String id, ResourceId resource, Role role, NodeId node, Score score)
      implements Constraint {}

  /// Places a resource with (or, negative, apart from) another.
  ///
  /// @param resource depends on `with`
  /// @param role the role of `resource` that the constraint is about; [Role#STARTED] for any
  /// @param withRole the role of `with` that counts; [Role#STARTED] for any
  record Colocation(
      String id, ResourceId resource, Role role, ResourceId with, Role withRole, Score score)
      implements Constraint {}

  /// Lets one action wait for another.
  ///
  /// @param firstAction one of START, STOP, PROMOTE, DEMOTE
  /// @param thenAction one of START, STOP, PROMOTE, DEMOTE
  /// @param symmetrical whether the reverse order holds for the inverse actions
  record Ordering(
      String id,
      ResourceId first,
      OperationKind firstAction,
      ResourceId then,
      OperationKind thenAction,
      Kind kind,
      boolean symmetrical)
      implements Constraint {
    /// How strict the order is.
    public enum Kind {
      /// `then` needs `first`.
      MANDATORY,
      /// The order holds only where both happen anyway.
      OPTIONAL
    }
  }

  /// What the other forms cannot say, in the words of a document: sets of resources, rules,
  /// patterns, node attributes, orders that keep actions apart.
  record Written(ConstraintElement element) implements Constraint {
    @Override
    public String id() {
      return element.id();
    }
  }

  /// The same about resources, groups and clones under other names.
  default Constraint renamed(UnaryOperator<ResourceId> names) {
    return switch (this) {
      case Location(var id, var resource, var role, var node, var score) ->
          new Location(id, names.apply(resource), role, node, score);
      case Colocation(var id, var resource, var role, var with, var withRole, var score) ->
          new Colocation(id, names.apply(resource), role, names.apply(with), withRole, score);
      case Ordering(
              var id,
              var first,
              var firstAction,
              var then,
              var thenAction,
              var kind,
              var symmetrical) ->
          new Ordering(
              id,
              names.apply(first),
              firstAction,
              names.apply(then),
              thenAction,
              kind,
              symmetrical);
      case Written(var element) ->
          new Written(
              element.renamed(
                  name -> ResourceId.legal(name).map(names).map(ResourceId::name).orElse(name)));
    };
  }

  /// The other side of an ordering for its inverse, if it has one.
  static Optional<OperationKind> inverse(OperationKind kind) {
    return switch (kind) {
      case START -> Optional.of(OperationKind.STOP);
      case STOP -> Optional.of(OperationKind.START);
      case PROMOTE -> Optional.of(OperationKind.DEMOTE);
      case DEMOTE -> Optional.of(OperationKind.PROMOTE);
      case MONITOR, RELOAD -> Optional.empty();
    };
  }
}
