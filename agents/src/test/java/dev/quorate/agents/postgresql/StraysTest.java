package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies and rewinds that an earlier daemon left behind.
class StraysTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  @TempDir private Path home;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  /// A program of that name that runs until it is killed.
  private Process run(String name, Map<String, String> environment) throws IOException {
    Path program = home.resolve(name);
    if (Files.notExists(program)) {
      Files.copy(Path.of("/bin/sleep").toRealPath(), program);
      assertTrue(program.toFile().setExecutable(true));
    }
    ProcessBuilder builder = new ProcessBuilder(program.toString(), "600");
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  @Test
  void whatTheAgentBeganIsEnded() throws Exception {
    Strays strays = new Strays(home.resolve("dáta"));
    Process copy = run("pg_basebackup", strays.environment());
    Process rewind = run("pg_rewind", strays.environment());

    strays.end(LONG);

    for (Process ended : List.of(copy, rewind)) {
      assertTrue(ended.waitFor(10, TimeUnit.SECONDS));
      assertEquals(128 + 9, ended.exitValue(), "it had no chance to remove anything");
    }
  }

  @Test
  void whatIsOfOthersGoesOn() throws Exception {
    Strays strays = new Strays(home.resolve("data"));
    Process ofAnOperator = run("pg_basebackup", Map.of());
    Process ofAnotherInstance =
        run("pg_basebackup", new Strays(home.resolve("data2")).environment());
    Process anotherProgram = run("pg_dump", strays.environment());
    Process ours = run("pg_basebackup", strays.environment());

    strays.end(LONG);

    assertTrue(ours.waitFor(10, TimeUnit.SECONDS));
    assertTrue(ofAnOperator.isAlive());
    assertTrue(ofAnotherInstance.isAlive());
    assertTrue(anotherProgram.isAlive());
  }
}
