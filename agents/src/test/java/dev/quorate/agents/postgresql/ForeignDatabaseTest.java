package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A node's data directory holds a database that is not the cluster's: an old one, or a backup that
/// was put into the wrong place.
@Tag("slow")
class ForeignDatabaseTest {
  @Test
  void itIsLeftAsItIsAndNamedWithTheRemedy() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      try (TinyCluster cluster = new TinyCluster(List.of(a, b))) {
        cluster.found(a);
        await("a copy", () -> streams(a, b));

        cluster.succeed(OperationKind.STOP, b.node());
        Path data = b.parameters().dataDirectory();
        Files.move(data, data.resolveSibling("kept"));
        servers.initialise(b);
        String mine = b.instance().control().identity();
        String theirs = a.instance().control().identity();
        assertNotEquals(mine, theirs);
        Map<String, String> before = files(data);

        refused(cluster.perform(OperationKind.START, b.node()), data, mine, theirs);
        assertEquals(before, files(data));

        startedUnseen(servers, cluster, a, b);
        refused(cluster.perform(OperationKind.START, b.node()), data, mine, theirs);
        assertTrue(Files.exists(data.resolveSibling("kept/PG_VERSION")));
        assertTrue(Files.notExists(data.resolveSibling("data.quorate-old")));
      }
    }
  }

  /// While the primary does not answer, nobody can tell; as soon as it does, the stranger ends.
  private static void startedUnseen(TestServers servers, TinyCluster cluster, Server a, Server b) {
    servers.signal(a, "-STOP");
    cluster.succeed(OperationKind.START, b.node());
    assertTrue(b.instance().postmaster().isPresent());
    int alarms = cluster.alarms(b.node());
    servers.signal(a, "-CONT");
    await("the stranger to be stopped", () -> cluster.alarms(b.node()) > alarms);
    assertEquals(new TreeSet<>(), b.instance().processes());
    OperationResult seen = cluster.perform(OperationKind.MONITOR, b.node());
    assertEquals(Role.STOPPED, seen.observed(), seen::reason);
  }

  private static void refused(OperationResult result, Path data, String mine, String theirs) {
    assertEquals(OperationResult.Status.FAILED, result.status(), result::reason);
    assertEquals(5, result.code(), "OCF's code for what only an operator can change on this node");
    assertEquals(Role.STOPPED, result.observed());
    for (String part :
        List.of(
            data + ": it belongs to database " + mine,
            "the cluster's is " + theirs,
            "move the directory away",
            "hactl resource cleanup")) {
      assertTrue(result.reason().contains(part), result::reason);
    }
  }

  private static boolean streams(Server upstream, Server standby) {
    return upstream.probe().facts(SHORT).standbys().stream()
        .anyMatch(s -> s.name().equals(standby.node().name()) && s.streaming());
  }

  /// Every file with its size and the time of its last change.
  private static Map<String, String> files(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      Map<String, String> files = new TreeMap<>();
      for (Path file : tree.toList()) {
        files.put(
            file.toString(), Files.size(file) + " bytes at " + Files.getLastModifiedTime(file));
      }
      return files;
    }
  }
}
