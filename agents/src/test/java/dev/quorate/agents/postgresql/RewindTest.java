package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.LONG;
import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.linux.ProcessExitWatch;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.agents.process.ProcessRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A primary that ended without a checkpoint and has something of its own comes back by a rewind,
/// whatever ended it.
@Tag("slow")
class RewindTest {
  @BeforeEach
  void onRealServers() {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
  }

  @Test
  void afterACrash() throws Exception {
    try (TestServers servers = new TestServers()) {
      isRewound(servers, _ -> {});
    }
  }

  /// It is marked as a standby then, as which `pg_rewind` would not recover it.
  @Test
  void afterAnEmergencyStop() throws Exception {
    try (TestServers servers = new TestServers()) {
      isRewound(servers, a -> a.instance().markStandby());
    }
  }

  /// The number of the dead one belongs to another process of the same user meanwhile.
  @Test
  void thoughItsLockNamesAStranger() throws Exception {
    try (TestServers servers = new TestServers()) {
      Server other = servers.fresh("c", "127.0.0.4");
      other.instance().start(other.alone(), LONG);
      long stranger = other.instance().postmaster().orElseThrow();
      isRewound(servers, a -> write(a, "postmaster.pid", stranger + "\n"));
    }
  }

  /// Whoever starts it before the rewind has ended must not start a primary.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void asAStandbyFromItsRecoveryOn(boolean clean, @TempDir Path home) throws Exception {
    Path programs = TestServers.slowCopies(home);
    try (TestServers servers = new TestServers(programs)) {
      isRewound(
          servers,
          a -> {
            if (clean) {
              new LoneRecovery(a.parameters(), a.instance()).run(LONG);
              a.instance().unmarkStandby();
            }
            script(
                programs.resolve("pg_rewind"),
                "test -e %s/standby.signal && exec %s \"$@\""
                    .formatted(
                        a.parameters().dataDirectory(), TestServers.DEBIAN.resolve("pg_rewind")));
          });
    }
  }

  /// An interruption of what can be repeated must not cost a copy.
  @Test
  void notMarkedAsHalfDoneBeforeItIsRecovered(@TempDir Path home) throws Exception {
    Path programs = TestServers.slowCopies(home);
    try (TestServers servers = new TestServers(programs)) {
      isRewound(
          servers,
          a ->
              alone(
                  programs,
                  "test ! -e %s || exit 1"
                      .formatted(
                          a.parameters().dataDirectory().resolveSibling(".data.quorate-rejoin"))));
    }
  }

  /// Has something done first where the server is started in single-user mode.
  private static void alone(Path programs, String first) {
    script(
        programs.resolve("postgres"),
        "if [ \"$1\" = --single ]; then\n%s\nfi\nexec %s \"$@\""
            .formatted(first, TestServers.DEBIAN.resolve("postgres")));
  }

  /// The settings may be where only the parameter says.
  @Test
  void withTheOptionsOfItsStart() throws Exception {
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      a.instance().start(a.alone(), LONG);
      promote(a);
      a.instance().stopAtOnce();
      Path settings = a.home().resolve("elsewhere.conf");
      Files.move(a.parameters().dataDirectory().resolve("postgresql.conf"), settings);
      recover(a, "");
      assertEquals(ControlFile.State.IN_PRODUCTION, a.instance().control().state());
      recover(a, "-c config_file=%s -p 5999 -i".formatted(settings));
      assertEquals(ControlFile.State.SHUT_DOWN, a.instance().control().state());
    }
  }

  private static void recover(Server server, String startOptions) {
    SortedMap<String, String> text =
        TestServers.parameters(server.home(), server.parameters().port());
    text.put("start_opts", startOptions);
    new LoneRecovery(PostgresParameters.parse(text), server.instance()).run(LONG);
  }

  /// What a checkpoint of the recovery would remove is needed by the rewind.
  @Test
  void withTheWalOfLongBefore() throws Exception {
    try (TestServers servers = new TestServers()) {
      isRewound(
          servers,
          a -> {
            servers.ask(a, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
            for (int i = 0; i < 3; i++) {
              servers.ask(a, "INSERT INTO t VALUES (0)");
              servers.ask(a, "SELECT pg_switch_wal()");
            }
          },
          a -> write(a, "postgresql.conf", "\nwal_keep_size = 0\n", StandardOpenOption.APPEND));
    }
  }

  /// What is replayed after a rewind begins before the fork, where the new primary has recycled it.
  @Test
  void withWalThatOnlyTheFormerPrimaryHas() throws Exception {
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = VersionsTest.copyOf(servers, a);
      a.instance().start(a.alone(), LONG);
      promote(a);
      servers.address(b);
      a.probe().createSlot(ServerSettings.slotOf(b.node()), true, SHORT);
      b.instance().start(b.follow(a), LONG);
      servers.ask(a, "CHECKPOINT");
      String begin = servers.ask(a, "SELECT pg_walfile_name(pg_current_wal_lsn())");
      servers.ask(a, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id");
      for (int i = 0; i < 4; i++) {
        servers.ask(a, "SELECT pg_switch_wal()");
        servers.ask(a, "INSERT INTO t VALUES (0)");
      }
      await("b has the table", () -> servers.sql(b, "SELECT FROM t").ok());
      await("b has it all", () -> servers.ask(b, "SELECT count(*) FROM t").equals("1004"));
      b.instance().stop(LONG);
      servers.ask(a, "INSERT INTO t SELECT generate_series(2000, 3000)");
      a.instance().stopAtOnce();
      write(b, "postgresql.conf", "\nwal_keep_size = 0\n", StandardOpenOption.APPEND);
      b.instance().start(b.alone(), LONG);
      promote(b);
      servers.ask(b, "INSERT INTO t SELECT generate_series(5000, 5009)");
      servers.ask(b, "CHECKPOINT");
      assertTrue(Files.notExists(b.parameters().dataDirectory().resolve("pg_wal/" + begin)));

      String done = comeBack(servers, a, b, LONG);

      assertTrue(done.startsWith("rewound"), done);
      b.probe().createSlot(ServerSettings.slotOf(a.node()), true, SHORT);
      a.instance().start(a.follow(b), LONG);
      await("same rows", () -> servers.ask(a, "SELECT count(*) FROM t").equals("1014"));
    }
  }

  /// Neither a rewind nor a copy follows a recovery that was broken off.
  @Test
  void notIfTheRecoveryDoesNotEnd(@TempDir Path home) throws Exception {
    Path programs = TestServers.slowCopies(home);
    try (TestServers servers = new TestServers(programs)) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = VersionsTest.copyOf(servers, a);
      Path asked = a.home().resolve("work/asked");
      note(programs.resolve("pg_rewind"), asked);
      diverge(servers, a, b, _ -> {}, _ -> alone(programs, "exec sleep 60"));
      PostgresException refused =
          assertThrows(
              PostgresException.class, () -> comeBack(servers, a, b, Duration.ofMillis(500)));
      assertTrue(String.valueOf(refused.getMessage()).contains("broken off"), refused::getMessage);
      assertTrue(Files.notExists(asked));
      assertFalse(new Rejoin(a.parameters(), a.instance(), a.node()).isHalfDone());
      assertEquals(ControlFile.State.IN_PRODUCTION, a.instance().control().state());
      assertTrue(Files.exists(a.parameters().dataDirectory().resolve("standby.signal")));
      script(programs.resolve("postgres"), exec("postgres"));
      script(programs.resolve("pg_rewind"), exec("pg_rewind"));
      String done = comeBack(servers, a, b, LONG);
      assertTrue(done.startsWith("rewound"), done);
    }
  }

  private static String exec(String program) {
    return "exec %s \"$@\"".formatted(TestServers.DEBIAN.resolve(program));
  }

  /// Files that somebody uses are left alone.
  @Test
  void notWhileItRuns() throws Exception {
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      a.instance().start(a.alone(), LONG);
      LoneRecovery recovery = new LoneRecovery(a.parameters(), a.instance());
      PostgresException refused = assertThrows(PostgresException.class, () -> recovery.run(SHORT));
      assertTrue(String.valueOf(refused.getMessage()).contains("left alone"), refused::getMessage);
      assertTrue(a.instance().postmaster().isPresent());
      assertEquals("t", servers.ask(a, "SELECT pg_is_in_recovery()"));
    }
  }

  private static void write(Server server, String name, String text, OpenOption... how) {
    try {
      Files.writeString(server.parameters().dataDirectory().resolve(name), text, how);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void isRewound(TestServers servers, Consumer<Server> afterwards) throws Exception {
    isRewound(servers, _ -> {}, afterwards);
  }

  private static void isRewound(
      TestServers servers, Consumer<Server> before, Consumer<Server> afterwards) throws Exception {
    Server a = servers.fresh("a", "127.0.0.2");
    Server b = VersionsTest.copyOf(servers, a);
    diverge(servers, a, b, before, afterwards);
    String done = comeBack(servers, a, b, LONG);
    assertTrue(done.startsWith("rewound"), done);
    b.probe().createSlot(ServerSettings.slotOf(a.node()), true, SHORT);
    a.instance().start(a.follow(b), LONG);
    await("same rows", () -> servers.ask(a, "SELECT count(*) FROM t").equals("1010"));
    assertEquals("t", servers.ask(a, "SELECT pg_is_in_recovery()"));
  }

  /// A `pg_rewind` of their own is not at hand: one is called that notes what it is asked and
  /// fails.
  @ParameterizedTest
  @ValueSource(ints = {10, 11, 12, 14})
  void everyVersionIsRecoveredFirstAndAskedInItsOwnWords(int major) throws Exception {
    try (VersionsTest.Programs programs = VersionsTest.Programs.of(major);
        TestServers servers = new TestServers(programs.bin())) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = VersionsTest.copyOf(servers, a);
      Path asked = a.home().resolve("work/asked");
      note(programs.bin().resolve("pg_rewind"), asked);
      diverge(servers, a, b, _ -> {}, x -> x.instance().markStandby());
      String done = comeBack(servers, a, b, LONG);
      assertEquals("copied anew: it could not be rewound", done);
      String words = Files.readString(asked);
      assertTrue(words.startsWith("-D " + a.parameters().dataDirectory() + " --source-s"), words);
      assertFalse(words.contains("--config-file"), "known from 15 on only");
      assertEquals(ControlFile.State.SHUT_DOWN, replaced(a).control().state());
      assertEquals(major, a.instance().major());
    }
  }

  private static void note(Path program, Path into) {
    script(program, "echo \"$@\" > %s\nexit 1".formatted(into));
  }

  private static void script(Path program, String text) {
    try {
      Files.delete(program);
      Files.writeString(program, "#!/bin/sh\n" + text + "\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a copy took the place of.
  private static PostgresInstance replaced(Server server) {
    SortedMap<String, String> text =
        TestServers.parameters(
            server.parameters().bindir().orElseThrow(), server.home(), server.parameters().port());
    text.put("pgdata", server.parameters().dataDirectory() + ".quorate-old");
    return new PostgresInstance(
        PostgresParameters.parse(text), new ProcessRunner(), new ProcessExitWatch(), server.home());
  }

  /// Both have the same, then each something of its own; a ends in the midst of it.
  private static void diverge(
      TestServers servers, Server a, Server b, Consumer<Server> before, Consumer<Server> afterwards)
      throws Exception {
    a.instance().start(a.alone(), LONG);
    promote(a);
    servers.address(b);
    a.probe().createSlot(ServerSettings.slotOf(b.node()), true, SHORT);
    b.instance().start(b.follow(a), LONG);
    servers.ask(a, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id");
    await("b has it", () -> servers.sql(b, "SELECT FROM t").ok());
    b.instance().stop(LONG);
    servers.ask(a, "INSERT INTO t SELECT generate_series(2000, 3000)");
    servers.ask(a, "CHECKPOINT");
    servers.ask(a, "INSERT INTO t SELECT generate_series(3000, 4000)");
    before.accept(a);
    a.instance().stopAtOnce();
    afterwards.accept(a);
    b.instance().start(b.alone(), LONG);
    promote(b);
    servers.ask(b, "INSERT INTO t SELECT generate_series(5000, 5009)");
    servers.ask(b, "CHECKPOINT");
  }

  private static String comeBack(TestServers servers, Server a, Server b, Duration within) {
    String address = ServerSettings.conninfo(a.node(), b.address(), servers.port, "postgres", "");
    return new Rejoin(a.parameters(), a.instance(), a.node())
        .run(new Upstream(a.instance(), address), false, MemberOrder.NONE, within);
  }

  private static void promote(Server server) {
    server.instance().promote();
    await("promoted", () -> !server.probe().inRecovery(SHORT));
  }
}
