package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.LONG;
import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A primary `a` and a standby `b` that is made of it: what each of them is given, what it says of
/// itself, and what nobody is told.
@Tag("slow")
class MemberRowsTest {
  private static final String SECRET = "streams-as-it-likes";

  @TempDir private Path home;
  private @Nullable TestServers opened;
  private @Nullable TinyCluster running;

  private TestServers servers() {
    return Objects.requireNonNull(opened);
  }

  private TinyCluster cluster() {
    return Objects.requireNonNull(running);
  }

  /// Servers whose programs are those of a directory.
  private TestServers open(Path programs) throws IOException {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    opened = new TestServers(programs);
    return opened;
  }

  private TinyCluster form(Map<String, String> parameters, Server... members) {
    running = new TinyCluster(List.of(members), new TreeMap<>(parameters));
    return running;
  }

  @AfterEach
  void close() throws Exception {
    if (running != null) {
      running.close();
    }
    if (opened != null) {
      opened.close();
    }
  }

  /// Starts both and promotes the first.
  private void begin(Server a, Server b) {
    cluster().succeed(OperationKind.START, a.node());
    cluster().succeed(OperationKind.START, b.node());
    assertEquals(a.node(), cluster().elect(new TreeMap<>(Map.of(a.node(), 100, b.node(), 0))));
    cluster().succeed(OperationKind.PROMOTE, a.node());
  }

  private void pair() throws IOException {
    Server a = open(TestServers.DEBIAN).fresh("a", "127.0.0.2");
    Server b = servers().empty("b", "127.0.0.3");
    form(Map.of("durability", "sync"), a, b);
    begin(a, b);
    await("b follows", () -> streams(a));
    await(
        "commits to wait for b",
        () -> cluster().primacy().promise().required() == 1 && names(a).equals("ANY 1 (\"b\")"));
  }

  /// A copy that takes a while, of a server that keeps its logs among its data.
  @Test
  @Tag("S1-37")
  @Tag("S1-38")
  void aStandbyIsClonedVisiblyAndWithoutTheLogsOfTheOriginal() throws Exception {
    Path programs = TestServers.slowCopies(home);
    Server a = open(programs).fresh("a", "127.0.0.2");
    Server b = servers().empty("b", "127.0.0.3");
    setting(a, "logging_collector = on");
    form(Map.of(), a, b);
    begin(a, b);
    Set<String> said = new TreeSet<>();
    await(
        "b follows",
        () -> {
          said.add(cluster().instance(b.node()).run(OperationKind.MONITOR, SHORT).reason());
          return streams(a);
        });

    List<String> shares = said.stream().filter(s -> s.contains(" MB copied")).toList();
    assertTrue(shares.size() > 1, said::toString);
    assertTrue(shares.getFirst().matches("is being brought back [0-9]+ % of [0-9]+ MB copied"));
    assertTrue(logs(a).stream().anyMatch(l -> l.contains("starting PostgreSQL")));
    await("logs of its own", () -> !logs(b).isEmpty());
    assertTrue(logs(b).stream().noneMatch(logs(a)::contains), "a's logs came along");
  }

  private static List<String> logs(Server server) {
    Path directory = server.parameters().dataDirectory().resolve("log");
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<String> lines = new ArrayList<>();
      for (Path file : files.toList()) {
        lines.addAll(Files.readAllLines(file));
      }
      return lines;
    } catch (IOException e) {
      return List.of();
    }
  }

  private static void setting(Server server, String line) throws IOException {
    Files.writeString(
        server.parameters().dataDirectory().resolve("postgresql.conf"),
        line + "\n",
        StandardOpenOption.APPEND);
  }

  /// What a standby needs to follow, and what it will need on the day it is the primary.
  @Test
  @Tag("S4-07")
  @Tag("S4-34")
  void aStandbyIsSetUpForBothRoles() throws Exception {
    pair();
    Server b = member(1);
    assertEquals("b", conninfo(b, "application_name"));
    assertEquals("127.0.0.2", conninfo(b, "host"));
    Map<String, String> following =
        Map.of(
            "primary_slot_name", "quorate_b",
            "recovery_target_timeline", "latest",
            "hot_standby", "on",
            "wal_log_hints", "on");
    following.forEach((name, value) -> assertEquals(value, servers().ask(b, "SHOW " + name)));
    assertTrue(Files.exists(b.parameters().dataDirectory().resolve("standby.signal")));

    cluster().accepted(new ClusterCommand.RequestSwitchover(TinyCluster.PG, "b", "test"));
    cluster().succeed(OperationKind.DEMOTE, member(0).node());
    cluster().elect(new TreeMap<>(Map.of(member(0).node(), 0, b.node(), 0)));
    cluster().succeed(OperationKind.PROMOTE, b.node());
    await("commits to wait for a", () -> names(b).equals("ANY 1 (\"a\")"));
    servers().ask(b, "CREATE TABLE promoted (id int)");
    assertTrue(Files.notExists(b.parameters().dataDirectory().resolve("standby.signal")));
    assertEquals("quorate_a", servers().ask(member(0), "SHOW primary_slot_name"));
    assertEquals("t", servers().ask(member(0), "SELECT pg_is_in_recovery()"));
  }

  /// The only thing that a primary's monitor needs to look at more closely than that it answers.
  @Test
  @Tag("S3-38")
  void theMonitorTellsRunningAcceptingAndWritableApart() throws Exception {
    pair();
    Server a = member(0);
    assertEquals(Role.PROMOTED, monitor(a).observed());
    assertEquals("", monitor(a).reason());
    assertEquals(Role.UNPROMOTED, monitor(member(1)).observed());

    servers().ask(a, "ALTER SYSTEM SET default_transaction_read_only = on");
    servers().ask(a, "SELECT pg_reload_conf()");
    await("what clients would meet", () -> monitor(a).reason().contains("takes no writes"));
    assertEquals(OperationResult.Status.SUCCEEDED, monitor(a).status());
    servers().ask(a, "ALTER SYSTEM RESET default_transaction_read_only");
    servers().ask(a, "SELECT pg_reload_conf()");
    await("writes", () -> monitor(a).reason().isEmpty());

    signal("STOP", a);
    try {
      OperationResult silent = monitor(a, Duration.ofSeconds(6));
      assertEquals(OperationResult.Status.FAILED, silent.status());
      assertTrue(silent.reason().contains("it does not answer"), silent::reason);
    } finally {
      signal("CONT", a);
    }
    await("it answers", () -> monitor(a).status() == OperationResult.Status.SUCCEEDED);
    cluster().succeed(OperationKind.STOP, a.node());
    assertEquals(Role.STOPPED, monitor(a).observed());
  }

  /// To all of its processes but those that end meanwhile.
  private void signal(String name, Server server) {
    String pids =
        String.join(" ", server.instance().processes().stream().map(String::valueOf).toList());
    servers().run("sh", "-c", "kill -%s %s 2>/dev/null; true".formatted(name, pids));
  }

  private OperationResult monitor(Server server) {
    return monitor(server, SHORT);
  }

  private OperationResult monitor(Server server, Duration within) {
    return cluster().instance(server.node()).run(OperationKind.MONITOR, within);
  }

  @Test
  @Tag("S3-39")
  void aLagIsShownAndNoFailure() throws Exception {
    pair();
    Server b = member(1);
    servers().ask(b, "SELECT pg_wal_replay_pause()");
    servers().ask(member(0), "CREATE TABLE t AS SELECT generate_series(1, 100000) AS id");
    await("a lag", () -> unreplayed(b) > 1_000_000);
    assertEquals(OperationResult.succeeded(Role.UNPROMOTED), monitor(b));
    servers().ask(b, "SELECT pg_wal_replay_resume()");
    await("none", () -> unreplayed(b) == 0);
  }

  private long unreplayed(Server server) {
    return Optional.ofNullable(cluster().replication().members().get(server.node()))
        .flatMap(Replication.Member::lag)
        .map(Replication.Lag::unreplayed)
        .orElse(0L);
  }

  /// Where things are comes from the parameters alone, whoever runs it wherever.
  @Test
  @Tag("S2-09")
  @Tag("S3-25")
  void placesAndUsersAreParameters() throws Exception {
    String owner = "nobody";
    Server a = open(TestServers.DEBIAN).empty("a", "127.0.0.2");
    Path data = Files.createDirectory(a.home().resolve("elsewhere"));
    servers().run("chown", "-R", owner, a.home().toString());
    servers()
        .run(
            "setpriv",
            "--reuid=" + owner,
            "--clear-groups",
            TestServers.DEBIAN.resolve("initdb").toString(),
            "-D",
            data.toString(),
            "--auth=trust",
            "--no-sync",
            "--username=boss");
    form(
        Map.of("system_user", owner, "dbuser", "boss", "pgdata", data.toString(), "pgport", "5499"),
        a);
    cluster().succeed(OperationKind.START, a.node());
    cluster().elect(new TreeMap<>(Map.of(a.node(), 100)));
    cluster().succeed(OperationKind.PROMOTE, a.node());

    Path pid = data.resolve("postmaster.pid");
    assertEquals(owner, Files.getOwner(pid).getName());
    List<String> words = Files.readAllLines(pid);
    assertEquals(List.of(data.toString(), "5499"), List.of(words.get(1), words.get(3)));
    assertEquals(a.parameters().socketDirectory().toString(), words.get(4));
    String environment = Files.readString(Path.of("/proc", words.getFirst(), "environ"));
    assertFalse(environment.contains("PGDATA") || environment.contains("PGPORT"), environment);
    cluster().succeed(OperationKind.STOP, a.node());
  }

  /// Debian keeps configuration and data apart, and names an instance after its version.
  @Test
  @Tag("S4-22")
  void debiansNameOfAnInstanceSaysWhereItIs() throws Exception {
    PostgresParameters named =
        PostgresParameters.parse(new TreeMap<>(Map.of("cluster", "15/main")));
    assertEquals(Path.of("/etc/postgresql/15/main"), named.configDirectory());
    assertEquals(Path.of("/var/lib/postgresql/15/main"), named.dataDirectory());
    assertEquals(TestServers.DEBIAN.resolve("postgres"), named.program("postgres"));
    assertEquals(
        List.of(
            "cluster 'main' is no instance of Debian's: write version and name as pg_lsclusters"
                + " prints them, as 15/main"),
        PostgresParameters.problems(new TreeMap<>(Map.of("cluster", "main"))));

    Server a = open(TestServers.DEBIAN).fresh("a", "127.0.0.2");
    Path data = a.parameters().dataDirectory();
    Path configuration = Files.createDirectories(a.home().resolve("etc/15/main"));
    for (String file : List.of("postgresql.conf", "pg_hba.conf", "pg_ident.conf")) {
      Files.move(data.resolve(file), configuration.resolve(file));
    }
    servers().run("chown", "-R", "postgres", a.home().toString());
    form(
        Map.of(
            "cluster", "15/main", "pgdata", configuration.toString(), "datadir", data.toString()),
        a);
    cluster().succeed(OperationKind.START, a.node());
    cluster().elect(new TreeMap<>(Map.of(a.node(), 100)));
    cluster().succeed(OperationKind.PROMOTE, a.node());
    assertEquals(
        configuration.resolve("postgresql.conf").toString(), servers().ask(a, "SHOW config_file"));
    assertEquals(data.toString(), servers().ask(a, "SHOW data_directory"));
  }

  @Test
  @Tag("S1-39")
  void aStandbyFollowsThroughAnAddressThatMoves() throws Exception {
    Server a = open(TestServers.DEBIAN).fresh("a", "127.0.0.2");
    Server b = servers().empty("b", "127.0.0.3");
    try (MovingAddress moving = new MovingAddress("127.0.0.9", servers().port)) {
      moving.to(a.address());
      form(Map.of("primary_address", "127.0.0.9"), a, b);
      begin(a, b);
      await("b follows", () -> streams(a));
      assertEquals("127.0.0.9", conninfo(b, "host"));
      servers().ask(a, "CREATE TABLE t (id int)");
      await("b has it", () -> servers().sql(b, "SELECT FROM t").ok());

      cluster().accepted(new ClusterCommand.RequestSwitchover(TinyCluster.PG, "b", "test"));
      cluster().succeed(OperationKind.DEMOTE, a.node());
      cluster().elect(new TreeMap<>(Map.of(a.node(), 0, b.node(), 0)));
      cluster().succeed(OperationKind.PROMOTE, b.node());
      moving.to(b.address());
      await("a follows", () -> streams(b));
      assertEquals("127.0.0.9", conninfo(a, "host"));
    }
  }

  /// The address of the primary is on the standby's own machine.
  @Test
  @Tag("S0-16")
  void anInstanceDoesNotReplicateFromItself() throws Exception {
    Server a = open(TestServers.DEBIAN).fresh("a", "127.0.0.2");
    Server b = servers().empty("b", "127.0.0.3");
    form(Map.of("primary_address", b.address()), a, b);
    begin(a, b);
    Path log = b.home().resolve("agent/postgres.log");
    await("it is refused", () -> says(log, "replication slot \"quorate_b\" does not exist"));
    assertEquals(b.address(), conninfo(b, "host"));
    assertEquals("0", servers().ask(b, "SELECT count(*) FROM pg_stat_replication"));
    assertEquals(1, itself(b));
    Path access = b.parameters().dataDirectory().resolve("pg_hba.conf");
    Files.writeString(
        access, "host replication all 127.0.0.3/32 reject\n" + Files.readString(access));
    assertEquals(0, itself(b));
  }

  private long itself(Server server) {
    return cluster().instance(server.node()).examine().stream()
        .filter(f -> f.subject().equals("pg_hba.conf"))
        .filter(f -> f.what().contains("keeps this server from streaming from itself"))
        .count();
  }

  private static boolean says(Path log, String words) {
    try {
      return Files.readString(log).contains(words);
    } catch (IOException e) {
      return false;
    }
  }

  /// The password is in a file of the standby's and in PostgreSQL's own tables; nowhere else.
  @Test
  @Tag("S1-32")
  void noOutputShowsThePasswordOfReplication() throws Exception {
    Server a = open(TestServers.DEBIAN).fresh("a", "127.0.0.2");
    Server b = servers().empty("b", "127.0.0.3");
    Files.writeString(
        a.parameters().dataDirectory().resolve("pg_hba.conf"),
        """
        local all postgres peer
        host all,replication replicator 127.0.0.0/8 scram-sha-256
        """);
    Path passwords = Files.writeString(b.home().resolve("pgpass"), "*:*:*:replicator:" + SECRET);
    Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
    servers().run("chown", "postgres", passwords.toString());
    a.instance().start(a.alone(), LONG);
    a.probe().promote(SHORT);
    await("promoted", () -> !a.probe().inRecovery(SHORT));
    servers()
        .ask(
            a,
            "CREATE ROLE replicator LOGIN REPLICATION PASSWORD '%s';".formatted(SECRET)
                + " GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO replicator");
    assertTrue(
        servers()
            .ask(a, "SELECT rolpassword FROM pg_authid WHERE rolname = 'replicator'")
            .startsWith("SCRAM-SHA-256"));
    a.instance().stop(LONG);
    assertEquals(
        List.of("replication_options must not hold a password: name a passfile instead"),
        PostgresParameters.problems(
            new TreeMap<>(Map.of("replication_options", "password=" + SECRET))));
    form(
        Map.of("replication_user", "replicator", "replication_options", "passfile=" + passwords),
        a,
        b);
    begin(a, b);
    await("b follows", () -> streams(a));
    String shown =
        servers().ask(b, "SELECT string_agg(name || setting, ' ') FROM pg_settings")
            + servers().ask(b, "SELECT * FROM pg_stat_wal_receiver")
            + Files.readString(b.parameters().dataDirectory().resolve(ManagedConfig.FILE))
            + cluster().replication()
            + cluster().instance(b.node()).examine()
            + monitor(b);
    assertTrue(shown.contains("replicator"));
    assertFalse(shown.contains(SECRET));
  }

  /// Who comes back follows, even where its node is the better one.
  @Test
  @Tag("S4-31")
  void whoComesBackDoesNotTakeTheRoleBack() throws Exception {
    pair();
    Server a = member(0);
    Server b = member(1);
    cluster().instance(a.node()).close();
    a.instance().stopAtOnce();
    cluster().boot(a.node(), "boot2", 2);
    assertEquals(b.node(), cluster().elect(new TreeMap<>(Map.of(a.node(), 100, b.node(), 0))));
    cluster().succeed(OperationKind.PROMOTE, b.node());
    cluster().succeed(OperationKind.START, a.node());
    await("a follows", () -> streams(b));
    assertTrue(cluster().primacy().heldBy(b.node(), "boot1"));
    assertEquals(List.of(), cluster().planned());
    servers().ask(b, "CREATE TABLE t (id int)");
  }

  /// A second program under a standby's name could answer for it.
  @Test
  @Tag("S0-15")
  void aStandbyStreamsUnderItsNodesNameAndNobodyElseDoes() throws Exception {
    pair();
    Server a = member(0);
    assertEquals("b", conninfo(member(1), "application_name"));
    assertEquals(List.of(), twice(a));
    Process impostor =
        new ProcessBuilder(
                TestServers.DEBIAN.resolve("pg_receivewal").toString(),
                "--no-loop",
                "--directory=" + Files.createDirectory(home.resolve("wal")),
                "--dbname=host=127.0.0.2 port=%d user=postgres application_name=b"
                    .formatted(servers().port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      await("it to be found", () -> twice(a).equals(List.of("2 connections stream as 'b', so")));
      await("that commits wait for neither", () -> names(a).isEmpty());
    } finally {
      impostor.destroy();
    }
    await("commits to wait for b again", () -> names(a).equals("ANY 1 (\"b\")"));
  }

  private List<String> twice(Server server) {
    return cluster().instance(server.node()).examine().stream()
        .filter(f -> f.subject().equals("application_name"))
        .map(f -> f.what().replaceFirst("so commits wait for none of them", "so"))
        .toList();
  }

  private Server member(int index) {
    return servers().all().get(index);
  }

  private String names(Server server) {
    return servers().ask(server, "SHOW synchronous_standby_names");
  }

  private String conninfo(Server server, String word) {
    return Stream.of(servers().ask(server, "SHOW primary_conninfo").split(" ", -1))
        .filter(w -> w.startsWith(word + "="))
        .map(w -> w.substring(word.length() + 1))
        .findFirst()
        .orElse("");
  }

  private static boolean streams(Server primary) {
    return primary.probe().facts(SHORT).standbys().stream()
        .anyMatch(s -> s.streaming() && !s.name().startsWith("quorate:")); // a copy streams, too
  }
}
