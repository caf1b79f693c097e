package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.ReloadProof;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Whether the server receives nothing, and will not before it is told to. What it says itself is
/// not enough: the process that sees to receiving may read its settings later than the session that
/// is asked. Belongs to whoever holds the instance's lock.
final class Deafness {
  private static final int LOOKS = 4;
  private static final long LOOK_NANOS = 2_000_000;
  private static final long LATE_NANOS = 5_000_000_000L;

  private final Reloads reloads;
  private final ReloadProof proof = ReloadProof.ofStartup();
  private Optional<String> told = Optional.empty();
  private long toldAt;

  Deafness(Reloads reloads) {
    this.reloads = reloads;
  }

  /// Nobody knows whom its settings name.
  void uncertain() {
    tell(Optional.empty());
  }

  /// Its settings are about to be written: if that fails, nobody knows.
  void writing(String conninfo) {
    if (!told.equals(Optional.of(conninfo))) {
      uncertain();
    }
  }

  /// They were written. The same once more changes nothing.
  void written(String conninfo) {
    if (told.isEmpty()) {
      tell(Optional.of(conninfo));
    }
  }

  /// The server was started after they were written, and has read them.
  void started(String conninfo) {
    tell(Optional.of(conninfo));
    if (conninfo.isEmpty()) {
      proof.given();
    }
  }

  private void tell(Optional<String> conninfo) {
    told = conninfo;
    toldAt = System.nanoTime();
    proof.restart();
  }

  /// Whom to receive from, as was last written; nothing if nobody knows that.
  Optional<String> told() {
    return told;
  }

  /// Whether it is proven that it is deaf.
  boolean isProven() {
    return told.equals(Optional.of("")) && proof.isComplete();
  }

  /// Takes the proof further.
  ///
  /// @return whether it was completed just now: then what was asked before is too old for a vote
  boolean prove(PostgresFacts facts) {
    boolean possible =
        facts.inRecovery()
            && told.equals(Optional.of(""))
            && facts.conninfo().isEmpty()
            && !facts.receiving();
    if (!possible || proof.isComplete()) {
      return false;
    }
    for (int look = 0; look < LOOKS && !reloads.goesBy(proof, "startup"); look++) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return proof.isComplete();
  }

  /// Why there can be no vote although nothing shall be received any more; empty if there can, or
  /// it is too early to say.
  String problem() {
    boolean late = System.nanoTime() - toldAt > LATE_NANOS;
    return late && told.equals(Optional.of("")) && !proof.isComplete()
        ? "it cannot vote: its startup process has not taken on to receive nothing; is its replay paused,"
            + " does its restore_command hang, or may its role not see pg_stat_activity (pg_monitor)?"
        : "";
  }
}
