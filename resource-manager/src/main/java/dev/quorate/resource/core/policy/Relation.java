package dev.quorate.resource.core.policy;

/// That one action has to do with another that comes before it. Flags say what follows from it.
final class Relation {
  /// The order only.
  static final int ORDERED = 1;

  /// The first is required: so is the second.
  static final int FIRST_IMPLIES_THEN = 1 << 1;

  /// The second is required: so is the first.
  static final int THEN_IMPLIES_FIRST = 1 << 2;

  /// The second is required and its resource promoted: so is the first.
  static final int PROMOTED_THEN_IMPLIES_FIRST = 1 << 3;

  /// The first cannot be: nor can the second.
  static final int UNRUNNABLE_FIRST_BLOCKS = 1 << 4;

  /// The first is the stop before the second's start.
  static final int INTERMEDIATE_STOP = 1 << 5;

  /// The second needs the first; nothing follows for the reverse.
  static final int ASYMMETRIC = 1 << 6;

  /// The second needs so many of its firsts.
  static final int MIN_RUNNABLE = 1 << 7;

  /// The second cannot migrate: the first cannot be.
  static final int UNMIGRATABLE_THEN_BLOCKS = 1 << 8;

  /// The first cannot be: the second is done in its place.
  static final int FIRST_ELSE_THEN = 1 << 9;

  /// As [#FIRST_IMPLIES_THEN], on the first's node only.
  static final int FIRST_IMPLIES_SAME_NODE_THEN = 1 << 10;

  /// The second is required: the first is not.
  static final int THEN_CANCELS_FIRST = 1 << 11;

  /// Void between different nodes.
  static final int IF_ON_SAME_NODE = 1 << 12;

  /// Void between different nodes, or where the first is not required.
  static final int IF_REQUIRED_ON_SAME_NODE = 1 << 13;

  /// Void unless the second is, or goes, where the first is.
  static final int IF_ON_SAME_NODE_OR_TARGET = 1 << 14;

  /// The first is in the graph: so is the second.
  static final int FIRST_IMPLIES_THEN_GRAPHED = 1 << 15;

  /// The second is in the graph: so is the first.
  static final int THEN_IMPLIES_FIRST_GRAPHED = 1 << 16;

  /// Never at the same time.
  static final int SERIALIZE = 1 << 17;

  /// Void if the first migrates.
  static final int IF_FIRST_UNMIGRATABLE = 1 << 18;

  final Action first;
  final Action then;
  int flags;

  Relation(Action first, Action then, int flags) {
    this.first = first;
    this.then = then;
    this.flags = flags;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  @Override
  public String toString() {
    return first + " -> " + then;
  }
}
