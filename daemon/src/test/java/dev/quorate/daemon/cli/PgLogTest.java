package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PgLogTest {
  private final TypedCluster cluster = new TypedCluster();

  @BeforeEach
  void create() {
    assertEquals(
        ExitCode.OK,
        cluster.type("resource create pg ocf:heartbeat:pgsqlms promotable"),
        cluster.remarks());
    cluster.logs.put(
        new NodeId("n1"),
        List.of("LOG:  database system was shut down at 12:00", "LOG:  ready to accept"));
    cluster.logs.put(new NodeId("n2"), List.of());
  }

  @Test
  @Tag("S1-36")
  void theLastLinesOfOneNodeAreShown() {
    assertEquals(ExitCode.OK, cluster.type("pg log n1"), cluster.remarks());
    assertEquals(
        "n1:\n  LOG:  database system was shut down at 12:00\n  LOG:  ready to accept",
        cluster.output());
    assertEquals(ExitCode.OK, cluster.type("pg log n1 lines=1"), cluster.remarks());
    assertFalse(cluster.output().contains("shut down"), cluster.output());
    assertEquals(ExitCode.OK, cluster.type("pg log n1 --json"), cluster.remarks());
    assertTrue(cluster.output().contains("\"LOG:  ready to accept\""), cluster.output());
  }

  @Test
  void aNodeThatCannotBeAskedIsNamedAndTheOthersAreShown() {
    assertEquals(ExitCode.PARTLY, cluster.type("pg log"));
    assertTrue(cluster.output().contains("n2:\n  nothing was written"), cluster.output());
    assertTrue(cluster.remarks().contains("{n3=n3 refuses connections}"), cluster.remarks());
    assertEquals(ExitCode.FAILED, cluster.type("pg log n3"));
  }

  @Test
  void whatIsWrongIsNamed() {
    for (String bad : List.of("lines=0", "lines=1001", "lines=x", "rows=3", "n9", "n1 n2")) {
      assertEquals(ExitCode.USAGE, cluster.type("pg log " + bad), bad);
    }
    cluster.type("pg log lines=x");
    assertTrue(cluster.remarks().contains("lines cannot be 'x'"), cluster.remarks());
    assertTrue(cluster.remarks().contains("1 to 1000"), cluster.remarks());
  }
}
