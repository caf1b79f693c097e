package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.LONG;
import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static dev.quorate.agents.postgresql.TestServers.millis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.Finding;
import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.PromotionPolicy.Verdict;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.doctor.TimeoutRules;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Durability;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.Holder;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// An administrator's own primary `z` and its standby `a`, stopped in good order: what the cluster
/// makes of them, and of what is done behind its back.
@Tag("slow")
class StandingClusterTest {
  private TestServers servers;
  private Server a;
  private Server z;
  private TinyCluster cluster;
  private Map<NodeId, Integer> scores;

  @BeforeEach
  void stand() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    servers = new TestServers();
    a = servers.empty("a", "127.0.0.2");
    z = servers.fresh("z", "127.0.0.3");
    Files.writeString(
        conf(z),
        "log_checkpoints = on\nlogging_collector = on\nlog_directory = '%s'\nlog_filename = 'z.log'\n"
            .formatted(z.home().resolve("work")),
        StandardOpenOption.APPEND);
    z.instance().start(z.alone(), LONG);
    z.probe().promote(SHORT);
    await("promoted", () -> !z.probe().inRecovery(SHORT));
    servers.ask(z, "CREATE TABLE t AS SELECT generate_series(1, 100) AS id");
    z.probe().createSlot(ServerSettings.slotOf(a.node()), true, SHORT);
    new Rejoin(a.parameters(), a.instance(), a.node())
        .run(
            new Upstream(
                a.instance(),
                ServerSettings.conninfo(a.node(), z.address(), servers.port, "postgres", "")),
            false,
            MemberOrder.NONE,
            LONG);
    servers.address(a);
    a.instance().start(a.follow(z), LONG);
    await("streaming", () -> streaming(z) == 1);
    z.instance().stop(LONG);
    a.instance().stop(LONG);
    assertEquals(ControlFile.State.SHUT_DOWN, z.instance().control().state());
    assertEquals(ControlFile.State.SHUT_DOWN_IN_RECOVERY, a.instance().control().state());
    cluster =
        new TinyCluster(
            List.of(a, z),
            new TreeMap<>(Map.of(Durability.OPTION, "sync", "sync-degrade-after", "1s")));
    scores = new TreeMap<>(Map.of(a.node(), 0, z.node(), 0));
  }

  @AfterEach
  void close() throws Exception {
    if (servers != null) {
      if (cluster != null) {
        cluster.close();
      }
      servers.close();
    }
  }

  private static Path conf(Server server) {
    return server.parameters().dataDirectory().resolve("postgresql.conf");
  }

  private static long streaming(Server primary) {
    return primary.probe().facts(SHORT).standbys().stream().filter(s -> s.streaming()).count();
  }

  private static String inode(Server server) throws IOException {
    return Files.getAttribute(server.parameters().dataDirectory(), "unix:ino").toString();
  }

  private void takeOver() {
    List.of(a, z).forEach(s -> cluster.succeed(OperationKind.START, s.node()));
    assertEquals(z.node(), cluster.elect(scores), "the one that was shut down as a primary");
    cluster.succeed(OperationKind.PROMOTE, z.node());
    await("a follows", () -> streaming(z) == 1);
    await(
        "commits to wait for a",
        () -> servers.ask(z, "SHOW synchronous_standby_names").equals("ANY 1 (\"a\")"));
  }

  @Test
  @Tag("S0-10")
  @Tag("S0-11")
  @Tag("S2-12")
  @Tag("S4-08")
  @Tag("S4-09")
  @Tag("S4-35")
  void standingInstancesAreTakenOverAsTheyAre() throws Exception {
    List<String> directories = List.of(inode(a), inode(z));
    String identity = z.instance().control().identity();
    List<String> written = Files.readAllLines(conf(z));
    takeOver();

    assertEquals(directories, List.of(inode(a), inode(z)), "nothing was copied");
    assertEquals(identity, a.instance().control().identity());
    for (Server server : List.of(a, z)) {
      assertEquals("100", servers.ask(server, "SELECT count(*) FROM t"));
    }
    assertEquals(
        "a streaming quorum",
        servers.ask(
            z,
            "SELECT application_name || ' ' || state || ' ' || sync_state FROM"
                + " pg_stat_replication"));
    await(
        "everything to arrive",
        () ->
            servers
                .ask(
                    z,
                    "SELECT sent_lsn = pg_current_wal_lsn() AND flush_lsn = sent_lsn"
                        + " AND replay_lsn = sent_lsn FROM pg_stat_replication")
                .equals("t"));
    assertEquals("t", servers.ask(a, "SELECT pg_is_in_recovery()"));
    assertEquals("a", slotUser());
    assertEquals(written, Files.readAllLines(conf(z)), "settings stand in a file of their own");
    assertEquals(
        "quorate.conf",
        servers.ask(
            z,
            "SELECT regexp_replace(sourcefile, '.*/', '') FROM pg_settings"
                + " WHERE name = 'synchronous_standby_names'"));
  }

  /// A copy that was made in the cold, and a primary that went on after that.
  @Test
  @Tag("S0-11")
  void twoFormerPrimariesThatDifferAreRefused() {
    servers.run("rm", "-r", data(a));
    servers.run("cp", "-a", data(z), data(a));
    z.instance().start(z.alone(), LONG);
    z.probe().promote(SHORT);
    await("promoted", () -> !z.probe().inRecovery(SHORT));
    servers.ask(z, "INSERT INTO t VALUES (101)");
    z.instance().stop(LONG);
    List.of(a, z).forEach(s -> cluster.succeed(OperationKind.START, s.node()));
    cluster.open();
    await("a verdict", () -> !(cluster.verdict(scores) instanceof Verdict.Undecided));

    Verdict.Blocked blocked = assertInstanceOf(Verdict.Blocked.class, cluster.verdict(scores));
    assertTrue(
        blocked.reason().contains("a and z were both shut down as primaries"), blocked::reason);
    assertTrue(blocked.reason().contains("move the data directory of the wrong one away"));
  }

  private String slotUser() {
    return servers.ask(
        z,
        "SELECT application_name FROM pg_replication_slots JOIN pg_stat_replication"
            + " ON pid = active_pid");
  }

  @Test
  @Tag("S3-33")
  void aCheckpointGoesBeforeADemotion() throws Exception {
    takeOver();
    servers.ask(z, "INSERT INTO t SELECT generate_series(1, 10000)");
    Path log = z.home().resolve("work/z.log");
    long before = requested(log);
    cluster.succeed(OperationKind.DEMOTE, z.node());

    assertEquals(before + 1, requested(log));
    await("it to run as a standby", () -> servers.sql(z, "SELECT 1").ok());
  }

  /// Checkpoints that somebody asked for; the one of the stop itself is of another kind.
  private static long requested(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains("checkpoint starting: immediate force wait"))
        .count();
  }

  /// The last checkpoint does not end: no position is proven then, and the role is given up anyway.
  @Test
  @Tag("S0-46")
  void aDemotionEndsInTimeAndIsGivenTheTimeOfAStopAndAStart() throws Exception {
    takeOver();
    String checkpointer =
        servers.ask(z, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'");
    servers.run("kill", "-STOP", checkpointer);
    OperationResult[] result = new OperationResult[1];
    long took =
        millis(() ->
            result[0] = cluster.perform(OperationKind.DEMOTE, z.node(), Duration.ofSeconds(2)));
    assertEquals(OperationResult.Status.SUCCEEDED, result[0].status(), result[0]::reason);
    assertTrue(took < 4_000, () -> "it took " + took + " ms");
    Holder.Released released = assertInstanceOf(Holder.Released.class, cluster.primacy().holder());
    assertEquals(0, released.position(), "nobody knows where it ended");
    await("it to run as a standby", () -> servers.sql(z, "SELECT 1").ok());

    assertEquals(List.of(), hints(Map.of()));
    assertEquals(List.of("give it 120 s or more"), hints(Map.of(OperationKind.DEMOTE, 119)));
  }

  private static List<String> hints(Map<OperationKind, Integer> seconds) {
    return TimeoutRules.findings(
            Duration.ofSeconds(seconds.getOrDefault(OperationKind.START, 60)),
            Duration.ofSeconds(seconds.getOrDefault(OperationKind.STOP, 60)),
            Duration.ofSeconds(seconds.getOrDefault(OperationKind.DEMOTE, 120)))
        .stream()
        .map(Finding::remedy)
        .toList();
  }

  @Test
  @Tag("S0-59")
  void whatIsDoneBehindTheClustersBackIsNoticed() throws Exception {
    takeOver();
    int alarms = cluster.alarms(a.node());
    a.instance().tool("pg_ctl", List.of("stop", "-D", data(a), "-m", "fast"), LONG);
    await("the stop to be noticed", () -> cluster.alarms(a.node()) > alarms);
    assertEquals(Role.STOPPED, cluster.perform(OperationKind.MONITOR, a.node()).observed());
    cluster.succeed(OperationKind.START, a.node());
    await("a follows again", () -> streaming(z) == 1);

    int before = cluster.alarms(a.node());
    long postmaster = a.instance().postmaster().orElseThrow();
    servers.ask(a, "SELECT pg_promote(false)");
    await("the rogue to be stopped", () -> cluster.alarms(a.node()) > before);
    await("its end", () -> a.instance().postmaster().orElse(0) != postmaster);
    assertTrue(cluster.primacy().heldBy(z.node(), "boot1"), "nothing is taken from the primary");
    assertEquals(Role.STOPPED, cluster.perform(OperationKind.MONITOR, a.node()).observed());
    cluster.succeed(OperationKind.START, a.node());
    await("it is brought back", () -> streaming(z) == 1 && a.probe().inRecovery(SHORT));
    servers.ask(z, "INSERT INTO t VALUES (101)");
    await("it has it", () -> servers.ask(a, "SELECT count(*) FROM t").equals("101"));
  }

  private static String data(Server server) {
    return server.parameters().dataDirectory().toString();
  }

  /// The only synchronous standby is lost: commits wait, and not for longer than the bound.
  @Test
  @Tag("S4-18")
  void aLostStandbyHoldsCommitsUpForNoLongerThanTheBound() {
    takeOver();
    cluster.instance(a.node()).close();
    a.instance().stopAtOnce();
    long waited = millis(() -> servers.ask(z, "INSERT INTO t VALUES (101)"));

    assertTrue(waited < 5_000, () -> "a commit waited " + waited + " ms, and 1 s is the bound");
    assertEquals("", servers.ask(z, "SHOW synchronous_standby_names"));
    assertTrue(cluster.primacy().heldBy(z.node(), "boot1"), "no failover");
  }

  /// A promotion that hangs keeps the instance busy for longer than two stops may take.
  @Test
  @Tag("S0-44")
  void aStopThatTakesTooLongHasFailedAndItsNodeIsFenced() throws Exception {
    takeOver();
    cluster.accepted(
        new ClusterCommand.ChangeConfiguration(
            -1,
            "test",
            List.of(
                new ConfigurationChange.PutFenceDevice(
                    new FenceDeviceDefinition(
                        new ResourceId("lab"),
                        "fence_virsh",
                        new TreeMap<>(Map.of("pcmk_host_list", "a,z")))))));
    cluster.accepted(new ClusterCommand.RequestSwitchover(TinyCluster.PG, "a", "test"));
    cluster.succeed(OperationKind.DEMOTE, z.node());
    assertEquals(a.node(), cluster.elect(new TreeMap<>(Map.of(a.node(), 100, z.node(), 0))));
    assertEquals(List.of(), fences());
    Incarnation life = new Incarnation("boot1", 1);
    cluster.accepted(
        new ClusterCommand.BeginAction(
            "late",
            1,
            1,
            new Action.OperationAction(OperationKind.PROMOTE, TinyCluster.PG, a.node()),
            a.node(),
            life,
            LONG));
    String startup = process(a, "startup");
    servers.run("kill", "-STOP", startup);
    Thread busy =
        Thread.ofVirtual().start(() -> cluster.instance(a.node()).run(OperationKind.PROMOTE, LONG));
    try {
      await("the promotion to be under way", () -> isBusy(a));
      cluster.accepted(
          new ClusterCommand.RecordResult("late", a.node(), OperationResult.unknown("too late")));
      for (int i = 0; i < 2; i++) {
        OperationResult result =
            cluster.perform(OperationKind.STOP, a.node(), Duration.ofMillis(100));
        assertEquals(OperationResult.Status.UNKNOWN, result.status(), result::reason);
      }
      assertEquals(List.of("fence a"), fences());
    } finally {
      servers.run("kill", "-CONT", startup);
      busy.join();
    }
  }

  /// Whether an operation keeps it from being looked at.
  private boolean isBusy(Server server) {
    OperationResult look =
        cluster.instance(server.node()).run(OperationKind.MONITOR, Duration.ofMillis(500));
    return look.status() == OperationResult.Status.UNKNOWN
        && look.reason().contains("another operation");
  }

  private String process(Server server, String type) {
    return servers.ask(
        server, "SELECT pid FROM pg_stat_activity WHERE backend_type = '%s'".formatted(type));
  }

  private List<String> fences() {
    return cluster.planned().stream().map(Action::key).filter(k -> k.startsWith("fence")).toList();
  }

  @Test
  void theBoundHasBoundsItself() {
    for (String bad : List.of("0", "999ms", "61min", "5 fish", "")) {
      assertEquals(
          List.of(
              "sync-degrade-after '%s' is not a time from 1s to 1h: write it as 5, 5s or 2min"
                  .formatted(bad)),
          PostgresParameters.problems(new TreeMap<>(Map.of("sync-degrade-after", bad))));
    }
  }

  @Test
  @Tag("S0-45")
  void aPromotionThatCannotBeInTimeSaysSoAndPromotesNothing() {
    takeOver();
    cluster.accepted(new ClusterCommand.RequestSwitchover(TinyCluster.PG, "a", "test"));
    cluster.succeed(OperationKind.DEMOTE, z.node());
    assertEquals(a.node(), cluster.elect(new TreeMap<>(Map.of(a.node(), 100, z.node(), 0))));
    String startup = process(a, "startup");
    servers.run("kill", "-STOP", startup);
    try {
      OperationResult[] result = new OperationResult[1];
      long took =
          millis(() ->
              result[0] = cluster.perform(OperationKind.PROMOTE, a.node(), Duration.ofMillis(300)));
      assertNotEquals(OperationResult.Status.SUCCEEDED, result[0].status());
      assertTrue(took < 3_000, () -> "it took " + took + " ms");
      assertEquals("t", servers.ask(a, "SELECT pg_is_in_recovery()"));
    } finally {
      servers.run("kill", "-CONT", startup);
    }
  }
}
