package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.quorate.agents.core.postgresql.RewindPolicy;
import dev.quorate.agents.core.postgresql.RewindPolicy.Return;
import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import dev.quorate.agents.linux.ProcessExitWatch;
import dev.quorate.agents.process.ProcessRunner;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a new copy cannot replace is refused, before anything is touched.
class RejoinTest {
  private static final Upstream.Answer PRIMARY =
      new Upstream.Answer(true, "1", TimelineHistory.root(Timeline.FIRST), true, Optional.empty());

  @TempDir private Path home;
  private final ProcessExitWatch watch = new ProcessExitWatch();

  @AfterEach
  void close() {
    watch.close();
  }

  private Rejoin rejoin() {
    PostgresParameters parameters = PostgresParameters.parse(TestServers.parameters(home, 5432));
    return new Rejoin(
        parameters,
        new PostgresInstance(parameters, new ProcessRunner(), watch, home),
        new NodeId("a"));
  }

  private void unfinished() throws IOException {
    Files.writeString(home.resolve(".data.quorate-rejoin"), "pg_rewind\n");
  }

  @Test
  void aDirectoryOnAnotherFileSystemIsNotReplaced() throws IOException {
    Path other = Path.of("/dev/shm");
    assumeFalse(
        Files.notExists(other)
            || Files.getAttribute(other, "unix:dev").equals(Files.getAttribute(home, "unix:dev")),
        "needs two file systems");
    Path elsewhere = Files.createTempDirectory(other, "quorate-rejoin-");
    Path file = elsewhere.resolve("PG_VERSION");
    try {
      Files.createSymbolicLink(home.resolve("data"), elsewhere);
      assertInstanceOf(Return.Rebuild.class, rejoin().decide(PRIMARY));
      Files.createFile(file);
      unfinished();
      Return.Refuse refused = assertInstanceOf(Return.Refuse.class, rejoin().decide(PRIMARY));
      assertTrue(refused.reason().contains(home.resolve("data").toString()), refused::reason);
      assertTrue(refused.reason().contains("empty it"), refused::reason);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(elsewhere);
    }
  }

  @Test
  void tablespacesAreNotReplaced() throws IOException {
    Path links = Files.createDirectories(home.resolve("data/pg_tblspc"));
    unfinished();
    assertInstanceOf(Return.Rebuild.class, rejoin().decide(PRIMARY));
    Files.createSymbolicLink(links.resolve("16384"), Path.of("/srv/fast"));
    Return.Refuse refused = assertInstanceOf(Return.Refuse.class, rejoin().decide(PRIMARY));
    assertTrue(refused.reason().contains("/srv/fast"), refused::reason);
  }

  @Test
  void copiesThatFailAreRepeatedLessAndLessOften() {
    assertEquals(Duration.ofSeconds(1), RewindPolicy.pause(0));
    assertEquals(Duration.ofSeconds(1), RewindPolicy.pause(1));
    assertEquals(Duration.ofSeconds(4), RewindPolicy.pause(3));
    assertEquals(Duration.ofMinutes(5), RewindPolicy.pause(30));
  }
}
