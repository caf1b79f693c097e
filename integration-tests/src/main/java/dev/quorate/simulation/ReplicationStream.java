package dev.quorate.simulation;

/// One connection between a standby and whom it follows, for as long as both servers live.
final class ReplicationStream {
  final SimulatedPostgres up;
  final SimulatedPostgres down;
  private final long upLife;
  private final long downLife;
  boolean open = true;

  /// Whether something is on its way that was not answered.
  boolean inFlight;

  /// How many records the standby is known to have written.
  int flushed;

  ReplicationStream(SimulatedPostgres up, SimulatedPostgres down) {
    this.up = up;
    this.down = down;
    upLife = up.life;
    downLife = down.life;
    flushed = down.wal.size();
  }

  boolean alive() {
    return open && up.life == upLife && down.life == downLife;
  }
}
