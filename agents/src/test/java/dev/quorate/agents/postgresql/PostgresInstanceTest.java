package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.LONG;
import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static dev.quorate.agents.postgresql.TestServers.millis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.MemberOrder.Kind;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.RewindPolicy.Return;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.WalVote;
import dev.quorate.agents.jdbc.ProbeException;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.agents.process.ProcessOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The deeds, on real servers.
@Tag("slow")
class PostgresInstanceTest {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresInstanceTest.class);
  private TestServers servers;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    servers = new TestServers();
  }

  @AfterEach
  void close() throws Exception {
    if (servers != null) {
      servers.close();
    }
  }

  private void measured(String what, long millis) {
    System.out.println("measured " + what + ": " + millis + " ms");
    LOG.atInfo().addKeyValue("durationMs", millis).addKeyValue("deed", what).log("measured");
  }

  private void promote(Server server) {
    server.probe().promote(SHORT);
    await("promoted", () -> !server.probe().inRecovery(SHORT));
  }

  /// As of a killed postmaster whose number a process of the same user has.
  @Test
  void aLeftSocketLockPreventsNoStartButThatOfAnotherDatabaseDoes() throws Exception {
    Server a = servers.fresh("a", "127.0.0.2");
    Path lock =
        a.parameters().socketDirectory().resolve(".s.PGSQL." + a.parameters().port() + ".lock");
    String left = "%d%n%s%n1%n" + a.parameters().port() + "%n" + lock.getParent() + "%n";
    Process stranger =
        new ProcessBuilder("setpriv", "--reuid=postgres", "--clear-groups", "sleep", "60").start();
    try {
      await(
          "a process of the user",
          () -> stranger.info().user().filter("postgres"::equals).isPresent());
      Files.writeString(lock, left.formatted(stranger.pid(), "/elsewhere"));
      PostgresException refused =
          assertThrows(PostgresException.class, () -> a.instance().start(a.alone(), LONG));
      assertTrue(refused.toString().contains("already exists"), refused.toString());

      Files.writeString(lock, left.formatted(stranger.pid(), a.parameters().dataDirectory()));
      a.instance().start(a.alone(), LONG);
      assertTrue(a.probe().facts(SHORT).inRecovery());
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  @Tag("S0-43")
  @Tag("S3-43")
  void aDeadPostmasterIsSeenAtOnceAndItsOrphansAreKilled() throws Exception {
    Server a = servers.fresh("a", "127.0.0.2");
    measured("start", millis(() -> a.instance().start(a.alone(), LONG)));
    assertTrue(a.probe().facts(SHORT).inRecovery());
    measured("promote", millis(() -> promote(a)));
    assertThrows(
        PostgresException.class,
        () -> a.instance().start(a.settings("x=y z", SyncNames.of(List.of(), 0)), Duration.ZERO),
        "a start that cannot be waited for says so");
    await("up again", () -> a.instance().postmaster().isPresent());
    a.instance().start(a.alone(), LONG);
    promote(a);
    servers.ask(a, "CREATE TABLE t AS SELECT generate_series(1, 10) AS id");
    Thread busy =
        Thread.ofVirtual()
            .start(() -> servers.sql(a, "SELECT count(*) FROM generate_series(1, 3000000000) g"));
    await(
        "busy",
        () ->
            servers
                .ask(
                    a,
                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%3000000000%' AND pid"
                        + " <> pg_backend_pid()")
                .equals("1"));

    CompletableFuture<Long> seen = new CompletableFuture<>();
    assertTrue(a.instance().onPostmasterExit(() -> seen.complete(System.nanoTime())));
    long pid = a.instance().postmaster().orElseThrow();
    long killed = System.nanoTime();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    long late = (seen.get(5, TimeUnit.SECONDS) - killed) / 1_000_000;
    measured("postmaster's death seen", late);
    assertTrue(late < 100, () -> "seen after " + late + " ms");
    assertFalse(a.instance().processes().isEmpty(), "there should be an orphan");
    measured(
        "orphans killed", millis(() -> assertEquals(new TreeSet<>(), a.instance().stopAtOnce())));
    busy.join();
    assertEquals(ControlFile.State.IN_PRODUCTION, a.instance().control().state());
    measured("start after crash", millis(() -> a.instance().start(a.alone(), LONG)));
    await("replayed", () -> a.probe().facts(SHORT).endIsKnown());
    assertEquals("10", servers.ask(a, "SELECT count(*) FROM t"));
    assertTrue(a.probe().facts(SHORT).inRecovery());
  }

  /// Else what is written while it replays the copy's own WAL may be gone when it asks.
  @Test
  void whatIsWrittenAfterACopyIsHeldForIt() throws Exception {
    Server a = servers.fresh("a", "127.0.0.2");
    Server b = servers.empty("b", "127.0.0.3");
    a.instance().start(a.alone(), LONG);
    promote(a);
    a.probe().createSlot(ServerSettings.slotOf(b.node()), false, SHORT);
    String held = "SELECT bool_and(restart_lsn IS NOT NULL) FROM pg_replication_slots";
    assertEquals("f", servers.ask(a, held));
    Rejoin rejoin = new Rejoin(b.parameters(), b.instance(), b.node());
    rejoin.run(new Upstream(b.instance(), upstream(b, a)), false, MemberOrder.NONE, LONG);
    assertEquals("t", servers.ask(a, held));
  }

  @Test
  @Tag("S3-34")
  @Tag("S3-35")
  void aSwitchoverLosesNothingAndNeedsNoRewind() throws Exception {
    Server a = servers.fresh("a", "127.0.0.2");
    Server b = servers.empty("b", "127.0.0.3");
    a.instance().start(a.alone(), LONG);
    promote(a);
    a.probe().createSlot(ServerSettings.slotOf(b.node()), true, SHORT);
    Upstream fromA = new Upstream(b.instance(), upstream(b, a));
    Rejoin rejoin = new Rejoin(b.parameters(), b.instance(), b.node());
    measured(
        "base backup",
        millis(() ->
            assertTrue(rejoin.run(fromA, false, MemberOrder.NONE, LONG).startsWith("copied"))));
    servers.address(b);
    b.instance().start(b.follow(a), LONG);
    await("streaming", () -> streams(a, b));

    SyncNames names = SyncNames.of(List.of(b.node()), 1);
    a.instance().configure(a.settings("", names));
    a.instance().reload();
    await("synchronous", () -> a.probe().facts(SHORT).syncNames().equals("ANY 1 (\"b\")"));
    servers.ask(a, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id");

    a.probe().checkpoint(LONG);
    measured("clean stop", millis(() -> assertEquals(new TreeSet<>(), a.instance().stop(LONG))));
    ControlFile control = a.instance().control();
    assertEquals(ControlFile.State.SHUT_DOWN, control.state());
    WalVote stopped = a.instance().heldWhileStopped(a.node(), control);
    b.instance().configure(b.alone());
    b.instance().reload();
    measured(
        "walreceiver stopped, end known",
        millis(() -> await("vote", () -> b.probe().facts(SHORT).endIsKnown())));
    WalVote vote =
        b.instance().heldAt(b.node(), b.instance().control(), b.probe().facts(SHORT).end());
    assertTrue(vote.covers(stopped), () -> vote + " lacks the shutdown checkpoint of " + stopped);

    // The old primary may attach before the new one is promoted and then follows its new line.
    b.probe().createSlot(ServerSettings.slotOf(a.node()), false, SHORT);
    a.instance().start(a.follow(b), LONG);
    await("cascading", () -> a.probe().facts(SHORT).streaming());
    measured("promote", millis(() -> promote(b)));
    measured("attached to the new line", millis(() -> await("streaming", () -> streams(b, a))));
    measured(
        "first replicated write",
        millis(() -> {
          servers.ask(b, "INSERT INTO t VALUES (1001)");
          await("seen", () -> servers.ask(a, "SELECT count(*) FROM t").equals("1001"));
        }));
    WalVote followed =
        a.instance().heldAt(a.node(), a.instance().control(), a.probe().facts(SHORT).end());
    assertEquals(new Timeline(3), followed.history().timeline());
  }

  @Test
  @Tag("S2+08")
  @Tag("S2+13")
  void aDivergedPrimaryIsRewound() throws Exception {
    Server a = servers.fresh("a", "127.0.0.2");
    Server b = servers.empty("b", "127.0.0.3");
    a.instance().start(a.alone(), LONG);
    promote(a);
    servers.ask(a, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id");
    servers.ask(a, "CREATE ROLE rewinder LOGIN");
    a.probe().createSlot(ServerSettings.slotOf(b.node()), true, SHORT);
    new Rejoin(b.parameters(), b.instance(), b.node())
        .run(new Upstream(b.instance(), upstream(b, a)), false, MemberOrder.NONE, LONG);
    servers.address(b);
    b.instance().start(b.follow(a), LONG);
    await("streaming", () -> streams(a, b));
    servers.ask(a, "CREATE TABLE wide AS SELECT generate_series(1, 20000)");
    b.instance().configure(b.alone());
    b.instance().reload();
    await("cut", () -> b.probe().facts(SHORT).endIsKnown());
    servers.ask(a, "INSERT INTO t SELECT generate_series(2000, 3000)");
    Lsn written = a.probe().facts(SHORT).end();
    a.instance().stopAtOnce();
    promote(b);
    whoMayNotOrderACheckpointWaitsForIt(a, b);
    servers.ask(b, "INSERT INTO t SELECT generate_series(5000, 5009)");

    ControlFile crashed = a.instance().control();
    assertEquals(ControlFile.State.IN_PRODUCTION, crashed.state());
    WalVote held = a.instance().heldWhileStopped(a.node(), crashed);
    assertTrue(held.end().reaches(written), () -> held.end() + " is before " + written);
    Upstream fromB = new Upstream(a.instance(), upstream(a, b));
    Rejoin rejoin = new Rejoin(a.parameters(), a.instance(), a.node());
    assertInstanceOf(Return.Rewind.class, rejoin.decide(fromB.ask(LONG)));
    waitsForAnOrder(a, fromB, "manual", "'hactl pg rebuild a'");
    waitsForAnOrder(a, fromB, "auto-if-no-divergence", "it has 1 commit of ");
    measured(
        "rewind",
        millis(() ->
            assertTrue(
                rejoining(a, "manual")
                    .run(fromB, false, new MemberOrder(Kind.REBUILD, "1"), LONG)
                    .startsWith("rewound"))));
    aCopyIsKept(a);
    assertFalse(rejoin.isHalfDone());
    assertInstanceOf(Return.Follow.class, rejoin.decide(fromB.ask(LONG)));
    b.probe().createSlot(ServerSettings.slotOf(a.node()), true, SHORT);
    a.instance().start(a.follow(b), LONG);
    await("streaming", () -> streams(b, a));
    await("same rows", () -> servers.ask(a, "SELECT count(*) FROM t").equals("1010"));

    // A rewind that broke off is never started and never rewound again.
    assertEquals(new TreeSet<>(), a.instance().stop(LONG));
    Path mark = a.home().resolve(".data.quorate-rejoin");
    Files.writeString(mark, "pg_rewind\n");
    assertInstanceOf(Return.Rebuild.class, rejoin.decide(fromB.ask(LONG)));
    assertTrue(rejoin.run(fromB, false, MemberOrder.NONE, LONG).startsWith("copied"));
    assertTrue(Files.notExists(mark));
    assertTrue(Files.exists(a.home().resolve("data.quorate-old")));
    a.instance().start(a.follow(b), LONG);
    await("streaming", () -> streams(b, a));
  }

  private static Rejoin rejoining(Server server, String policy) {
    SortedMap<String, String> text =
        TestServers.parameters(server.home(), server.parameters().port());
    text.put("rejoin", policy);
    return new Rejoin(PostgresParameters.parse(text), server.instance(), server.node());
  }

  private static void waitsForAnOrder(
      Server server, Upstream primary, String policy, String words) {
    PostgresException refused =
        assertThrows(
            PostgresException.class,
            () -> rejoining(server, policy).run(primary, false, MemberOrder.NONE, LONG));
    assertTrue(refused.toString().contains(words), refused::toString);
    assertFalse(rejoining(server, policy).isHalfDone());
  }

  /// What only the former primary had can still be read after the rewind.
  private void aCopyIsKept(Server server) throws Exception {
    List<Path> kept;
    try (Stream<Path> copies = Files.list(server.home().resolve("data.quorate-diverged"))) {
      kept = copies.toList();
    }
    assertEquals(1, kept.size(), "attempts that were refused keep one copy, not one each");
    String report = Files.readString(kept.getFirst().resolve("report.txt"));
    assertTrue(report.contains("committed transactions: 1\n"), report);
    Matcher stretch = Pattern.compile("timeline (\\d+), from (\\S+) to (\\S+):").matcher(report);
    assertTrue(stretch.find(), report);
    ProcessOutcome read =
        server
            .instance()
            .tool(
                "pg_waldump",
                List.of(
                    "--rmgr=Transaction",
                    "-p",
                    kept.getFirst().toString(),
                    "-t",
                    stretch.group(1),
                    "-s",
                    stretch.group(2),
                    "-e",
                    stretch.group(3)),
                LONG);
    assertTrue(read.text().contains("COMMIT"), () -> read + "");
  }

  @Test
  void aCopyGoesIntoAnEmptyDirectoryThatCannotBeReplaced() throws Exception {
    Server a = servers.fresh("a", "127.0.0.2");
    Server b = servers.empty("b", "127.0.0.3");
    Path elsewhere = Files.createTempDirectory(Path.of("/tmp"), "quorate-pg-");
    try {
      assumeFalse(
          Files.getAttribute(elsewhere, "unix:dev")
              .equals(Files.getAttribute(b.home(), "unix:dev")),
          "needs two file systems");
      Files.createSymbolicLink(b.home().resolve("data"), elsewhere);
      MissingWalTest.keepLittle(a);
      a.instance().start(a.alone(), LONG);
      promote(a);
      servers.ask(a, "CREATE TABLE t (id int)");
      a.probe().createSlot(ServerSettings.slotOf(b.node()), true, SHORT);
      Upstream fromA = new Upstream(b.instance(), upstream(b, a));
      Rejoin rejoin = new Rejoin(b.parameters(), b.instance(), b.node());
      assertTrue(rejoin.run(fromA, false, MemberOrder.NONE, LONG).startsWith("copied"));
      assertFalse(rejoin.isHalfDone());
      assertTrue(Files.exists(elsewhere.resolve("PG_VERSION")));
      servers.address(b);
      b.instance().start(b.follow(a), LONG);
      await("streaming", () -> streams(a, b));
      servers.ask(a, "INSERT INTO t VALUES (1)");
      await("b has it", () -> servers.ask(b, "SELECT count(*) FROM t").equals("1"));
      assertEquals(new TreeSet<>(), b.instance().stop(LONG));

      assertEquals("", rejoin.run(fromA, true, MemberOrder.NONE, LONG), "a has it all");
      MissingWalTest.writeUntilGone(servers, a, MissingWalTest.segment(servers, a));
      PostgresException refused =
          assertThrows(
              PostgresException.class, () -> rejoin.run(fromA, true, MemberOrder.NONE, LONG));
      assertTrue(refused.toString().contains("mount point"), refused::toString);
      assertFalse(rejoin.isHalfDone());
      assertInstanceOf(Return.Follow.class, rejoin.decide(fromA.ask(LONG)));
      assertEquals(0, rejoin.failedCopies());

      // The beginning of such a copy is thrown away without being asked for.
      Files.writeString(b.home().resolve(".data.quorate-rejoin"), "pg_basebackup in place\n");
      assertTrue(rejoin.run(fromA, false, MemberOrder.NONE, LONG).startsWith("copied"));
    } finally {
      b.instance().stopAtOnce();
      servers.run("rm", "-r", elsewhere.toString());
    }
  }

  @Test
  void aStrangersDataIsRefusedAndAHungServerCostsOneDeadline() throws Exception {
    Server a = servers.fresh("a", "127.0.0.2");
    Server b = servers.fresh("b", "127.0.0.3");
    a.instance().start(a.alone(), LONG);
    promote(a);
    Rejoin rejoin = new Rejoin(b.parameters(), b.instance(), b.node());
    Upstream fromA = new Upstream(b.instance(), upstream(b, a));
    PostgresException refused =
        assertThrows(
            PostgresException.class, () -> rejoin.run(fromA, false, MemberOrder.NONE, LONG));
    String mine = b.instance().control().identity();
    String theirs = a.instance().control().identity();
    for (String part :
        List.of(
            b.parameters().dataDirectory() + ": it belongs to database " + mine,
            "the cluster's is " + theirs,
            "'pgdata'",
            "hactl resource cleanup")) {
      assertTrue(refused.toString().contains(part), refused::toString);
    }

    PostgresFacts facts = a.probe().facts(SHORT);
    assertFalse(facts.inRecovery());
    servers.signal(a, "-STOP");
    long late =
        millis(() ->
            assertThrows(ProbeException.class, () -> a.probe().facts(Duration.ofMillis(300))));
    assertTrue(late < 1500, () -> "gave up after " + late + " ms");
    measured(
        "a frozen server killed",
        millis(() -> assertEquals(new TreeSet<>(), a.instance().stopAtOnce())));
  }

  /// The checkpoint of a promotion is leisurely: 100 ms for each of the pages.
  private void whoMayNotOrderACheckpointWaitsForIt(Server asker, Server promoted) throws Exception {
    for (String function :
        List.of("pg_ls_dir(text, boolean, boolean)", "pg_read_binary_file(text)")) {
      servers.ask(promoted, "GRANT EXECUTE ON FUNCTION %s TO rewinder".formatted(function));
    }
    Upstream upstream = new Upstream(asker.instance(), upstream(asker, promoted, "rewinder"));
    PostgresException early =
        assertThrows(PostgresException.class, () -> upstream.ask(Duration.ofSeconds(1)));
    assertTrue(early.toString().contains("does not tell of its promotion yet"), early::toString);
    CompletableFuture<Upstream.Answer> waiting =
        CompletableFuture.supplyAsync(() -> upstream.ask(LONG));
    promoted.probe().checkpoint(LONG);
    assertEquals(promoted.instance().control().timeline(), waiting.join().history().timeline());
  }

  private String upstream(Server self, Server other) {
    return upstream(self, other, "postgres");
  }

  private String upstream(Server self, Server other, String role) {
    return ServerSettings.conninfo(self.node(), other.address(), servers.port, role, "");
  }

  private static boolean streams(Server upstream, Server standby) {
    return upstream.probe().facts(SHORT).standbys().stream()
        .anyMatch(s -> s.name().equals(standby.node().name()) && s.streaming());
  }
}
