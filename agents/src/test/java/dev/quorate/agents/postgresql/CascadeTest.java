package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.agents.core.postgresql.replication.Replication.Branch;
import dev.quorate.agents.core.postgresql.replication.Replication.Lag;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.OperationKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A primary a, a standby b, and c that streams from b; d keeps a copy with a delay.
@Tag("slow")
class CascadeTest {
  @Test
  @Tag("S0-49")
  @Tag("S4-08")
  @Tag("S4-10")
  @Tag("S4-13")
  @Tag("S4-14")
  @Tag("S4-15")
  @Tag("S4-16")
  @Tag("S4-19")
  @Tag("S4-20")
  @Tag("S4-21")
  @Tag("S4-38")
  @Tag("S4-39")
  void aCascadeFollowsItsUpstreamAndThePrimaryWithoutIt() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    SortedMap<String, String> topology = new TreeMap<>();
    topology.put("upstream", "c:b");
    topology.put("delay", "d:1h");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      Server c = servers.empty("c", "127.0.0.4");
      Server d = servers.empty("d", "127.0.0.5");
      try (TinyCluster cluster = new TinyCluster(List.of(a, b, c, d), topology)) {
        new Story(servers, cluster, a, b, c, d).tell();
      }
    }
  }

  private record Story(
      TestServers servers, TinyCluster cluster, Server a, Server b, Server c, Server d) {
    void tell() {
      begin();
      loseTheDownstream();
      long postmaster = c.instance().postmaster().orElseThrow();
      loseTheUpstream();
      theUpstreamReturns();
      promoteTheUpstream();
      assertEquals(postmaster, c.instance().postmaster().orElseThrow(), "c was never restarted");
    }

    private void begin() {
      cluster.found(a);
      servers.ask(a, "CREATE TABLE t (id int)");
      // Who finds its upstream absent follows the primary for half a minute.
      await("a tree", Duration.ofMinutes(1), () -> tree().equals("a(b(c()),d())"));
      await("only children are waited for", () -> names(a).equals("ANY 1 (\"b\")"));
      assertEquals("1h", servers.ask(d, "SHOW recovery_min_apply_delay"));
      servers.ask(a, "INSERT INTO t VALUES (1)");
      await("no lag", () -> lag(c).equals(Optional.of(new Lag(0, 0, Duration.ZERO))));
    }

    /// The downstream dies: nothing is to be done about anybody else, and nobody waits for it.
    private void loseTheDownstream() {
      cluster.perform(OperationKind.STOP, c.node());
      servers.ask(a, "INSERT INTO t VALUES (4)");
      assertEquals("ANY 1 (\"b\")", names(a));
      List<String> elsewhere =
          cluster.planned().stream()
              .filter(p -> !p.node().equals(c.node()))
              .map(Action::key)
              .toList();
      assertEquals(List.of(), elsewhere);
      cluster.succeed(OperationKind.START, c.node());
      await("c follows b as before", () -> tree().equals("a(b(c()),d())"));
    }

    /// The upstream stops: its downstream follows the primary by a reload, and commits wait for it.
    private void loseTheUpstream() {
      cluster.succeed(OperationKind.STOP, b.node());
      await("c follows a", () -> tree().equals("a(c(),d())"));
      await("c is synchronous", () -> names(a).equals("ANY 1 (\"c\")"));
      servers.ask(a, "INSERT INTO t VALUES (2)");
    }

    private void theUpstreamReturns() {
      cluster.succeed(OperationKind.START, b.node());
      await("c follows b again", () -> tree().equals("a(b(c()),d())"));
      await("b is synchronous", () -> names(a).equals("ANY 1 (\"b\")"));
      servers.ask(a, "INSERT INTO t VALUES (3)");
    }

    /// Its downstream crosses to the new timeline as it is, and becomes synchronous.
    private void promoteTheUpstream() {
      cluster.accepted(new ClusterCommand.RequestSwitchover(TinyCluster.PG, "b", "test"));
      cluster.succeed(OperationKind.DEMOTE, a.node());
      assertEquals(b.node(), cluster.elect(cluster.alike()));
      cluster.succeed(OperationKind.PROMOTE, b.node());
      // Who replays with a delay asks for more only once it has replayed what it has.
      await("all follow b", () -> tree().replace(",d()", "").startsWith("b(a(),c())"));
      await("a and c are synchronous", () -> names(b).equals("ANY 1 (\"a\", \"c\")"));
      servers.ask(b, "INSERT INTO t VALUES (5)");
      await(
          "c has crossed the timeline",
          () -> c.probe().facts(SHORT).figures().timeline() == 3 && rows(c).equals("5"));
    }

    private String rows(Server server) {
      return servers.ask(server, "SELECT count(*) FROM t");
    }

    private String names(Server primary) {
      return servers.ask(primary, "SHOW synchronous_standby_names");
    }

    private Optional<Lag> lag(Server server) {
      return Optional.ofNullable(cluster.replication().members().get(server.node()))
          .flatMap(Replication.Member::lag);
    }

    /// Whoever looks at any moment, the server say, finds one upstream, and all of the settings.
    private static void assertChangedAtOnce(Server server) {
      Path file = server.parameters().dataDirectory().resolve(ManagedConfig.FILE);
      try {
        List<String> lines = Files.readAllLines(file);
        assertEquals(
            1,
            lines.stream().filter(l -> l.startsWith("primary_conninfo = ")).count(),
            file::toString);
        assertTrue(lines.getLast().startsWith("port = "), () -> "half of it: " + lines);
      } catch (NoSuchFileException e) {
        System.out.println("not copied yet: " + e.getMessage());
      } catch (IOException e) {
        fail(e);
      }
    }

    /// Who streams from whom, as the upstreams see it.
    private String tree() {
      assertChangedAtOnce(c);
      return String.join(" ", cluster.replication().trees().stream().map(Story::text).toList());
    }

    private static String text(Branch branch) {
      return branch.node()
          + "("
          + String.join(
              ",",
              branch.children().stream()
                  .filter(
                      child -> child.link().filter(l -> l.state().equals("streaming")).isPresent())
                  .map(Story::text)
                  .toList())
          + ")";
    }
  }
}
