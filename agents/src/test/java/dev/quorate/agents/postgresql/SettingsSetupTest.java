package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.Setup;
import dev.quorate.agents.Setup.Amendment;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.resource.OperationKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What `pg setup` writes on a real server, which begins with fsync off and too few slots, and has
/// its addresses from the command line.
@Tag("slow")
class SettingsSetupTest {
  private TestServers servers;
  private Server a;
  private Server b;
  private TinyCluster cluster;

  @BeforeEach
  void aServerWithPoorSettings() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    servers = new TestServers();
    a = servers.fresh("a", "127.0.0.2");
    b = servers.empty("b", "127.0.0.3");
    append(main(), "max_replication_slots = 1\n");
    cluster = new TinyCluster(List.of(a, b));
    cluster.succeed(OperationKind.START, a.node());
  }

  @AfterEach
  void close() throws Exception {
    if (servers != null) {
      cluster.close();
      servers.close();
    }
  }

  private static Path data(Server server) {
    return server.parameters().dataDirectory();
  }

  private Path main() {
    return data(a).resolve("postgresql.conf");
  }

  private static Path managed(Server server) {
    return data(server).resolve(ManagedConfig.FILE);
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  private Setup setUp(Server server, boolean write) {
    return cluster.instance(server.node()).setUp(write);
  }

  private static Optional<Amendment> of(Setup setup, String name) {
    return setup.amendments().stream().filter(s -> s.name().equals(name)).findFirst();
  }

  private static Amendment the(Setup setup, String name) {
    return of(setup, name).orElseThrow(() -> new AssertionError(name + " in " + setup));
  }

  private void restart(Server server) {
    cluster.succeed(OperationKind.STOP, server.node());
    cluster.succeed(OperationKind.START, server.node());
  }

  @Test
  @Tag("S2-12")
  void whatIsMissingIsShownThenWrittenAndNeverTwice() throws Exception {
    String mine = Files.readString(main());
    String before = Files.readString(managed(a));
    Setup shown = setUp(a, false);
    assertEquals(managed(a).toString(), shown.file());
    assertEquals("", shown.problem());
    assertFalse(the(shown, "fsync").written());
    assertTrue(the(shown, "max_replication_slots").restart());
    assertEquals(before, Files.readString(managed(a)), "nothing was written");

    Setup left = setUp(a, true);
    assertEquals(Optional.empty(), of(left, "fsync"));
    assertEquals("on", servers.ask(a, "SHOW fsync"));
    assertTrue(the(left, "max_replication_slots").waits());
    assertEquals("the command line", the(left, "listen_addresses").place());
    assertEquals(mine, Files.readString(main()), "the administrator's file is as it was");
    assertTrue(Files.readString(managed(a)).startsWith(before));
    assertFalse(left.writes());

    var written = Files.getLastModifiedTime(managed(a));
    assertEquals(left, setUp(a, true));
    assertEquals(written, Files.getLastModifiedTime(managed(a)), "nothing was to be done");

    restart(a);
    assertEquals("3", servers.ask(a, "SHOW max_replication_slots"));
    assertEquals(
        List.of("listen_addresses"),
        setUp(a, false).amendments().stream().map(Amendment::name).toList());
    takeOut(a, "fsync");
    restart(a);
    assertEquals("off", servers.ask(a, "SHOW fsync"), "what is taken out stays out");
  }

  @Test
  void whatCountsMoreThanTheFileIsNamed() throws Exception {
    servers.ask(a, "ALTER SYSTEM SET fsync = off");
    Setup left = setUp(a, true);
    assertEquals(data(a).resolve("postgresql.auto.conf") + ":3", the(left, "fsync").place());
    assertEquals("off", servers.ask(a, "SHOW fsync"));
    servers.ask(a, "ALTER SYSTEM RESET fsync");
    servers.ask(a, "SELECT pg_reload_conf()");
    await("in force", () -> servers.ask(a, "SHOW fsync").equals("on"));
    assertEquals(Optional.empty(), of(setUp(a, false), "fsync"));

    append(main(), "fsync = off\n");
    servers.ask(a, "SELECT pg_reload_conf()");
    await("overruled", () -> servers.ask(a, "SHOW fsync").equals("off"));
    long line = Files.readAllLines(main()).size();
    assertEquals(main() + ":" + line, the(setUp(a, true), "fsync").place());
  }

  @Test
  void whatSomebodyWroteIntoTheFileIsNotLost() throws Exception {
    append(managed(a), "work_mem = 64MB\n");
    String edited = Files.readString(managed(a));
    Setup refused = setUp(a, true);
    assertTrue(refused.problem().contains("work_mem = 64MB"), refused::problem);
    assertTrue(refused.problem().contains(managed(a).toString()), refused::problem);
    assertTrue(refused.remedy().contains(main().toString()), refused::remedy);
    assertEquals(edited, Files.readString(managed(a)));
    Files.writeString(managed(a), edited.replace("work_mem = 64MB\n", ""));
    assertEquals("", setUp(a, true).problem());
  }

  @Test
  void aFileThatCannotBeWrittenIsNamedAndNothingIsHalfDone() throws Exception {
    Path obstacle = data(a).resolve("quorate.conf.new");
    Files.createDirectory(obstacle);
    Setup refused = setUp(a, true);
    assertTrue(refused.problem().contains(obstacle.toString()), refused::problem);
    assertEquals("off", servers.ask(a, "SHOW fsync"));
    assertFalse(the(setUp(a, false), "fsync").written());
    Files.delete(obstacle);
    Files.move(main(), data(a).resolve("elsewhere"));
    assertTrue(setUp(a, true).problem().contains("there is no " + main()));
    Files.move(data(a).resolve("elsewhere"), main());
    assertEquals(Optional.empty(), of(setUp(a, true), "fsync"));
  }

  @Test
  void whatTheServerCannotReadIsNotInForce() throws Exception {
    append(main(), "what = 'ever\n");
    Amendment left = the(setUp(a, true), "fsync");
    assertTrue(left.written());
    assertFalse(left.restart());
    assertEquals("off", servers.ask(a, "SHOW fsync"));
  }

  @Test
  void whereNothingRunsNothingIsJudged() {
    assertTrue(setUp(b, true).bare());
    cluster.succeed(OperationKind.STOP, a.node());
    assertTrue(setUp(a, true).problem().contains("does not run"));
    assertFalse(setUp(a, true).bare());
  }

  @Test
  void aCopyHasWhatItsPrimaryHasAndAMemberKeepsItsOwn() throws Exception {
    setUp(a, true);
    restart(a);
    cluster.succeed(OperationKind.START, b.node());
    cluster.elect(new TreeMap<>(Map.of(a.node(), 0, b.node(), 0)));
    cluster.succeed(OperationKind.PROMOTE, a.node());
    await("b follows", Duration.ofMinutes(1), () -> streams(a));
    assertEquals("on", servers.ask(b, "SHOW fsync"));
    takeOut(b, "fsync");
    cluster.order(b.node(), new MemberOrder(MemberOrder.Kind.COPY, "1"));
    await("b is copied anew", Duration.ofMinutes(1), () -> cluster.order(b.node()).isEmpty());
    assertEquals("off", servers.ask(b, "SHOW fsync"));
    assertEquals("3", servers.ask(b, "SHOW max_replication_slots"));
  }

  private static void takeOut(Server server, String name) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(managed(server)));
    lines.removeIf(l -> l.startsWith(name));
    Files.write(managed(server), lines);
  }

  private static boolean streams(Server primary) {
    return primary.probe().facts(SHORT).standbys().stream()
        .anyMatch(s -> s.streaming() && !s.name().startsWith("quorate:"));
  }
}
