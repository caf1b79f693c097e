package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.Finding;
import dev.quorate.membership.NodeId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PgDoctorTest {
  private final TypedCluster cluster = new TypedCluster();

  @BeforeEach
  void create() {
    assertEquals(
        ExitCode.OK,
        cluster.type("resource create pg ocf:heartbeat:pgsqlms promotable"),
        cluster.remarks());
    for (int i = 1; i <= 3; i++) {
      cluster.findings.put(new NodeId("n" + i), List.of());
    }
  }

  @Test
  void nothingToChangeIsSaid() {
    assertEquals(ExitCode.OK, cluster.type("pg doctor"), cluster.remarks());
    assertEquals(
        "n1: nothing to change\nn2: nothing to change\nn3: nothing to change", cluster.output());
  }

  @Test
  void errorsAreAFailureWithTheRemedyBesideThem() {
    cluster.findings.put(
        new NodeId("n2"), List.of(Finding.error("fsync", "it is off", "set fsync = on")));
    assertEquals(ExitCode.FAILED, cluster.type("pg doctor"));
    assertTrue(
        cluster.output().contains("n2:\n  error    fsync: it is off\n           -> set fsync = on"),
        cluster.output());
    assertEquals(ExitCode.OK, cluster.type("pg doctor n1"), cluster.remarks());
    assertEquals(ExitCode.FAILED, cluster.type("pg doctor -o json"));
    assertTrue(cluster.output().contains("\"severity\" : \"error\""), cluster.output());
  }

  @Test
  void aHintIsNoFailure() {
    cluster.findings.put(
        new NodeId("n1"), List.of(Finding.hint("log_directory", "within the data", "move it")));
    assertEquals(ExitCode.OK, cluster.type("pg doctor"), cluster.remarks());
  }

  @Test
  void aNodeThatCannotBeAskedIsNamedAndTheOthersAreShown() {
    cluster.findings.remove(new NodeId("n3"));
    assertEquals(ExitCode.PARTLY, cluster.type("pg doctor"));
    assertTrue(cluster.remarks().contains("n3 refuses connections"), cluster.remarks());
    assertTrue(cluster.output().contains("n1: nothing to change"), cluster.output());
  }

  @Test
  void anUnknownNodeIsAUsageError() {
    assertEquals(ExitCode.USAGE, cluster.type("pg doctor n9"));
  }
}
