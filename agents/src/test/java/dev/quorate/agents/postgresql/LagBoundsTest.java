package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.core.postgresql.LossRule;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.PromotionPolicy.Verdict;
import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.Durability;
import dev.quorate.resource.Election;
import dev.quorate.resource.NoCandidatePolicy;
import dev.quorate.resource.OperationKind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The primary dies with more than the standbys may lack.
@Tag("slow")
class LagBoundsTest {
  @Test
  @Tag("S3-27")
  @Tag("S3-51")
  @Tag("S3-52")
  @Tag("S3-53")
  void candidatesBeyondTheBoundAreRefusedUnlessTheBestWillDo() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      Server c = servers.empty("c", "127.0.0.4");
      try (TinyCluster cluster = new TinyCluster(List.of(a, b, c))) {
        Map<NodeId, Integer> scores = cluster.alike();
        cluster.meta(Durability.OPTION, "async");
        cluster.mayLose(rule(NoCandidatePolicy.BLOCK));
        cluster.found(a);
        servers.ask(a, "CREATE TABLE t (id int)");
        await(
            "both stream",
            () ->
                List.of("b", "c")
                    .equals(
                        a.probe().facts(SHORT).standbys().stream()
                            .filter(PostgresFacts.Standby::streaming)
                            .map(PostgresFacts.Standby::name)
                            .toList()));
        dieAhead(servers, cluster, a, List.of(b, c));

        cluster.open();
        await("a verdict", () -> !(cluster.verdict(scores) instanceof Verdict.Undecided));
        String reason = assertInstanceOf(Verdict.Blocked.class, cluster.verdict(scores)).reason();
        assertTrue(reason.matches("(?s).*b: [0-9]{7,} bytes.*c: [0-9]{7,} bytes.*"), reason);
        assertTrue(reason.contains("maxlag=1048576"), reason);
        cluster.accepted(
            new ClusterCommand.CloseElection(
                TinyCluster.PG, cluster.primacy().election().round(), "", reason));
        assertInstanceOf(Election.Blocked.class, cluster.primacy().election());

        cluster.mayLose(rule(NoCandidatePolicy.BEST_EFFORT));
        NodeId winner = cluster.elect(scores);
        cluster.succeed(OperationKind.PROMOTE, winner);
        Election.Idle over = assertInstanceOf(Election.Idle.class, cluster.primacy().election());
        assertTrue(over.outcome().contains("best effort"), over::outcome);
        assertTrue(
            over.outcome().matches("(?s).*[0-9]{7,} bytes \\([0-9.]+ s\\).*"), over::outcome);
      }
    }
  }

  private static LossRule rule(NoCandidatePolicy otherwise) {
    SortedMap<String, String> parameters = new TreeMap<>();
    parameters.put(LossRule.BYTES, "1MB");
    return LossRule.of(Durability.ASYNC, otherwise, parameters);
  }

  /// The primary writes what it cannot send any more, is heard to have, and dies with its node.
  private static void dieAhead(
      TestServers servers, TinyCluster cluster, Server a, List<Server> others) throws IOException {
    Files.writeString(
        a.parameters().dataDirectory().resolve("pg_hba.conf"), "local all all trust\n");
    servers.ask(a, "SELECT pg_reload_conf()");
    for (String sender : servers.ask(a, "SELECT pid FROM pg_stat_replication").split("\n", -1)) {
      servers.run("kill", "-STOP", sender);
    }
    servers.ask(a, "INSERT INTO t SELECT 1 FROM generate_series(1, 50000)");
    await(
        "the lag of both is heard",
        () ->
            others.stream()
                .allMatch(other ->
                    Optional.ofNullable(cluster.replication().members().get(other.node()))
                        .flatMap(Replication.Member::lag)
                        .filter(l -> l.missing() > 2_000_000)
                        .isPresent()));
    cluster.instance(a.node()).close();
    a.instance().stopAtOnce();
    cluster.boot(a.node(), "boot2", 2);
  }
}
