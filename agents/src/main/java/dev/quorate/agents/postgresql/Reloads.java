package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.ReloadProof;
import dev.quorate.agents.jdbc.PostgresProbe;
import dev.quorate.agents.linux.ProcessStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Whether processes of the server go by the settings as they were written last.
final class Reloads {
  private static final Duration QUESTION = Duration.ofSeconds(2);
  private static final int SIGHUP = 1;

  private final PostgresInstance instance;
  private final PostgresProbe probe;

  Reloads(PostgresInstance instance, PostgresProbe probe) {
    this.instance = instance;
    this.probe = probe;
  }

  /// Takes a proof one step further.
  ///
  /// @param type of the process, as `pg_stat_activity` calls it
  /// @return whether it is complete
  boolean goesBy(ReloadProof proof, String type) {
    if (proof.isComplete()) {
      return true;
    }
    Instant now = Instant.EPOCH.plusNanos(System.nanoTime());
    long pid = proof.process();
    if (pid == 0) {
      long found = probe.process(type, QUESTION).pid();
      if (found != 0 && instance.reload(found)) {
        proof.signalled(found);
      }
      return false;
    }
    // The order matters.
    Optional<ProcessStatus> status = ProcessStatus.of(pid);
    boolean pending = status.map(s -> s.isPending(SIGHUP)).orElse(true);
    boolean asleep = ProcessStatus.of(pid).map(ProcessStatus::asleep).orElse(false);
    PostgresProbe.ServerProcess seen = probe.process(type, QUESTION);
    boolean restoring = seen.waitEvent().isEmpty() && runsProgram(pid);
    String waitEvent = restoring ? ReloadProof.RESTORING : seen.waitEvent();
    proof.see(now, new ReloadProof.Look(seen.pid(), pending, asleep, waitEvent));
    return proof.isComplete();
  }

  private static boolean runsProgram(long pid) {
    return ProcessHandle.of(pid).flatMap(p -> p.children().findAny()).isPresent();
  }
}
