package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.replication.Hearsay;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ResourceId;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PgReplicationTest {
  private static final ResourceId PG = new ResourceId("pg");

  private final TypedCluster cluster = new TypedCluster();
  private final Hearsay hearsay = new Hearsay();
  private final SortedMap<NodeId, SortedMap<String, String>> board = new TreeMap<>();

  @BeforeEach
  void create() {
    assertEquals(
        ExitCode.OK,
        cluster.type("resource create pg ocf:heartbeat:pgsqlms promotable"),
        cluster.remarks());
  }

  private void says(long seconds, String node, String... lines) {
    board
        .computeIfAbsent(new NodeId(node), _ -> new TreeMap<>())
        .put(Hearsay.name(PG), String.join("\n", lines));
    hearsay.heard(Instant.ofEpochSecond(seconds), board);
    cluster.hear(hearsay.replication(Instant.ofEpochSecond(10), PG));
  }

  /// n1 is the primary, n2 streams from it, n3 from n2.
  private void chain() {
    says(
        0,
        "n1",
        "1 primary 2 0/5000 0/5000 0 - -",
        "to n2 10.0.0.2 streaming quorum 1 0/5000 0/5000 0/5000 0/4000",
        "slot quorate_n2 active 0/4000",
        "slot quorate_n3 idle -".replace("-", "0/0"));
    says(
        0,
        "n2",
        "1 standby 2 0/5000 0/4000 1800000000000 n1 streaming",
        "to n3 10.0.0.3 catchup async 0 0/3000 0/3000 0/3000 0/3000");
    says(0, "n3", "1 standby 2 0/3000 0/3000 0 n2 streaming");
  }

  private String typed(String line) {
    assertEquals(ExitCode.OK, cluster.type(line), cluster.remarks());
    return cluster.output().replaceAll(" +", " ");
  }

  @Test
  @Tag("S2+14")
  void theListShowsEveryInstance() {
    chain();
    String list = typed("pg list");
    assertTrue(list.contains("NODE ROLE TIMELINE STATE LAG SLOTS"), list);
    assertTrue(list.contains("n1 unknown 2 running - 1 active, 1 idle, keep 4.0 kB"), list);
    assertTrue(list.contains("n2 unknown 2 streaming 4.0 kB, 10.0 s 0 active, 0 idle"), list);
    assertTrue(list.contains("n3 unknown 2 catchup 8.0 kB, 10.0 s"), list);
    String json = typed("pg list --json");
    assertTrue(json.contains("\"kept_bytes\" : 4096"), json);
    assertTrue(json.contains("\"lag_bytes\" : 8192"), json);
  }

  @Test
  @DisplayName(
      "S4-14: pg lag measures a cascaded standby against the primary, in bytes and seconds")
  void theLagIsBehindThePrimary() {
    chain();
    String lag = typed("pg lag");
    assertTrue(lag.contains("n1 has written 0/5000"), lag);
    assertTrue(lag.contains("n2 n1 0/5000 0 B 0/4000 4.0 kB 10.0 s"), lag);
    assertTrue(lag.contains("n3 n2 0/3000 8.0 kB 0/3000 8.0 kB 10.0 s"), lag);
    String json = typed("pg lag --json");
    assertTrue(json.contains("\"lag_seconds\" : 10.0"), json);
    assertTrue(json.contains("\"missing_bytes\" : 8192"), json);
  }

  @Test
  @DisplayName("S4-13: pg topology is a tree with sync flags")
  void theTopologyIsATree() {
    chain();
    cluster.type("pg topology");
    assertEquals(
        """
        pg-clone:
          n1: primary, timeline 2
            n2: standby, streaming, quorum, priority 1, timeline 2
              n3: standby, catchup, async, priority 0, timeline 2\
        """,
        cluster.output());
    String json = typed("pg topology --json");
    assertTrue(json.contains("\"children\" : ["), json);
  }

  @Test
  @DisplayName("S1-40: pg replication has the columns of pg_stat_replication")
  void theConnectionsHaveTheColumnsOfPostgres() {
    chain();
    String text = typed("pg replication");
    assertTrue(
        text.contains(
            "NODE APPLICATION_NAME CLIENT_ADDR STATE SYNC_STATE SYNC_PRIORITY SENT_LSN WRITE_LSN"
                + " FLUSH_LSN REPLAY_LSN"),
        text);
    assertTrue(
        text.contains("n1 n2 10.0.0.2 streaming quorum 1 0/5000 0/5000 0/5000 0/4000"), text);
    String json = typed("pg replication --json");
    assertTrue(json.contains("\"application_name\" : \"n3\""), json);
  }

  @Test
  @Tag("S1-41")
  @DisplayName("S1-41: a standby's reason for being asynchronous is said")
  void theReasonForBeingAsynchronousIsSaid() {
    chain();
    String text = typed("pg replication");
    assertTrue(text.contains("n3 is asynchronous: it streams from n2, and commits wait"), text);
    assertTrue(text.contains("n2 is asynchronous: it has only just caught up"), text);
    for (String line : List.of("pg status", "pg lag")) {
      assertTrue(typed(line).contains("n3 is asynchronous: it streams from n2"), line);
    }
    says(1, "n1", "1 primary 2 0/5000 0/5000 0 - -");
    assertTrue(typed("pg replication").contains("n2 is asynchronous: it does not stream"));
    typed("resource meta pg durability=async");
    assertTrue(typed("pg replication").contains("n2 is asynchronous: commits wait for nobody, as"));
  }

  @Test
  void withoutEvidenceThereIsAnAnswer() {
    assertTrue(typed("pg list").contains("n1 unknown - not heard - -"), cluster.output());
    assertTrue(typed("pg lag").contains("No primary is heard"));
    assertTrue(typed("pg topology").contains("n3: not heard"));
    typed("pg replication");
    typed("pg replication --json");
  }

  @Test
  void theStatusHasTheLagBesideTheSyncState() {
    chain();
    for (String line : List.of("pg status", "status")) {
      String text = typed(line);
      assertTrue(text.contains("Node Role Sync Lag Details"), text);
      assertTrue(text.contains("n2 unknown async 4.0 kB, 10.0 s"), text);
    }
  }

  @Test
  void anotherResourceIsAUsageError() {
    for (String verb : new String[] {"list", "lag", "topology", "replication"}) {
      assertEquals(ExitCode.USAGE, cluster.type("pg " + verb + " nothing"), verb);
      assertEquals(ExitCode.USAGE, cluster.type("pg " + verb + " pg more"), verb);
    }
  }
}
