package dev.quorate.agents.postgresql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Programs that write an instance's files and that an earlier daemon left behind.
///
/// They know files by their names: a copy or a rewind that goes on beside a second one writes into
/// its files, and a copy that fails removes what has the name of its own. What the agent runs
/// carries the data directory in its environment; what an operator runs does not, and is left
/// alone.
final class Strays {
  private static final Logger LOG = LoggerFactory.getLogger(Strays.class);
  private static final List<String> PROGRAMS = List.of("pg_basebackup", "pg_rewind");
  private static final String NAME = "QUORATE_DATA";
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Path data;

  Strays(Path data) {
    this.data = data;
  }

  /// What the agent's programs have in their environment.
  SortedMap<String, String> environment() {
    SortedMap<String, String> environment = new TreeMap<>();
    environment.put(NAME, data.toString());
    return environment;
  }

  /// Kills them all; a killed copy removes nothing.
  ///
  /// @param within how long to try
  /// @throws PostgresException if one is still there
  void end(Duration within) {
    long last = System.nanoTime() + within.toNanos();
    List<ProcessHandle> left = find();
    if (!left.isEmpty()) {
      LOG.atWarn().addKeyValue("processes", pids(left)).log("ends what an earlier daemon began");
    }
    while (!left.isEmpty() && System.nanoTime() < last) {
      left.forEach(ProcessHandle::destroyForcibly);
      LockSupport.parkNanos(PAUSE.toNanos());
      left = find();
    }
    if (!left.isEmpty()) {
      throw new PostgresException(
          "processes %s of an earlier daemon still write the files of %s, and cannot be killed"
              .formatted(pids(left), data));
    }
  }

  private static List<Long> pids(List<ProcessHandle> processes) {
    return processes.stream().map(ProcessHandle::pid).toList();
  }

  /// A handle knows when its process was started, so that the look and the signal mean the same.
  private List<ProcessHandle> find() {
    return ProcessHandle.allProcesses().filter(this::writes).toList();
  }

  private boolean writes(ProcessHandle process) {
    Path directory = Path.of("/proc/" + process.pid());
    try {
      String program = Files.readString(directory.resolve("comm")).strip();
      return PROGRAMS.contains(program)
          && List.of(
                  Files.readString(directory.resolve("environ"), StandardCharsets.ISO_8859_1)
                      .split("\0"))
              .contains(latin(NAME + "=" + data));
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
