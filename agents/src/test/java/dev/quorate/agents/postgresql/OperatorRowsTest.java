package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A primary `a` and its standby `b`: what an operator can do about them, and see of them.
@Tag("slow")
class OperatorRowsTest {
  @TempDir private Path home;
  private @Nullable TestServers opened;
  private @Nullable TinyCluster running;

  private TestServers servers() {
    return Objects.requireNonNull(opened);
  }

  private TinyCluster cluster() {
    return Objects.requireNonNull(running);
  }

  private TestServers open(Path programs) throws IOException {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    opened = new TestServers(programs);
    return opened;
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

  private void form(Server... members) {
    running = new TinyCluster(List.of(members));
  }

  private void start(Server server) {
    cluster().succeed(OperationKind.START, server.node());
  }

  private void promote(Server server) {
    assertEquals(server.node(), cluster().elect(cluster().alike()));
    cluster().succeed(OperationKind.PROMOTE, server.node());
  }

  private static boolean streams(Server primary) {
    return primary.probe().facts(SHORT).standbys().stream()
        .anyMatch(s -> s.streaming() && !s.name().startsWith("quorate:")); // a copy streams, too
  }

  @Test
  @Tag("S2+09")
  void aLostMemberIsBroughtBackByOneOrderThatSaysHowFarItIs() throws Exception {
    Server a = open(TestServers.slowCopies(home)).fresh("a", "127.0.0.2");
    Server b = servers().empty("b", "127.0.0.3");
    form(a, b);
    start(a);
    start(b);
    promote(a);
    await("b follows", Duration.ofMinutes(1), () -> streams(a));
    servers().ask(a, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id");
    Object before = inode(b);

    cluster().order(b.node(), new MemberOrder(MemberOrder.Kind.COPY, "1"));
    Set<String> said = new TreeSet<>();
    await(
        "the order to be carried out",
        Duration.ofMinutes(1),
        () -> {
          said.add(cluster().instance(b.node()).run(OperationKind.MONITOR, SHORT).reason());
          return cluster().order(b.node()).isEmpty();
        });
    List<String> shares = said.stream().filter(s -> s.contains(" MB copied")).toList();
    assertTrue(shares.size() > 1, said::toString);
    assertTrue(streams(a));
    assertTrue(!before.equals(inode(b)), "another directory");
    await("b has it", () -> servers().sql(b, "SELECT FROM t").ok());
    assertEquals("1000", servers().ask(b, "SELECT count(*) FROM t"));
  }

  private static Object inode(Server server) throws IOException {
    return Files.getAttribute(server.parameters().dataDirectory(), "unix:ino");
  }

  /// The first member has the database; the others are made by one command each, which can be given
  /// again and again.
  @Test
  @Tag("S4-11")
  @Tag("S4-12")
  void primaryCascadeAndDownstreamAreSetUpInTheirOrder() throws Exception {
    Server a = open(TestServers.DEBIAN).fresh("a", "127.0.0.2");
    Server b = servers().empty("b", "127.0.0.3");
    Server c = servers().empty("c", "127.0.0.4");
    running = new TinyCluster(List.of(a, b, c), new TreeMap<>(Map.of("upstream", "c:b")));
    List.of(a, b, c).forEach(this::start);
    promote(a);
    await("b follows a", Duration.ofMinutes(1), () -> streams(a));
    await("c follows b", Duration.ofMinutes(2), () -> streams(b));
    assertEquals(
        "b", servers().ask(a, "SELECT string_agg(application_name, ' ') FROM pg_stat_replication"));
    assertEquals("c", servers().ask(b, "SELECT application_name FROM pg_stat_replication"));
    servers().ask(a, "CREATE TABLE t (id int)");
    await("c has it", () -> servers().sql(c, "SELECT FROM t").ok());

    List<Object> directories = List.of(inode(a), inode(b), inode(c));
    List<Long> postmasters = List.of(postmaster(b), postmaster(c));
    for (Server server : List.of(b, c)) {
      OperationResult again = cluster().instance(server.node()).run(OperationKind.START, SHORT);
      assertEquals(OperationResult.Status.SUCCEEDED, again.status(), again::reason);
    }
    assertEquals(directories, List.of(inode(a), inode(b), inode(c)), "nothing was copied again");
    assertEquals(postmasters, List.of(postmaster(b), postmaster(c)), "nothing was restarted");
  }

  @Test
  @Tag("S2-11")
  void aNewDatabaseIsMadeWithTheOptionsThatWereAskedFor() throws Exception {
    Server a = open(TestServers.DEBIAN).empty("a", "127.0.0.2");
    Server b = servers().empty("b", "127.0.0.3");
    Map<String, String> options =
        Map.of("initdb", "--auth=trust --encoding=UTF8 --locale=C --data-checksums --no-sync");
    running = new TinyCluster(List.of(a, b), new TreeMap<>(options));
    List.of(a, b).forEach(this::start);
    cluster().order(a.node(), new MemberOrder(MemberOrder.Kind.INIT, "1"));
    await("a database", () -> a.instance().hasData());
    promote(a);
    await("the order to be carried out", () -> cluster().order(a.node()).isEmpty());
    assertEquals(
        "UTF8 C C on",
        servers()
            .ask(
                a,
                "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate || ' ' || datctype || '"
                    + " ' || current_setting('data_checksums') FROM pg_database WHERE datname ="
                    + " 'postgres'"));
    String access = Files.readString(a.parameters().dataDirectory().resolve("pg_hba.conf"));
    assertTrue(
        access.contains("local   all             all                                     trust"),
        access);
    assertTrue(access.contains("host all,replication postgres 127.0.0.3/32 trust"), access);
    await("b copies it", Duration.ofMinutes(1), () -> streams(a));

    servers().ask(a, "CREATE TABLE t (id int)");
    cluster().order(a.node(), new MemberOrder(MemberOrder.Kind.INIT, "2"));
    await("the second order to be put aside", () -> cluster().order(a.node()).isEmpty());
    assertEquals("0", servers().ask(a, "SELECT count(*) FROM t"), "what there is stays");
    for (String bad : List.of("-D /x", "--pgdata=/x", "-W")) {
      assertEquals(
          1, PostgresParameters.problems(new TreeMap<>(Map.of("initdb", bad))).size(), bad);
    }
  }

  /// All disks have less than 100 % free, and none has less than 0 %.
  @Test
  @Tag("S2+15")
  void theSpaceOnDisksIsPartOfTheNodesHealth() throws Exception {
    Server a = open(TestServers.DEBIAN).fresh("a", "127.0.0.2");
    for (String[] row :
        new String[][] {{"0%:0%", ""}, {"100%:0%", "yellow"}, {"100%:100%", "red"}}) {
      try (TinyCluster one =
          new TinyCluster(List.of(a), new TreeMap<>(Map.of("disk-space", row[0])))) {
        one.succeed(OperationKind.START, a.node());
        one.succeed(OperationKind.MONITOR, a.node());
        assertEquals(row[1], one.attribute(a.node(), "#health-disk-pg"), row[0]);
        String detail = one.attribute(a.node(), "disk-pg");
        assertTrue(row[1].isEmpty() ? detail.isEmpty() : detail.contains(" GiB free at "), detail);
        one.succeed(OperationKind.STOP, a.node());
      }
    }
    for (String bad : List.of("10", "3%:10%", "101%:3%", "10%", "x%:y%", "")) {
      assertEquals(
          List.of(
              "disk-space '%s' is not YELLOW:RED in percent: write it as 10%%:3%%".formatted(bad)),
          PostgresParameters.problems(new TreeMap<>(Map.of("disk-space", bad))));
    }
  }

  private static long postmaster(Server server) {
    return server.instance().postmaster().orElseThrow();
  }

  /// Where the server writes itself, and where it has a collector that does.
  @Test
  @Tag("S1-36")
  void whatItWroteWhenItStoppedAndStartedCanBeRead() throws Exception {
    Server a = open(TestServers.DEBIAN).fresh("a", "127.0.0.2");
    form(a);
    start(a);
    promote(a);
    cluster().succeed(OperationKind.STOP, a.node());
    assertTrue(says(a, "database system is shut down"), () -> log(a).toString());
    start(a);
    assertTrue(says(a, "database system was shut down"), () -> log(a).toString());
    await("ready", () -> says(a, "database system is ready to accept"));
    assertEquals(2, cluster().instance(a.node()).lastWords(2).size());

    cluster().succeed(OperationKind.STOP, a.node());
    Files.writeString(
        a.parameters().dataDirectory().resolve("postgresql.conf"),
        "logging_collector = on\n",
        StandardOpenOption.APPEND);
    start(a);
    await("ready, by way of the collector", () -> collected(a) && says(a, "is ready to accept"));
    assertTrue(log(a).size() > 5, "with what was before it");
  }

  private static boolean collected(Server server) {
    return Files.exists(server.parameters().dataDirectory().resolve("current_logfiles"));
  }

  private boolean says(Server server, String words) {
    return log(server).stream().anyMatch(l -> l.contains(words));
  }

  private List<String> log(Server server) {
    return cluster().instance(server.node()).lastWords(50);
  }
}
