package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.LONG;
import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.SyncNames;
import dev.quorate.agents.core.postgresql.drill.Comparison.Difference;
import dev.quorate.agents.core.postgresql.drill.Outcome;
import dev.quorate.agents.jdbc.drill.Drill;
import dev.quorate.agents.jdbc.drill.DrillException;
import dev.quorate.agents.jdbc.drill.DrillTarget;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The acknowledged commits of real writers on a real server, and what the count says of them.
@Tag("slow")
class DrillTest {
  private static final Duration PACE = Duration.ofMillis(2);
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

  private Server primary() throws Exception {
    Server a = servers.fresh("a", "127.0.0.2");
    a.instance().start(a.alone(), LONG);
    a.probe().promote(SHORT);
    await("promoted", () -> !a.probe().inRecovery(SHORT));
    return a;
  }

  private DrillTarget target(String host) {
    return new DrillTarget(
        host,
        servers.port,
        "postgres",
        "postgres",
        "prefer",
        Duration.ofMillis(200),
        Duration.ofSeconds(1));
  }

  private static long count(Drill drill, Outcome outcome) {
    return drill.sent().stream().mapToLong(s -> s.count(outcome)).sum();
  }

  @Test
  void aCrashLosesNothingThatWasAcknowledgedAndWhatIsDeletedIsMissed() throws Exception {
    Server a = primary();
    try (Drill drill = new Drill(target("127.0.0.2"), PACE)) {
      assertTrue(drill.prepare(false, LONG).contains("synchronous_standby_names = ''"));
      drill.start(3);
      await("commits", () -> count(drill, Outcome.ACKNOWLEDGED) > 200);
      a.instance().stopAtOnce();
      a.instance().start(a.alone(), LONG);
      a.probe().promote(LONG);
      long before = count(drill, Outcome.ACKNOWLEDGED);
      await("more commits", () -> count(drill, Outcome.ACKNOWLEDGED) > before + 200);
      drill.finish();

      assertTrue(drill.compare(target("127.0.0.2"), LONG).none());

      servers.ask(a, "DELETE FROM quorate_drill.ledger WHERE writer = 1 AND number IN (7, 8)");
      servers.ask(a, "INSERT INTO quorate_drill.ledger VALUES (9, 1, 0)");
      servers.ask(
          a, "UPDATE quorate_drill.ledger SET previous = 3 WHERE writer = 0 AND number = 9");
      Difference difference = drill.compare(target("127.0.0.2"), LONG);
      assertEquals(2, difference.lost().size());
      assertEquals(1, difference.revived().size());
      assertEquals(1, difference.misplaced().size());

      drill.drop(LONG);
      assertEquals("", servers.ask(a, "SELECT to_regnamespace('quorate_drill')"));
    }
  }

  /// A cancelled wait for a standby is a warning, and such a commit nothing that was promised.
  @Test
  void aCommitThatDidNotWaitForItsStandbyIsUnknown() throws Exception {
    Server a = primary();
    try (Drill drill = new Drill(target("127.0.0.2"), PACE)) {
      drill.prepare(false, LONG);
      a.instance().configure(a.settings("", SyncNames.of(List.of(new NodeId("b")), 1)));
      a.instance().reload();
      await("synchronous", () -> a.probe().facts(SHORT).syncNames().contains("b"));
      a.probe().checkpoint(LONG);
      drill.start(1);
      await(
          "a waiting commit",
          () ->
              servers
                  .ask(a, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                  .equals("1"));
      servers.ask(
          a, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
      await("its end", () -> drill.sent().getFirst().last() > 1);

      assertEquals(Outcome.UNKNOWN, drill.sent().getFirst().outcome(1));
      assertEquals("1", servers.ask(a, "SELECT min(number) FROM quorate_drill.ledger"));
      assertEquals(0, count(drill, Outcome.ACKNOWLEDGED));
      drill.finish();
      assertTrue(drill.compare(target("127.0.0.2"), LONG).none());
    }
  }

  /// Whoever gave up waiting must not take what was written late for a fault of the order.
  @Test
  void aCommitMayBeWrittenAfterItsClientGaveUp() throws Exception {
    Server a = primary();
    try (LateLink link = new LateLink("127.0.0.8", "127.0.0.2", servers.port);
        Drill drill = new Drill(target("127.0.0.8"), PACE)) {
      drill.prepare(false, LONG);
      drill.start(2);
      await("commits", () -> count(drill, Outcome.ACKNOWLEDGED) > 50);
      Runnable deliver = link.hold();
      await("both to give up", () -> count(drill, Outcome.UNKNOWN) >= 2);
      long before = count(drill, Outcome.ACKNOWLEDGED);
      await("more commits", () -> count(drill, Outcome.ACKNOWLEDGED) > before + 50);
      deliver.run();
      await(
          "entries that are later than they should be",
          () ->
              servers
                  .ask(a, "SELECT count(*) FROM quorate_drill.ledger WHERE previous > number")
                  .equals("2"));
      drill.finish();
      assertTrue(drill.compare(target("127.0.0.2"), LONG).none());
    }
  }

  @Test
  void aReadOnlyServerRefusesAndAnotherDrillIsInTheWay() throws Exception {
    Server a = primary();
    try (Drill drill = new Drill(target("127.0.0.2"), PACE)) {
      drill.prepare(false, LONG);
      assertTrue(assertThrows(DrillException.class, () -> drill.prepare(false, LONG)).occupied());
      drill.prepare(true, LONG);
      servers.ask(a, "ALTER SYSTEM SET default_transaction_read_only = on");
      servers.ask(a, "SELECT pg_reload_conf()");
      drill.start(1);
      await("a refusal", () -> count(drill, Outcome.REFUSED) > 3);
      drill.finish();
      assertEquals(0, count(drill, Outcome.ACKNOWLEDGED));
      assertTrue(drill.compare(target("127.0.0.2"), LONG).none());
    }
  }

  @Test
  void whatCannotWorkIsNotWaitedFor() throws Exception {
    Server a = primary();
    servers.ask(a, "CREATE ROLE guest LOGIN");
    DrillTarget guest =
        new DrillTarget("127.0.0.2", servers.port, "postgres", "guest", "prefer", SHORT, SHORT);
    try (Drill drill = new Drill(guest, PACE)) {
      DrillException refused =
          assertThrows(DrillException.class, () -> drill.prepare(false, Duration.ofDays(1)));
      assertFalse(refused.occupied());
      assertTrue(refused.toString().contains("permission denied"), refused::toString);
    }
  }
}
