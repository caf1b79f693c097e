package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.resource.OperationKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MissingWalTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Lsn END = Lsn.parse("0/3000060");

  private long now;
  private final MissingWal missing = new MissingWal(() -> now);

  private boolean look(Boolean lacks, Lsn end, boolean restores) {
    return missing.look(Optional.of(lacks), end, () -> !lacks, () -> restores);
  }

  @Test
  void whatThePrimaryHasIsNotMissing() {
    assertFalse(look(false, END, false));
    assertTrue(look(true, END, false));
  }

  @Test
  void theLogIsBelievedWhereThePrimaryDoesNotSay() {
    assertTrue(missing.look(Optional.empty(), END, () -> true, () -> false));
    assertFalse(missing.look(Optional.empty(), END, () -> false, () -> false));
  }

  @Test
  void anArchiveHasAMinute() {
    now = 5;
    assertFalse(look(true, END, true));
    now += MissingWal.IN_VAIN - 1;
    assertFalse(look(true, END, true));
    now += 1;
    assertTrue(look(true, END, true));
  }

  @Test
  void whoIsServedByAnArchiveMissesNothing() {
    assertFalse(look(true, END, true));
    now += MissingWal.IN_VAIN;
    assertFalse(look(true, Lsn.parse("0/4000000"), true));
    now += MissingWal.IN_VAIN;
    assertFalse(look(false, Lsn.parse("0/4000000"), true), "the primary has it");
    assertFalse(look(true, Lsn.parse("0/4000000"), true), "a minute from here on");
  }

  /// Its server says so in a file that the agent does not read.
  @Test
  @Tag("slow")
  void aStandbyWhoseWalIsGoneIsCopiedAnewWhereverItsLogIs() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      Path settings = a.parameters().dataDirectory().resolve("postgresql.conf");
      Files.writeString(
          settings, "\nlogging_collector = on\nwal_keep_size = 0\n", StandardOpenOption.APPEND);
      try (TinyCluster cluster = new TinyCluster(List.of(a, b))) {
        cluster.found(a);
        servers.ask(a, "CREATE TABLE t AS SELECT generate_series(1, 100) AS id");
        await("b follows", MINUTE, () -> servers.sql(b, "SELECT FROM t").ok());
        // At the very end of a segment its next one would be all that is needed.
        servers.ask(a, "INSERT INTO t VALUES (0)");
        await("b has it", MINUTE, () -> servers.ask(b, "SELECT count(*) FROM t").equals("101"));
        cluster.succeed(OperationKind.STOP, b.node());
        String needed = servers.ask(a, "SELECT pg_walfile_name(pg_current_wal_lsn())");
        Path segment = a.parameters().dataDirectory().resolve("pg_wal/" + needed);
        await(
            "its WAL to be gone",
            MINUTE,
            () -> {
              servers.ask(
                  a, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
              servers.ask(a, "INSERT INTO t VALUES (0)");
              servers.ask(a, "SELECT pg_switch_wal()");
              servers.ask(a, "CHECKPOINT");
              return Files.notExists(segment);
            });
        String rows = servers.ask(a, "SELECT count(*) FROM t");
        cluster.succeed(OperationKind.START, b.node());
        await(
            "b is a copy",
            MINUTE,
            () -> servers.sql(b, "SELECT count(*) FROM t").text().strip().equals(rows));
      }
    }
  }
}
