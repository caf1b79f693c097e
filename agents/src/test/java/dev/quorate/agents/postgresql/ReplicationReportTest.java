package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.PostgresFigures;
import dev.quorate.agents.core.postgresql.replication.InstanceReport;
import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.agents.core.postgresql.replication.Replication.Lag;
import dev.quorate.agents.postgresql.TestServers.Server;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What real instances say of themselves.
@Tag("slow")
class ReplicationReportTest {
  @Test
  @Tag("S1-40")
  @Tag("S4-09")
  void instancesSayWhatTheyAreAndNothingWhileIdle() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      try (TinyCluster cluster = new TinyCluster(List.of(a, b))) {
        cluster.found(a);
        servers.ask(a, "CREATE TABLE t (id int)");
        await(
            "a link",
            () -> link(cluster, a, b).filter(l -> l.state().equals("streaming")).isPresent());
        PostgresFigures.Link link = link(cluster, a, b).orElseThrow();
        assertEquals("127.0.0.1", link.client());
        assertEquals(
            servers.ask(a, "SELECT sync_state || ' ' || sync_priority FROM pg_stat_replication"),
            link.sync() + " " + link.priority());
        await(
            "a timeline",
            () -> report(cluster, b).filter(r -> r.figures().timeline() == 2).isPresent());
        assertEquals(2, report(cluster, a).orElseThrow().figures().timeline());
        assertEquals(Optional.of(a.node()), report(cluster, b).orElseThrow().upstream());
        lags(servers, cluster, a, b);
        idles(cluster);
      }
    }
  }

  /// A walreceiver that stands still falls behind in bytes and seconds.
  private static void lags(TestServers servers, TinyCluster cluster, Server a, Server b) {
    await("no lag", () -> lag(cluster, b).filter(l -> l.unreplayed() == 0).isPresent());
    servers.ask(b, "SELECT pg_wal_replay_pause()");
    servers.ask(a, "INSERT INTO t SELECT 1 FROM generate_series(1, 10000)");
    await(
        "lag",
        () ->
            lag(cluster, b)
                .filter(l -> l.unreplayed() > 500_000 && l.missing() == 0)
                .filter(l -> l.behind().compareTo(Duration.ofSeconds(1)) > 0)
                .isPresent());
    servers.ask(b, "SELECT pg_wal_replay_resume()");
    await("caught up", () -> lag(cluster, b).equals(Optional.of(new Lag(0, 0, Duration.ZERO))));
    assertTrue(report(cluster, b).orElseThrow().figures().lastCommitMillis() > 0);
  }

  /// Whatever still settles is over after some seconds; then nothing is said.
  private static void idles(TinyCluster cluster) {
    await(
        "silence",
        () -> {
          int before = cluster.publications();
          LockSupport.parkNanos(3_000_000_000L);
          return cluster.publications() == before;
        });
  }

  private static Optional<InstanceReport> report(TinyCluster cluster, Server server) {
    return Optional.ofNullable(cluster.replication().members().get(server.node()))
        .map(Replication.Member::report);
  }

  private static Optional<PostgresFigures.Link> link(
      TinyCluster cluster, Server upstream, Server standby) {
    return report(cluster, upstream).flatMap(r -> r.link(standby.node()));
  }

  private static Optional<Lag> lag(TinyCluster cluster, Server server) {
    return Optional.ofNullable(cluster.replication().members().get(server.node()))
        .flatMap(Replication.Member::lag);
  }
}
