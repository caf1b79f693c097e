package dev.quorate.agents.postgresql;

import static dev.quorate.agents.postgresql.TestServers.SHORT;
import static dev.quorate.agents.postgresql.TestServers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.agents.postgresql.TestServers.Server;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.Holder;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What follows when an operator has the primary's node fenced, as `pg failover` does.
@Tag("slow")
class OrderedFailoverTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void nobodyIsPromotedBeforeTheProofAndTheNextHasEverything() throws Exception {
    assumeTrue(TestServers.available(), "needs root and PostgreSQL 15 in /usr/lib/postgresql");
    try (TestServers servers = new TestServers()) {
      Server a = servers.fresh("a", "127.0.0.2");
      Server b = servers.empty("b", "127.0.0.3");
      Server c = servers.empty("c", "127.0.0.4");
      List<Server> all = List.of(a, b, c);
      try (TinyCluster cluster = new TinyCluster(all)) {
        cluster.accepted(device());
        cluster.found(a);
        servers.ask(a, "CREATE TABLE t (id int)");
        await("both stream", MINUTE, () -> streaming(a) == 2);
        await("commits wait for one", () -> cluster.primacy().promise().required() == 1);
        servers.ask(a, "INSERT INTO t SELECT generate_series(1, 1000)");

        cluster.accepted(new ClusterCommand.RequestFencing(a.node(), true, "operator"));
        assertEquals(List.of("fence a"), fences(cluster));
        assertTrue(cluster.primacy().heldBy(a.node(), "boot1"), "it may still be writing");
        assertEquals("f", servers.ask(a, "SELECT pg_is_in_recovery()"));
        cluster.accepted(intent(a, b));
        cluster.instance(a.node()).close();
        a.instance().stopAtOnce();
        cluster.accepted(new ClusterCommand.RecordFencing("fence", proof(a, b)));
        Holder.Released released =
            assertInstanceOf(Holder.Released.class, cluster.primacy().holder());
        assertEquals(a.node(), released.node());

        NodeId next = cluster.elect(cluster.alike());
        assertNotEquals(a.node(), next);
        cluster.succeed(OperationKind.PROMOTE, next);
        Server primary = next.equals(b.node()) ? b : c;
        assertEquals("1000", servers.ask(primary, "SELECT count(*) FROM t"));
        servers.ask(primary, "INSERT INTO t VALUES (1001)");

        cluster.boot(a.node(), "boot2", 2);
        cluster.succeed(OperationKind.START, a.node());
        await("a is back", MINUTE, () -> streaming(primary) == 2);
        await("with all", () -> servers.ask(a, "SELECT count(*) FROM t").equals("1001"));
        assertEquals(List.of(), fences(cluster), "once");
      }
    }
  }

  private static ClusterCommand device() {
    return new ClusterCommand.ChangeConfiguration(
        -1,
        "test",
        List.of(
            new ConfigurationChange.PutFenceDevice(
                new FenceDeviceDefinition(
                    new ResourceId("lab"),
                    "fence_virsh",
                    new TreeMap<>(Map.of("pcmk_host_list", "a,b,c"))))));
  }

  private static List<String> fences(TinyCluster cluster) {
    return cluster.planned().stream().map(Action::key).filter(k -> k.startsWith("fence")).toList();
  }

  private static long streaming(Server primary) {
    return primary.probe().facts(SHORT).standbys().stream()
        .filter(s -> s.streaming() && !s.name().startsWith("quorate:"))
        .count();
  }

  private static ClusterCommand intent(Server target, Server executor) {
    return new ClusterCommand.BeginAction(
        "fence",
        1,
        1,
        new Action.FenceAction(target.node(), "boot1", true),
        executor.node(),
        new Incarnation("boot1", 1),
        MINUTE);
  }

  private static FencingRecord proof(Server target, Server executor) {
    return new FencingRecord(
        target.node(),
        "boot1",
        true,
        true,
        "lab",
        "device-verified",
        "",
        executor.node(),
        "operator",
        0,
        LogPosition.NONE);
  }
}
