package dev.quorate.agents.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessExitWatchTest {
  @TempDir Path directory = Path.of("");

  private Process sleeper() throws IOException {
    return new ProcessBuilder("sleep", "300").directory(directory.toFile()).start();
  }

  @Test
  void aDeathIsSeenAtOnce() throws Exception {
    try (ProcessExitWatch watch = new ProcessExitWatch()) {
      for (int i = 0; i < 5; i++) {
        CompletableFuture<Long> seen = new CompletableFuture<>();
        Process process = sleeper();
        watch.watch(process.pid(), () -> seen.complete(System.nanoTime()));
        long killed = System.nanoTime();
        process.destroyForcibly();
        long late = seen.get(10, TimeUnit.SECONDS) - killed;
        assertTrue(late < 100_000_000, () -> "seen after " + late + " ns");
      }
      CompletableFuture<Boolean> gone = new CompletableFuture<>();
      watch.watch(999_999_999, () -> gone.complete(true));
      assertTrue(gone.get(1, TimeUnit.SECONDS));
    }
  }

  @Test
  void findsAndKillsWhoWorksInADirectory() throws Exception {
    Process one = sleeper();
    Process two = sleeper();
    Path program = Path.of("/proc/" + one.pid() + "/exe").toRealPath().getFileName();
    DirectoryProcesses mine = new DirectoryProcesses(directory, List.of(program.toString()));
    assertEquals(new TreeSet<>(List.of(one.pid(), two.pid())), mine.find());
    assertEquals(new TreeSet<>(), new DirectoryProcesses(directory, List.of("postgres")).find());
    assertEquals(new TreeSet<>(), mine.killAll(Duration.ofSeconds(5)));
    assertTrue(one.waitFor(5, TimeUnit.SECONDS) && two.waitFor(5, TimeUnit.SECONDS));
    Path missing = directory.resolve("missing");
    assertTrue(Files.notExists(missing));
    assertEquals(new TreeSet<>(), new DirectoryProcesses(missing, List.of("sleep")).find());
  }

  @Test
  void aDirectoryThatCannotBeLookedAtProvesNothing() throws IOException {
    Path loop = directory.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    DirectoryProcesses unseen = new DirectoryProcesses(loop, List.of("sleep"));
    assertThrows(UncheckedIOException.class, unseen::find);
    assertThrows(UncheckedIOException.class, () -> unseen.killAll(Duration.ofSeconds(1)));
    assertThrows(UncheckedIOException.class, () -> unseen.awaitNone(Duration.ofSeconds(1)));
  }

  @Test
  void aProcessThatMayNotBeLookedAtMayBeOneOfThem() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root becomes somebody else");
    Process hidden = sleeper();
    Path program = Path.of("/proc/" + hidden.pid() + "/exe").toRealPath().getFileName();
    DirectoryProcesses mine = new DirectoryProcesses(directory, List.of(program.toString()));
    SortedSet<Long> seen = new TreeSet<>(List.of(hidden.pid()));
    assertEquals(seen, mine.find());

    int nobody = 65534;
    UncheckedIOException blind =
        assertThrows(UncheckedIOException.class, () -> LinuxCalls.asUser(nobody, mine::find));

    assertTrue(String.valueOf(blind.getMessage()).contains("CAP_SYS_PTRACE"), blind::getMessage);
    assertEquals(seen, mine.find(), "this thread is root again");
    hidden.destroyForcibly();
  }
}
