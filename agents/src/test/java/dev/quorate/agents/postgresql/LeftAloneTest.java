package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.LONG;
import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A primary `a` and its standby `b` on which an administrator works by hand, having told the
/// cluster to leave them alone.
@Tag("slow")
class LeftAloneTest {
  private static final int LOOKS = 5;

  private TestServers servers;
  private Server a;
  private Server b;
  private TinyCluster cluster;

  @BeforeEach
  void run() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    servers = new TestServers();
    a = servers.fresh("a", "127.0.0.2");
    b = servers.empty("b", "127.0.0.3");
    cluster = new TinyCluster(List.of(a, b));
    cluster.found(a);
    await("b follows", Duration.ofMinutes(1), () -> streams());
    servers.ask(a, "CREATE TABLE t AS SELECT 1 AS id");
  }

  @AfterEach
  void close() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (servers != null) {
      servers.close();
    }
  }

  private boolean streams() {
    return a.probe().facts(SHORT).standbys().stream()
        .anyMatch(s -> s.streaming() && s.name().equals("b"));
  }

  /// What every monitor of a while says, and the last of them.
  private OperationResult look(Server server) {
    for (int looks = 1; looks < LOOKS; looks++) {
      cluster.succeed(OperationKind.MONITOR, server.node());
    }
    return cluster.perform(OperationKind.MONITOR, server.node());
  }

  private void byHand(Server server, String... words) {
    List<String> line = new java.util.ArrayList<>(List.of("runuser", "-u", "postgres", "--"));
    line.add(TestServers.DEBIAN.resolve(words[0]).toString());
    line.addAll(List.of("-D", server.parameters().dataDirectory().toString()));
    line.addAll(List.of(words).subList(1, words.length));
    servers.run(line.toArray(String[]::new));
  }

  @Test
  void aServerWithoutClientsIsNeitherKilledNorReplaced() throws Exception {
    cluster.meta("maintenance", "true");
    int alarms = cluster.alarms(a.node());
    byHand(a, "pg_ctl", "stop", "-w");
    await("it is told until it is on record", () -> cluster.alarms(a.node()) > alarms + 3);
    assertEquals(Role.STOPPED, look(a).observed());
    Process single =
        new ProcessBuilder(
                "setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--init-groups",
                TestServers.DEBIAN.resolve("postgres").toString(),
                "--single",
                "-D",
                a.parameters().dataDirectory().toString(),
                "postgres")
            .redirectErrorStream(true)
            .redirectOutput(a.home().resolve("single.log").toFile())
            .start();
    await("it works", () -> a.instance().singleUser().isPresent());
    OperationResult seen = look(a);
    assertEquals(Role.UNPROMOTED, seen.observed(), "neither stopped nor a primary");
    assertTrue(seen.reason().contains("without a server"), seen::reason);
    try (var input = single.getOutputStream()) {
      input.write("INSERT INTO t VALUES (2)\n".getBytes(StandardCharsets.UTF_8));
    }
    assertTrue(single.waitFor(LONG.toSeconds(), TimeUnit.SECONDS));
    assertEquals(0, single.exitValue(), () -> read(a.home().resolve("single.log")));

    int before = cluster.alarms(a.node());
    byHand(a, "pg_ctl", "start", "-w", "-l", a.home().resolve("work/by-hand.log").toString());
    await("the cluster to be told", () -> cluster.alarms(a.node()) > before);
    assertEquals(Role.PROMOTED, look(a).observed());
    assertEquals("2", servers.ask(a, "SELECT count(*) FROM t"));
    await("b follows as before", () -> streams());
  }

  @Test
  void aPrimaryByHandStandsUntilItIsLookedAfterAgain() throws Exception {
    cluster.meta("is-managed", "false");
    String settings = read(managed(b));
    servers.ask(b, "SELECT pg_promote()");
    long postmaster = b.instance().postmaster().orElseThrow();
    assertEquals(Role.PROMOTED, look(b).observed());
    await("it is told to all", () -> saysPrimary(b));
    assertEquals(postmaster, b.instance().postmaster().orElseThrow());
    assertEquals(settings, read(managed(b)), "its settings are as they were");
    assertTrue(cluster.primacy().heldBy(a.node(), "boot1"));
    cluster.meta("is-managed", "");
    await("it is stopped: a holds the grant", () -> b.instance().postmaster().isEmpty());
  }

  @Test
  void aWritableServerEndsWithTheQuorumAllTheSame() {
    cluster.meta("maintenance", "true");
    assertEquals(
        OperationResult.Status.SUCCEEDED, cluster.instance(b.node()).emergencyStop(LONG).status());
    assertTrue(b.instance().postmaster().isPresent(), "a standby acknowledges nothing");
    servers.ask(b, "SELECT pg_promote(false)");
    await("it ends once it takes writes", () -> b.instance().processes().isEmpty());
    await("what is started now takes none", () -> b.instance().isMarkedStandby());
    assertEquals(
        OperationResult.Status.SUCCEEDED, cluster.instance(a.node()).emergencyStop(LONG).status());
    assertTrue(a.instance().processes().isEmpty());
  }

  /// Whoever says that it recovers and lacks the mark of a standby takes writes any moment.
  @Test
  void onlyACertainStandbyOutlivesTheQuorum() throws Exception {
    cluster.meta("maintenance", "true");
    Path data = b.parameters().dataDirectory();
    Files.delete(data.resolve("standby.signal"));
    assertEquals(
        OperationResult.succeeded(Role.STOPPED), cluster.instance(b.node()).emergencyStop(LONG));
    assertTrue(b.instance().processes().isEmpty());
    assertTrue(b.instance().isMarkedStandby());
    Files.createFile(data.resolve("promote"));
    assertFalse(b.instance().isMarkedStandby(), "somebody asks for its promotion");
  }

  /// A promotion takes its file away before it takes the mark away.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPromotionThatWasBegunIsNotOutlivedByTheQuorum(boolean inFlight) throws Exception {
    cluster.succeed(OperationKind.STOP, a.node());
    assertEquals(b.node(), cluster.elect(new TreeMap<>(Map.of(a.node(), 0, b.node(), 0))));
    cluster.meta("maintenance", "true");
    String recovers =
        servers.ask(b, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'");
    servers.run("kill", "-STOP", recovers);
    Duration patience = inFlight ? LONG : Duration.ofSeconds(2);
    AtomicReference<String> outcome = new AtomicReference<>("none yet");
    Thread promotion =
        Thread.ofVirtual()
            .start(() -> {
              try {
                outcome.set(cluster.perform(OperationKind.PROMOTE, b.node(), patience).toString());
              } catch (RuntimeException | Error e) {
                outcome.set(e.toString());
              }
            });
    Path file = b.parameters().dataDirectory().resolve("promote");
    await(
        "it is asked",
        () -> {
          assertEquals("none yet", outcome.get());
          return Files.exists(file);
        });
    Files.delete(file);
    if (!inFlight) {
      promotion.join();
    }
    assertEquals(
        OperationResult.succeeded(Role.STOPPED), cluster.instance(b.node()).emergencyStop(LONG));
    assertTrue(b.instance().processes().isEmpty());
    promotion.join();
  }

  private boolean saysPrimary(Server server) {
    var member = cluster.replication().members().get(server.node());
    return member != null && member.report().primary();
  }

  private static Path managed(Server server) {
    return server.parameters().dataDirectory().resolve(ManagedConfig.FILE);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
