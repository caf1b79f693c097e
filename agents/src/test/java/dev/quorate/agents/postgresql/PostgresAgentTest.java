package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static dev.quorate.agents.postgresql.TestServers.millis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.ResourceAgent;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The whole agent on real servers under the real state machine.
@Tag("slow")
class PostgresAgentTest {
  @Test
  void isFoundUnderPafsNamesAndRefusesWhatItDoesNotKnow() {
    ResourceAgent agent = ServiceLoader.load(ResourceAgent.class).findFirst().orElseThrow();
    assertTrue(
        agent.metadata().names().stream()
            .anyMatch(n -> n.toString().equals("ocf:heartbeat:pgsqlms")));
    SortedMap<String, String> text = new TreeMap<>();
    text.put("pgdata", "relative");
    text.put("pgport", "0");
    text.put("colour", "blue");
    text.put("replication_options", "password=secret");
    List<String> problems = agent.problems(text);
    assertEquals(4, problems.size(), problems::toString);
    assertTrue(problems.stream().noneMatch(p -> p.contains("secret")));
    assertEquals(List.of(), agent.problems(new TreeMap<>()));
  }

  @Test
  @Tag("S1-29")
  @Tag("S2+08")
  @Tag("S2+12")
  @Tag("S2+13")
  @Tag("S3-43")
  void aClusterOfThreeLivesThroughEverything() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      Server c = servers.empty("c", "127.0.0.4");
      try (TinyCluster cluster = new TinyCluster(List.of(a, b, c))) {
        new Story(servers, cluster, a, b, c).tell();
      }
    }
  }

  private record Story(TestServers servers, TinyCluster cluster, Server a, Server b, Server c) {
    private static final Map<NodeId, Integer> SCORES = scores();

    private static Map<NodeId, Integer> scores() {
      Map<NodeId, Integer> scores = new TreeMap<>();
      List.of("a", "b", "c").forEach(n -> scores.put(new NodeId(n), 0));
      return scores;
    }

    void tell() {
      begin();
      crashInPlace();
      switchOver();
      loseANode();
      copyByOrder();
      emergency();
    }

    private void measured(String what, long millis) {
      System.out.println("measured " + what + ": " + millis + " ms");
    }

    private void begin() {
      List.of(a, b, c).forEach(s -> cluster.succeed(OperationKind.START, s.node()));
      assertEquals(a.node(), cluster.elect(SCORES));
      measured("promote", millis(() -> cluster.succeed(OperationKind.PROMOTE, a.node())));
      servers.ask(a, "CREATE TABLE t (id int)");
      measured("two copies streaming", millis(() -> await("streaming", () -> streaming(a) == 2)));
      await(
          "sync",
          () ->
              cluster.primacy().promise().members().size() == 2
                  && cluster.primacy().promise().required() == 1);
      await(
          "the names to follow the promise",
          () -> servers.ask(a, "SHOW synchronous_standby_names").equals("ANY 1 (\"b\", \"c\")"));
      insert(a);
      for (Server s : List.of(b, c)) {
        OperationResult result = cluster.instance(s.node()).run(OperationKind.MONITOR, SHORT);
        assertEquals(Role.UNPROMOTED, result.observed(), result::reason);
        await(
            "slots", () -> servers.ask(s, "SELECT count(*) FROM pg_replication_slots").equals("2"));
      }
    }

    private void crashInPlace() {
      int alarms = cluster.alarms(a.node());
      long pid = a.instance().postmaster().orElseThrow();
      long gap =
          millis(() -> {
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await("noticed", () -> cluster.alarms(a.node()) > alarms);
            assertEquals(new TreeSet<>(), a.instance().processes());
            cluster.succeed(OperationKind.MONITOR, a.node());
            cluster.succeed(OperationKind.START, a.node());
            cluster.succeed(OperationKind.PROMOTE, a.node());
            insert(a);
          });
      measured("crash in place, until the next synchronous write", gap);
      await("streaming", () -> streaming(a) == 2);
    }

    private void switchOver() {
      long rows = rows(a);
      cluster.accepted(new ClusterCommand.RequestSwitchover(TinyCluster.PG, "b", "test"));
      long gap =
          millis(() -> {
            measured("demote", millis(() -> cluster.succeed(OperationKind.DEMOTE, a.node())));
            measured("election", millis(() -> assertEquals(b.node(), cluster.elect(SCORES))));
            measured("promote", millis(() -> cluster.succeed(OperationKind.PROMOTE, b.node())));
            insert(b);
          });
      measured("switchover, until the next synchronous write", gap);
      await("both follow", () -> streaming(b) == 2);
      assertEquals(rows + 1, rows(b));
      await(
          "promised",
          () -> cluster.primacy().promise().members().equals(List.of(a.node(), c.node())));
    }

    /// The node of b dies; its PostgreSQL has written what nobody else has.
    private void loseANode() {
      cluster.instance(b.node()).close();
      long rows = rows(b);
      for (String sender : servers.ask(b, "SELECT pid FROM pg_stat_replication").split("\n", -1)) {
        servers.run("kill", "-STOP", sender);
      }
      servers.ask(
          b,
          "SET synchronous_commit = local; INSERT INTO t SELECT 1 FROM generate_series(1, 1000)");
      b.instance().stopAtOnce();
      long gap =
          millis(() -> {
            cluster.boot(b.node(), "boot2", 2);
            NodeId winner = cluster.elect(SCORES);
            cluster.succeed(OperationKind.PROMOTE, winner);
            insert(winner.equals(a.node()) ? a : c);
          });
      measured("node loss without its detection, until the next synchronous write", gap);
      Server primary = cluster.primacy().heldBy(a.node(), "boot1") ? a : c;
      assertTrue(rows(primary) >= rows + 1);
      cluster.succeed(OperationKind.START, b.node());
      measured(
          "the lost node streams again",
          millis(() -> await("back", () -> streaming(primary) == 2)));
      await("rewound", () -> b.probe().facts(SHORT).streaming() && rows(b) == rows + 1);
      assertEquals(rows + 1, rows(primary));
    }

    /// An operator has a good standby copied anew; the order counts once.
    private void copyByOrder() {
      Server primary = cluster.primacy().heldBy(a.node(), "boot1") ? a : c;
      Server standby = primary.equals(a) ? c : a;
      String before = inode(standby);
      cluster.order(standby.node(), new MemberOrder(MemberOrder.Kind.COPY, "1"));
      await("another directory", () -> !inode(standby).equals(before));
      await("it streams again", () -> streaming(primary) == 2);
      String after = inode(standby);
      insert(primary);
      await("it has everything", () -> rows(standby) == rows(primary));
      assertEquals(after, inode(standby), "an order that was carried out is not repeated");
      await("the order to be taken back", () -> cluster.order(standby.node()).isEmpty());
      long postmaster = standby.instance().postmaster().orElseThrow();
      cluster.order(standby.node(), new MemberOrder(MemberOrder.Kind.RESTART, "2"));
      await("it restarts and streams", () -> cluster.order(standby.node()).isEmpty());
      assertTrue(standby.instance().postmaster().orElseThrow() != postmaster);
      assertEquals(2, streaming(primary));
      long untouched = primary.instance().postmaster().orElseThrow();
      cluster.order(primary.node(), new MemberOrder(MemberOrder.Kind.RESTART, "3"));
      cluster.order(standby.node(), new MemberOrder(MemberOrder.Kind.RELOAD, "4"));
      await("it reloads", () -> cluster.order(standby.node()).isEmpty());
      assertEquals(untouched, primary.instance().postmaster().orElseThrow());
    }

    private static String inode(Server server) {
      try {
        return Files.exists(server.parameters().dataDirectory())
            ? Files.getAttribute(server.parameters().dataDirectory(), "unix:ino").toString()
            : "";
      } catch (IOException e) {
        return "";
      }
    }

    private void emergency() {
      Server primary = cluster.primacy().heldBy(a.node(), "boot1") ? a : c;
      long stop =
          millis(() ->
              assertEquals(
                  OperationResult.Status.SUCCEEDED,
                  cluster.instance(primary.node()).emergencyStop(Duration.ofSeconds(5)).status()));
      measured("emergency stop", stop);
      assertEquals(new TreeSet<>(), primary.instance().processes());
    }

    private long streaming(Server primary) {
      return primary.probe().facts(SHORT).standbys().stream().filter(s -> s.streaming()).count();
    }

    private void insert(Server primary) {
      servers.ask(primary, "INSERT INTO t VALUES (1)");
    }

    private long rows(Server server) {
      return Long.parseLong(servers.ask(server, "SELECT count(*) FROM t"));
    }
  }
}
