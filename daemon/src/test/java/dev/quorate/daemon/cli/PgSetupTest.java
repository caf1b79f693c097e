package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.Setup;
import dev.quorate.agents.Setup.Amendment;
import dev.quorate.membership.NodeId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PgSetupTest {
  private static final String FILE = "/data/quorate.conf";
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final Setup DONE = Setup.nothing(FILE);

  private final TypedCluster cluster = new TypedCluster();

  @BeforeEach
  void create() {
    assertEquals(
        ExitCode.OK,
        cluster.type("resource create pg ocf:heartbeat:pgsqlms promotable"),
        cluster.remarks());
    List.of(N1, N2, N3).forEach(n -> cluster.setups.put(n, List.of(DONE)));
  }

  private static Setup with(Amendment... amendments) {
    return new Setup(FILE, List.of(amendments), false, "", "");
  }

  private static Amendment fsync(boolean written, String place) {
    return new Amendment("fsync", "on", written, false, place, "it is off");
  }

  private static Amendment senders(boolean written) {
    return new Amendment("max_wal_senders", "4", written, true, "", "1 for 2 standbys");
  }

  private void says(String text) {
    String said = cluster.output() + "\n" + cluster.remarks();
    assertTrue(said.contains(text), said);
  }

  @Test
  void aSecondRunHasNothingToDo() {
    assertEquals(ExitCode.OK, cluster.type("pg setup"), cluster.remarks());
    assertEquals("n1: nothing to do\nn2: nothing to do\nn3: nothing to do", cluster.output());
    assertEquals(ExitCode.OK, cluster.type("pg setup --yes"), cluster.remarks());
    assertEquals(List.of(), cluster.written);
  }

  @Test
  void whatWouldBeWrittenIsShownAndNothingIsWritten() {
    cluster.setups.put(N2, List.of(with(fsync(false, ""), senders(false))));
    assertEquals(ExitCode.OK, cluster.type("pg setup"), cluster.remarks());
    says("n2: /data/quorate.conf\n  fsync = 'on'                     would be written (it is off)");
    says("would be written, and needs a restart (1 for 2 standbys)");
    says("To write it: hactl pg setup --yes");
    assertEquals(ExitCode.OK, cluster.type("pg setup n2"), cluster.remarks());
    says("To write it: hactl pg setup n2 --yes");
    assertEquals(ExitCode.OK, cluster.type("pg setup -o json"), cluster.remarks());
    says("\"name\" : \"max_wal_senders\"");
    assertEquals(List.of(), cluster.written);
  }

  @Test
  void itIsWrittenOnTheStandbysFirstAndWhatNeedsARestartIsSaid() {
    PgOrdersTest.promoted(cluster, "n1");
    for (NodeId node : List.of(N1, N2)) {
      cluster.setups.put(
          node, List.of(with(fsync(false, ""), senders(false)), with(senders(true))));
    }
    assertEquals(ExitCode.OK, cluster.type("pg setup --yes"), cluster.remarks());
    assertEquals(List.of(N2, N1), cluster.written);
    says("n1: written into /data/quorate.conf");
    says("fsync = 'on'                     is in force");
    says("is written, and counts after a restart");
    says("A restart is needed on n1, n2: hactl pg restart");
    assertEquals(ExitCode.OK, cluster.type("pg setup n2 --yes"), cluster.remarks());
    says("A restart is needed on n2: hactl pg restart n2");
    assertEquals(List.of(N2, N1), cluster.written, "once");
    assertEquals(ExitCode.OK, cluster.type("pg setup"), cluster.remarks());
    says("A restart is needed on n1, n2: hactl pg restart");
  }

  @Test
  void thePrimaryIsRestartedOnlyIfItWaits() {
    PgOrdersTest.promoted(cluster, "n1");
    for (NodeId node : List.of(N2, N3)) {
      cluster.setups.put(node, List.of(with(senders(true))));
    }
    assertEquals(ExitCode.OK, cluster.type("pg setup"), cluster.remarks());
    says("A restart is needed on n2, n3: hactl pg restart n2 && hactl pg restart n3");
    cluster.setups.put(N1, List.of(with(senders(true))));
    assertEquals(ExitCode.OK, cluster.type("pg setup"), cluster.remarks());
    assertTrue(
        cluster
            .output()
            .lines()
            .anyMatch("A restart is needed on n1, n2, n3: hactl pg restart"::equals),
        cluster.output());
  }

  @Test
  void whatCountsMoreIsNamedAndAFailure() {
    String place = "/data/postgresql.auto.conf:3";
    cluster.setups.put(N1, List.of(with(fsync(false, place)), with(fsync(true, place))));
    assertEquals(ExitCode.OK, cluster.type("pg setup"), cluster.remarks());
    says("does not count, since " + place + " says something else");
    assertEquals(ExitCode.FAILED, cluster.type("pg setup --yes"));
    says("fsync on n1 (" + place + ")");
    says("ALTER SYSTEM RESET");
    cluster.setups.put(N1, List.of(with(fsync(true, ""))));
    assertEquals(ExitCode.FAILED, cluster.type("pg setup --yes"));
    says("not taken in by the server");
  }

  @Test
  void aNodeThatCannotBeAskedLeavesAllAsTheyAre() {
    cluster.setups.put(N1, List.of(with(fsync(false, "")), DONE));
    cluster.setups.remove(N3);
    assertEquals(ExitCode.PARTLY, cluster.type("pg setup"));
    says("n3 refuses connections");
    assertEquals(ExitCode.PARTLY, cluster.type("pg setup --yes"));
    says("nothing was written");
    assertEquals(List.of(), cluster.written);
    assertEquals(ExitCode.OK, cluster.type("pg setup n1 --yes"), cluster.remarks());
    assertEquals(List.of(N1), cluster.written);
  }

  @Test
  void aProblemIsNamedBeforeAndWhileItIsWritten() {
    Setup edited = with(fsync(false, "")).hindered("has lines of others", "move them");
    cluster.setups.put(N1, List.of(edited));
    cluster.setups.put(N2, List.of(with(fsync(false, "")), edited));
    assertEquals(ExitCode.PARTLY, cluster.type("pg setup"));
    says("n1: has lines of others\n  -> move them");
    assertEquals(ExitCode.FAILED, cluster.type("pg setup --yes"));
    says("nothing was written");
    assertEquals(List.of(), cluster.written);
    assertEquals(ExitCode.FAILED, cluster.type("pg setup n2 --yes"));
    says("n2: has lines of others; the nodes after it were not touched");
  }

  @Test
  void nodesWithoutADatabaseAreCopiedOnlyWhenAsked() {
    PgOrdersTest.promoted(cluster, "n1");
    cluster.setups.put(N3, List.of(Setup.bare(FILE)));
    assertEquals(ExitCode.OK, cluster.type("pg setup --yes"), cluster.remarks());
    says("n3: there is no database yet; 'hactl pg setup --yes --clone'");
    assertEquals("", order(N3));
    assertEquals(ExitCode.OK, cluster.type("pg setup --yes --clone"), cluster.remarks());
    says("n3: is copied from n1");
    assertTrue(order(N3).startsWith("copy:"), order(N3));
    assertEquals("", order(N2));
  }

  @Test
  void withoutAPrimaryThereIsNothingToCopy() {
    cluster.setups.put(N3, List.of(Setup.bare(FILE)));
    assertEquals(ExitCode.REFUSED, cluster.type("pg setup --yes --clone"));
    says("there is no primary that could be copied to n3");
  }

  private String order(NodeId node) {
    var attributes = cluster.state().attributes().get(node);
    return attributes == null ? "" : attributes.getOrDefault("order-pg", "");
  }

  @Test
  void withoutAResourceOrWithAWrongWordItIsAUsageError() {
    assertEquals(ExitCode.USAGE, cluster.type("pg setup n9"));
    assertEquals(ExitCode.USAGE, cluster.type("pg setup n1 n2"));
    assertEquals(ExitCode.USAGE, cluster.type("pg doctor --clone"));
    TypedCluster empty = new TypedCluster();
    assertEquals(ExitCode.FAILED, empty.type("pg setup"));
    assertTrue(empty.remarks().contains("no resource of this cluster is a PostgreSQL"));
  }
}
