package dev.quorate.exploration;

/// What the log of a node's epoch says about who votes in it.
///
/// @param epoch which log it is
/// @param memory what the log goes by
/// @param disk what is left of that after a crash
/// @param leads whether this node leads that log
record PairMembers(long epoch, Names memory, Names disk, boolean leads) {
  enum Names {
    /// One votes, the other listens at most.
    ONE,
    /// The entry that leads from the one to both: it takes both to go on.
    CHANGING,
    BOTH
  }

  static final PairMembers FOUNDED = new PairMembers(1, Names.BOTH, Names.BOTH, false);

  /// Of a new log of one.
  static PairMembers one(long epoch, boolean leads) {
    return new PairMembers(epoch, Names.ONE, Names.ONE, leads);
  }

  PairMembers restarted() {
    return new PairMembers(epoch, disk, disk, false);
  }

  PairMembers leading(boolean now) {
    return new PairMembers(epoch, memory, disk, now);
  }

  PairMembers appended(Names next) {
    return new PairMembers(epoch, next, disk, leads);
  }

  PairMembers flushed() {
    return new PairMembers(epoch, memory, memory, leads);
  }

  /// A follower's, with what the leader sent.
  PairMembers copied(PairMembers from) {
    return new PairMembers(epoch, from.memory, from.memory, leads);
  }

  boolean both() {
    return memory == Names.BOTH && disk == Names.BOTH;
  }
}
