package dev.quorate.agents.postgresql;

import dev.quorate.agents.process.ProcessOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends what a crash has left open, without ever listening: `pg_rewind` wants it so. It does that
/// itself only from 13 on, before 15 only where the settings lie beside the data, and never to what
/// is marked as a standby.
final class LoneRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(LoneRecovery.class);

  private final PostgresParameters parameters;
  private final PostgresInstance instance;

  LoneRecovery(PostgresParameters parameters, PostgresInstance instance) {
    this.parameters = parameters;
    this.instance = instance;
  }

  /// Replays what is open, and shuts down cleanly. The instance must be stopped, and is marked as a
  /// standby afterwards, whatever came of it: somebody else may start it before it is rewound.
  void run(Duration within) {
    if (instance.control().state().isClean()) {
      instance.markStandby();
      return;
    }
    removeLock();
    try {
      instance.unmarkStandby();
      ProcessOutcome outcome = replay(within);
      if (outcome instanceof ProcessOutcome.TimedOut) {
        throw new PostgresException(
            "the recovery before the rewind was broken off, and begins anew with the next attempt: "
                + outcome.problem());
      }
      if (!outcome.ok()) {
        LOG.atWarn().addKeyValue("reason", outcome.problem()).log("no recovery before pg_rewind");
      }
    } finally {
      instance.markStandby();
    }
  }

  /// Removes what a killed postmaster left. The server would heed it as soon as a stranger has that
  /// number.
  private void removeLock() {
    SortedSet<Long> running = instance.processes();
    if (!running.isEmpty()) {
      throw new PostgresException(
          "processes " + running + " have come up, so the files are left alone");
    }
    try {
      Files.deleteIfExists(parameters.dataDirectory().resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new PostgresException("the lock of an earlier life cannot be removed", e);
    }
  }

  private ProcessOutcome replay(Duration within) {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("--single", "-F", "-D", parameters.configDirectory().toString()));
    line.addAll(List.of("-c", "data_directory=" + parameters.dataDirectory()));
    line.addAll(parameters.startOptions());
    keptWal().forEach(setting -> line.addAll(List.of("-c", setting)));
    line.add("template1");
    return instance.tool("postgres", line, within);
  }

  /// Keeps the checkpoints of the recovery from removing WAL: `pg_rewind` reads it back to before
  /// the fork.
  private List<String> keptWal() {
    return instance.major() < 13
        ? List.of("wal_keep_segments=1000000")
        : List.of("wal_keep_size=16TB", "max_slot_wal_keep_size=-1");
  }
}
