package dev.quorate.simulation;

/// What can go wrong, or be asked for by an operator in the midst of it.
enum FaultKind {
  NODE_CRASH(5, 40),
  POWER_OUTAGE(5, 20),
  NODE_FREEZE(0.2, 25),
  DAEMON_KILL(0.3, 6),
  DAEMON_GONE(11, 30),
  DAEMON_FREEZE(0.2, 25),
  PARTITION(1, 40),
  ISOLATION_OF_PRIMARY(1, 40),
  ISOLATION_OF_LEADER(1, 40),
  ONE_WAY_CUT(1, 40),
  LINK_CUT(1, 40),
  RING_CUT(1, 40),
  CONNECTION_CUT(1, 40),
  PACKET_LOSS(5, 40),
  DUPLICATION(5, 60),
  SLOW_NETWORK(5, 40),
  POSTMASTER_KILL(0.1, 1.5),
  POSTGRES_HANG(2, 30),
  POSTGRES_UNKILLABLE(2, 30),
  FENCING_REFUSED(5, 60),
  FENCING_MUTE(5, 60),
  FENCING_UNREACHABLE(5, 60),
  LOG_LAG(5, 40),
  SWITCHOVER(1, 1),
  STANDBY(5, 40),
  CLEANUP(1, 1);

  private final double least;
  private final double most;

  FaultKind(double least, double most) {
    this.least = least;
    this.most = most;
  }

  /// How long it lasts, in nanoseconds, for a random number from 0 to 1.
  long duration(double random) {
    return Math.round((least + (most - least) * random * random) * 1e9);
  }
}
