package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.LONG;
import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.Finding;
import dev.quorate.agents.Setup;
import dev.quorate.agents.core.postgresql.ControlFile;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.agents.process.ProcessOutcome;
import dev.quorate.agents.process.ProcessRunner;
import dev.quorate.agents.process.ProgramCall;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The agent on every version of the server that it supports. The build fetches their server
/// programs, which are not all of PostgreSQL: the tools are Debian's of version 15.
@Tag("slow")
class VersionsTest {
  private static final Path FETCHED = Path.of("target", "postgresql");
  private static final List<String> TOOLS =
      List.of("psql", "pg_waldump", "pg_basebackup", "pg_rewind");
  private static final ProcessRunner RUNNER = new ProcessRunner();

  /// The server programs of a version with the tools beside them, where the owner of the data can
  /// read them.
  record Programs(Path root) implements AutoCloseable {
    static Programs of(int major) throws IOException {
      Path root = Files.createTempDirectory(Path.of("/tmp"), "quorate-postgresql-");
      run("chmod", "755", root.toString());
      Path archive = root.resolve("programs.txz");
      try (ZipFile jar = new ZipFile(fetched(major).toFile())) {
        ZipEntry entry =
            jar.stream().filter(e -> e.getName().endsWith(".txz")).findFirst().orElseThrow();
        Files.copy(jar.getInputStream(entry), archive);
      }
      run("tar", "-xJf", archive.toString(), "-C", root.toString());
      for (String tool : TOOLS) {
        Path target = root.resolve("bin").resolve(tool);
        if (Files.notExists(target)) {
          Files.createSymbolicLink(target, TestServers.DEBIAN.resolve(tool));
        }
      }
      return new Programs(root);
    }

    private static Path fetched(int major) throws IOException {
      try (Stream<Path> files = Files.list(FETCHED)) {
        return files
            .filter(f -> f.getFileName().toString().contains("-amd64-" + major + "."))
            .findFirst()
            .orElseThrow(
                () -> new AssertionError("PostgreSQL " + major + " was not fetched to " + FETCHED));
      }
    }

    Path bin() {
      return root.resolve("bin");
    }

    @Override
    public void close() {
      run("rm", "-r", root.toString());
    }
  }

  private static void run(String... command) {
    ProcessOutcome outcome = RUNNER.run(ProgramCall.of("", LONG, List.of(command)));
    assertTrue(outcome.ok(), outcome::problem);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 12, 13, 14, 16, 17, 18})
  @Tag("S2-07")
  void everyVersionIsPromotedFollowedAndSwitchedOver(int major) throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (Programs programs = Programs.of(major);
        TestServers servers = new TestServers(programs.bin())) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = copyOf(servers, a);
      try (TinyCluster cluster = new TinyCluster(List.of(a, b))) {
        cluster.succeed(OperationKind.START, a.node());
        cluster.succeed(OperationKind.START, b.node());
        assertEquals(major, a.instance().major());
        promote(cluster, a, Map.of(a.node(), 100, b.node(), 0));
        servers.ask(a, "CREATE TABLE t (id int)");
        await("b follows", () -> streams(a));
        servers.ask(a, "INSERT INTO t VALUES (1)");
        // What an agent found running must be able to vote as well.
        cluster.instance(b.node()).close();
        cluster.boot(b.node(), "boot1", 2);
        cluster.accepted(new ClusterCommand.RequestSwitchover(TinyCluster.PG, "b", "test"));
        cluster.succeed(OperationKind.DEMOTE, a.node());
        promote(cluster, b, Map.of(a.node(), 0, b.node(), 0));
        assertEquals("1", servers.ask(b, "SELECT count(*) FROM t"));
        servers.ask(b, "INSERT INTO t VALUES (2)");
        await("a follows", () -> streams(b));
        await("a has it", () -> servers.ask(a, "SELECT count(*) FROM t").equals("2"));
        theControlFileIsReadAsTheServerReadsIt(servers, a, b);
        // Before 13 PostgreSQL is told by a restart whom to follow: nothing of it may be a failure.
        OperationResult result = cluster.perform(OperationKind.MONITOR, a.node());
        assertEquals(Role.UNPROMOTED, result.observed(), result::reason);
        theDoctorIsHeard(servers, cluster, b);
      }
    }
  }

  /// It has a question for every version, and what it finds can be put right.
  private static void theDoctorIsHeard(TestServers servers, TinyCluster cluster, Server primary) {
    List<Finding> found = cluster.instance(primary.node()).examine();
    assertTrue(found.stream().anyMatch(f -> f.subject().equals("fsync")), found::toString);
    assertTrue(found.stream().noneMatch(f -> f.subject().equals("server")), found::toString);
    Setup left = cluster.instance(primary.node()).setUp(true);
    assertEquals("", left.problem());
    assertTrue(left.amendments().stream().noneMatch(a -> a.name().equals("fsync")), left::toString);
    assertEquals("on", servers.ask(primary, "SHOW fsync"));
  }

  static Server copyOf(TestServers servers, Server original) throws IOException {
    Server copy = servers.empty("b", "127.0.0.3");
    servers.run(
        "cp",
        "-a",
        original.parameters().dataDirectory().toString(),
        copy.parameters().dataDirectory().toString());
    return copy;
  }

  private static void promote(TinyCluster cluster, Server next, Map<NodeId, Integer> scores) {
    assertEquals(next.node(), cluster.elect(scores));
    cluster.succeed(OperationKind.PROMOTE, next.node());
  }

  private static boolean streams(Server primary) {
    return primary.probe().facts(SHORT).standbys().stream().anyMatch(s -> s.streaming());
  }

  private static void theControlFileIsReadAsTheServerReadsIt(
      TestServers servers, Server standby, Server primary) {
    servers.ask(primary, "CHECKPOINT");
    ControlFile control = primary.instance().control();
    assertEquals(ControlFile.State.IN_PRODUCTION, control.state());
    assertEquals(
        servers.ask(primary, "SELECT system_identifier FROM pg_control_system()"),
        control.identity());
    assertEquals(
        servers.ask(
            primary,
            "SELECT checkpoint_lsn || ' ' || redo_lsn || ' ' || timeline_id"
                + " FROM pg_control_checkpoint()"),
        control.checkpoint() + " " + control.redo() + " " + control.timeline().number());
    assertEquals(
        servers.ask(primary, "SHOW max_connections"),
        String.valueOf(control.limits().get("max_connections")));
    assertEquals(
        servers.ask(
            primary,
            "SELECT setting::bigint FROM pg_settings WHERE name = 'max_locks_per_transaction'"),
        String.valueOf(control.limits().get("max_locks_per_transaction")));
    assertEquals(16L << 20, control.segmentSize());
    assertTrue(control.walLogHints());
    assertEquals(servers.ask(primary, "SHOW data_checksums").equals("on"), control.dataChecksums());
    assertEquals(ControlFile.State.IN_ARCHIVE_RECOVERY, standby.instance().control().state());
    assertEquals(
        servers.ask(standby, "SELECT min_recovery_end_lsn FROM pg_control_recovery()"),
        standby.instance().control().minRecovery().toString());
  }

  @Test
  @Tag("S1-28")
  void anOlderVersionIsRecognisedAndRefused() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      try (TinyCluster cluster = new TinyCluster(List.of(a))) {
        Files.writeString(a.parameters().dataDirectory().resolve("PG_VERSION"), "9.6\n");
        refusesToStart(cluster, a, "PostgreSQL 9.6, and this agent runs 10 and later");
      }
    }
  }

  private static void refusesToStart(TinyCluster cluster, Server server, String words) {
    OperationResult result = cluster.instance(server.node()).run(OperationKind.START, SHORT);
    assertEquals(OperationResult.Status.FAILED, result.status());
    assertTrue(result.reason().contains(words), result::reason);
    assertEquals(new TreeSet<>(), server.instance().processes());
  }

  /// What it says of the archive counts; whom to follow says the cluster.
  @Test
  @Tag("S0-12")
  @Tag("S0-13")
  @Tag("S0-14")
  void aTemplateIsUsedBefore12() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (Programs programs = Programs.of(11);
        TestServers servers = new TestServers(programs.bin())) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = copyOf(servers, a);
      Path template = servers.root.resolve("recovery.conf.pcmk");
      String good =
          """
          standby_mode = on
          recovery_target_timeline = 'latest'
          primary_conninfo = 'host=pgsql-vip application_name=b'
          restore_command = 'test -z it''s-none'
          """;
      SortedMap<String, String> extra =
          new TreeMap<>(Map.of("recovery_template", template.toString()));
      try (TinyCluster cluster = new TinyCluster(List.of(a, b), extra)) {
        refusesToStart(cluster, a, template + " cannot be read");
        Files.writeString(template, good.replace("standby_mode = on", "#"));
        refusesToStart(cluster, a, "it does not say standby_mode = on");
        Files.writeString(template, good.replace("'latest'", "'3'"));
        refusesToStart(cluster, a, "it does not say recovery_target_timeline = 'latest'");
        Files.writeString(template, good);
        cluster.succeed(OperationKind.START, a.node());
        cluster.succeed(OperationKind.START, b.node());
        promote(cluster, a, Map.of(a.node(), 100, b.node(), 0));
        await("b follows", () -> streams(a));
        String made = Files.readString(b.parameters().dataDirectory().resolve("recovery.conf"));
        assertTrue(made.contains("restore_command = 'test -z it''s-none'"), made);
        assertTrue(made.contains("host=127.0.0.2 "), made);
        assertTrue(!made.contains("pgsql-vip"), made);
      }
    }
  }

  @Test
  @Tag("S0-12")
  @Tag("S0-14")
  void aTemplateIsRefusedFrom12OnIfItWouldNotBeHeard() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Path template = servers.root.resolve("recovery.conf.pcmk");
      SortedMap<String, String> extra =
          new TreeMap<>(Map.of("recovery_template", template.toString()));
      try (TinyCluster cluster = new TinyCluster(List.of(a), extra)) {
        Files.writeString(template, "standby_mode = on\nrestore_command = 'cp /a/%f %p'\n");
        refusesToStart(cluster, a, "says restore_command, and PostgreSQL 12 and later read no");
        Files.writeString(template, "standby_mode = on\nrecovery_target_timeline = '3'\n");
        refusesToStart(cluster, a, "says recovery_target_timeline");
        Files.writeString(template, "standby_mode = on\nprimary_conninfo = 'host=pgsql-vip'\n");
        cluster.succeed(OperationKind.START, a.node());
        assertTrue(
            cluster.instance(a.node()).examine().stream()
                .anyMatch(f -> f.what().contains("is not used: PostgreSQL 15 reads no")),
            "it is said");
      }
    }
  }

  @Test
  void aDamagedControlFileIsNamed() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Path file = a.parameters().dataDirectory().resolve("global/pg_control");
      byte[] whole = Files.readAllBytes(file);
      byte[] flipped = whole.clone();
      flipped[40] ^= 1;
      Files.write(file, flipped);
      refuses(a, "checksum of pg_control is wrong");
      byte[] strange = whole.clone();
      strange[8] = 99;
      Files.write(file, strange);
      refuses(a, "those of PostgreSQL 10 to 18 are known");
      Files.write(file, new byte[100]);
      refuses(a, "only 100 bytes");
      Files.write(file, whole);
      assertEquals(ControlFile.State.SHUT_DOWN, a.instance().control().state());
    }
  }

  private static void refuses(Server server, String words) {
    PostgresException refused =
        org.junit.jupiter.api.Assertions.assertThrows(
            PostgresException.class, () -> server.instance().control());
    assertTrue(String.valueOf(refused.getMessage()).contains(words), refused::getMessage);
  }
}
