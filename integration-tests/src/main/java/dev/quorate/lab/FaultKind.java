package dev.quorate.lab;

/// What can happen in a run of random faults.
enum FaultKind {
  /// The primary's postmaster is killed while its backends are busy.
  POSTMASTER_KILLED("postmaster killed"),
  /// A machine loses power; the primary's more often than not.
  NODE_KILLED("node killed"),
  /// Every process of a machine stops running without ending.
  FROZEN("frozen"),
  /// A machine's cable is pulled, or carries one direction only, for a while.
  PARTITIONED("partitioned"),
  /// A daemon is killed; its PostgreSQL goes on.
  DAEMON_KILLED("daemon killed"),
  /// Two of these at the same time, on two machines.
  TWO_AT_ONCE("two at once");

  private final String word;

  FaultKind(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
