package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.OperationKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MissingWalTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
  private static final Lsn END = Lsn.parse("0/3000060");
  private static final Lsn LATER = Lsn.parse("0/4000000");

  private long now;
  private boolean said;
  private boolean restores;
  private NodeId primary = new NodeId("a");
  private final MissingWal missing = new MissingWal(() -> now, () -> said, () -> restores);

  private boolean look(boolean lacks, Lsn end, boolean idle, boolean restores) {
    return look(Optional.of(lacks), end, idle, false, restores);
  }

  @Test
  void whatThePrimaryHasIsNotMissing() {
    assertFalse(look(false, END, true, false));
    assertFalse(look(false, END, true, false));
  }

  @Test
  void twoLooksAtAStandbyThatHasReplayedAllAreNeeded() {
    assertFalse(look(true, END, true, false));
    assertFalse(look(true, LATER, true, false), "it makes its way");
    assertTrue(look(true, LATER, true, false));
  }

  @Test
  void whoReplaysLateMayHaveItItself() {
    assertFalse(look(true, END, false, false));
    assertFalse(look(true, END, false, false));
    assertTrue(look(true, END, true, false));
  }

  private boolean look(
      Optional<Boolean> lacks, Lsn end, boolean idle, boolean said, boolean restores) {
    this.said = said;
    this.restores = restores;
    missing.look(primary, lacks, end, idle);
    return missing.isMissing();
  }

  private boolean unanswered(boolean said, boolean restores) {
    return look(Optional.empty(), END, false, said, restores);
  }

  @Test
  void theStandbysOwnWordCountsUnlessThePrimaryHasIt() {
    assertFalse(unanswered(true, false));
    assertTrue(unanswered(true, false));
    assertFalse(look(Optional.of(false), END, true, true, false), "the primary has it");
    assertFalse(look(Optional.of(false), END, true, true, false));
  }

  @Test
  void theStandbysOwnWordCountsOfOneThatIsLate() {
    assertFalse(look(Optional.of(true), END, false, true, false));
    assertTrue(look(Optional.of(true), END, false, true, false));
  }

  @Test
  void theStandbysOwnWordWaitsForAnArchive() {
    assertFalse(unanswered(true, true));
    assertFalse(unanswered(true, true));
  }

  @Test
  void noAnswerAndNewReplayChangeNothingOfWhatIsKnown() {
    assertFalse(look(true, END, true, true));
    now += MissingWal.IN_VAIN;
    assertFalse(unanswered(false, true));
    assertTrue(look(true, END, true, true));
    assertTrue(unanswered(false, true));
    assertTrue(look(true, END, false, true), "it reads again");
    assertFalse(look(true, LATER, true, true), "it makes its way");
  }

  @Test
  void whatOnePrimaryLacksTheNextMayHave() {
    assertFalse(unanswered(true, false));
    assertTrue(unanswered(true, false));
    primary = new NodeId("c");
    assertFalse(unanswered(false, false));
    assertFalse(unanswered(true, false));
    assertTrue(unanswered(true, false));
  }

  @Test
  void whoHasMadeItsWayWithoutAnAnswerMissesNothing() {
    assertFalse(look(true, END, true, false));
    assertTrue(look(true, END, true, false));
    assertFalse(look(Optional.empty(), LATER, true, false, false));
  }

  @Test
  void whoReceivesMissesNothing() {
    assertFalse(look(true, END, true, false));
    assertTrue(look(true, END, true, false));
    assertFalse(missing.streams(true));
    now += MissingWal.FIRM;
    assertTrue(missing.streams(true));
    assertFalse(missing.isMissing());
    assertFalse(look(true, END, true, false), "two looks are needed again");
  }

  /// The moment in which it is told that there is nothing for it looks like streaming.
  @Test
  void whoIsRefusedWhenItAsksStillMissesIt() {
    assertFalse(look(true, END, true, true));
    for (long passed = 0; passed < MissingWal.IN_VAIN; passed += MissingWal.FIRM) {
      assertFalse(missing.streams(true));
      now += MissingWal.FIRM - 1;
      assertFalse(missing.streams(true));
      now += 1;
      assertFalse(missing.streams(false));
    }
    assertTrue(look(true, END, true, true));
  }

  @Test
  void twoLooksASecondApartMayBothMeetARefusal() {
    assertFalse(missing.streams(true));
    now += Duration.ofSeconds(1).toNanos();
    assertFalse(missing.streams(true));
  }

  @Test
  void anArchiveHasItsTime() {
    now = 5;
    assertFalse(look(true, END, true, true));
    now += MissingWal.IN_VAIN - 1;
    assertFalse(look(true, END, true, true));
    now += 1;
    assertTrue(look(true, END, true, true));
  }

  @Test
  void whoIsServedByAnArchiveMissesNothing() {
    assertFalse(look(true, END, true, true));
    now += MissingWal.IN_VAIN;
    assertFalse(look(true, LATER, true, true));
    now += MissingWal.IN_VAIN;
    assertFalse(look(false, LATER, true, true), "the primary has it");
    assertFalse(look(true, LATER, true, true), "its time begins anew");
  }

  private static void follows(TestServers servers, TinyCluster cluster, Server a, Server b)
      throws IOException {
    keepLittle(a);
    cluster.found(a);
    servers.ask(a, "CREATE TABLE t AS SELECT generate_series(1, 100) AS id");
    await("b follows", MINUTE, () -> servers.sql(b, "SELECT FROM t").ok());
    // At the very end of a segment its next one would be all that is needed.
    servers.ask(a, "INSERT INTO t VALUES (0)");
    await("b has it", MINUTE, () -> servers.ask(b, "SELECT count(*) FROM t").equals("101"));
  }

  static void keepLittle(Server server) throws IOException {
    Files.writeString(conf(server), "\nwal_keep_size = 0\n", StandardOpenOption.APPEND);
  }

  private static Path conf(Server server) {
    return server.parameters().dataDirectory().resolve("postgresql.conf");
  }

  /// What a writes into now.
  static Path segment(TestServers servers, Server a) {
    String name = servers.ask(a, "SELECT pg_walfile_name(pg_current_wal_lsn())");
    return a.parameters().dataDirectory().resolve("pg_wal/" + name);
  }

  static void writeUntilGone(TestServers servers, Server a, Path segment) {
    await(
        "WAL to be gone",
        MINUTE,
        () -> {
          servers.ask(
              a,
              "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
          servers.ask(a, "INSERT INTO t VALUES (0)");
          servers.ask(a, "SELECT pg_switch_wal()");
          servers.ask(a, "CHECKPOINT");
          return Files.notExists(segment);
        });
  }

  /// Its server says so in a file that the agent does not read.
  @Test
  @Tag("slow")
  void aStandbyWhoseWalIsGoneIsCopiedAnewWhereverItsLogIs() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      Files.writeString(conf(a), "\nlogging_collector = on\n", StandardOpenOption.APPEND);
      try (TinyCluster cluster = new TinyCluster(List.of(a, b))) {
        isCopiedOnceItsWalIsGone(servers, cluster, a, b);
      }
    }
  }

  private static void isCopiedOnceItsWalIsGone(
      TestServers servers, TinyCluster cluster, Server a, Server b) throws IOException {
    follows(servers, cluster, a, b);
    isCopied(servers, b, startedOnceItsWalIsGone(servers, cluster, a, b));
  }

  private static String startedOnceItsWalIsGone(
      TestServers servers, TinyCluster cluster, Server a, Server b) {
    cluster.succeed(OperationKind.STOP, b.node());
    writeUntilGone(servers, a, segment(servers, a));
    String rows = servers.ask(a, "SELECT count(*) FROM t");
    cluster.succeed(OperationKind.START, b.node());
    return rows;
  }

  private static void isCopied(TestServers servers, Server b, String rows) {
    await(
        "b is a copy",
        MINUTE,
        () -> servers.sql(b, "SELECT count(*) FROM t").text().strip().equals(rows));
  }

  /// Then the standby's log is all there is, and it is full of other things once it has stopped.
  @Test
  @Tag("slow")
  void aStandbyWhoseWalIsGoneIsCopiedAnewThoughTheRoleMayListNoFiles() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      a.instance().start(a.alone(), MINUTE);
      a.probe().promote(MINUTE);
      await("a is a primary", MINUTE, () -> !a.probe().inRecovery(MINUTE));
      servers.ask(
          a,
          "CREATE ROLE replicator LOGIN REPLICATION;"
              + " GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO replicator");
      a.instance().stop(MINUTE);
      TreeMap<String, String> role = new TreeMap<>(Map.of("replication_user", "replicator"));
      try (TinyCluster cluster = new TinyCluster(List.of(a, b), role)) {
        isCopiedOnceItsWalIsGone(servers, cluster, a, b);
      }
    }
  }

  /// It answers with what it has, says what it misses, and the order that it names is enough.
  @Test
  @Tag("slow")
  void whereNoCopyMayBeMadeTheStandbyGoesOnAnsweringAndSaysSo() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      TreeMap<String, String> manual = new TreeMap<>(Map.of("rejoin", "manual"));
      try (TinyCluster cluster = new TinyCluster(List.of(a, b), manual)) {
        cluster.order(b.node(), new MemberOrder(MemberOrder.Kind.REBUILD, "1"));
        follows(servers, cluster, a, b);
        await("the first order to be answered", MINUTE, () -> cluster.order(b.node()).isEmpty());
        String rows = startedOnceItsWalIsGone(servers, cluster, a, b);
        await(
            "b to say what it misses",
            MINUTE,
            () -> said(cluster, b).contains("'hactl pg rebuild b'"));
        assertEquals("101", servers.ask(b, "SELECT count(*) FROM t"));
        cluster.order(b.node(), new MemberOrder(MemberOrder.Kind.REBUILD, "2"));
        isCopied(servers, b, rows);
        await("b to say nothing more", MINUTE, () -> said(cluster, b).isEmpty());
      }
    }
  }

  private static String said(TinyCluster cluster, Server server) {
    return cluster.instance(server.node()).run(OperationKind.MONITOR, MINUTE).reason();
  }

  /// All that it has yet to replay is in its own directory.
  @Test
  @Tag("slow")
  void aStandbyThatReplaysLateIsLeftWhatItHas() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      try (TinyCluster cluster = new TinyCluster(List.of(a, b))) {
        follows(servers, cluster, a, b);
        Files.writeString(conf(b), "\nrecovery_min_apply_delay = 1h\n", StandardOpenOption.APPEND);
        servers.ask(b, "SELECT pg_reload_conf()");
        await(
            "b to be late",
            MINUTE,
            () -> servers.ask(b, "SHOW recovery_min_apply_delay").equals("1h"));
        writeUntilGone(servers, a, segment(servers, a));
        await(
            "b to have received it all",
            MINUTE,
            () ->
                servers
                    .ask(
                        a,
                        "SELECT coalesce(max(flush_lsn), '0/0') >= pg_current_wal_flush_lsn() FROM pg_stat_replication")
                    .equals("t"));
        cluster.succeed(OperationKind.STOP, b.node());
        Path mark = Files.createFile(b.parameters().dataDirectory().resolve("mark"));
        cluster.succeed(OperationKind.START, b.node());
        Instant end = Instant.now().plus(LONG_ENOUGH);
        while (Instant.now().isBefore(end)) {
          assertTrue(Files.exists(mark), "it was copied anew");
        }
        assertEquals("101", servers.ask(b, "SELECT count(*) FROM t"), "it is still late");
      }
    }
  }
}
