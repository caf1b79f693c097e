package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.SyncPromise;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PgInterventionsTest {
  private static final ResourceId PG = new ResourceId("pg");

  private final TypedCluster cluster = new TypedCluster();

  @Test
  void whatWouldBeSetAsideIsNamedBeforeItIsLookedAfterAgain() {
    cluster.type("resource create pg ocf:heartbeat:pgsqlms promotable");
    cluster.type("pg pause");
    PgOrdersTest.promoted(cluster, "n2");
    granted("n1");
    assertEquals(ExitCode.REFUSED, cluster.type("pg resume"));
    assertTrue(cluster.remarks().contains("promoted on n2 without the grant"), cluster.remarks());
    assertEquals(ExitCode.OK, cluster.type("pg resume --yes"), cluster.remarks());
    cluster.type("pg pause");
    granted("n2");
    assertEquals(ExitCode.OK, cluster.type("pg resume"), cluster.remarks());
  }

  private void granted(String node) {
    Primacy primacy =
        new Primacy(
            PG,
            1,
            new Holder.Held(new NodeId(node), "boot-1"),
            SyncPromise.NONE,
            new Election.Idle(1, ""),
            "");
    cluster.put(cluster.state().edit().primacies(new TreeMap<>(Map.of(PG, primacy))).build());
  }
}
