package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.SyncPromise;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PgOrdersTest {
  private static final ResourceId PG = new ResourceId("pg");

  private final TypedCluster cluster = new TypedCluster();

  @BeforeEach
  void create() {
    assertEquals(
        ExitCode.OK,
        cluster.type("resource create pg ocf:heartbeat:pgsqlms promotable"),
        cluster.remarks());
  }

  private void promoted(String node) {
    promoted(cluster, node);
  }

  /// Makes a node of a cluster the primary, and the others its standbys.
  static void promoted(TypedCluster cluster, String node) {
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances = new TreeMap<>();
    SortedMap<NodeId, InstanceStatus> byNode = new TreeMap<>();
    cluster
        .state()
        .nodes()
        .keySet()
        .forEach(n ->
            byNode.put(
                n,
                new InstanceStatus(
                    n.name().equals(node) ? Role.PROMOTED : Role.UNPROMOTED,
                    InstanceStatus.Certainty.KNOWN,
                    0,
                    "",
                    cluster.state().position())));
    instances.put(PG, byNode);
    cluster.put(cluster.state().edit().instances(instances).build());
  }

  private String order(String node) {
    return cluster
        .state()
        .attributes()
        .getOrDefault(new NodeId(node), new TreeMap<>())
        .getOrDefault("order-pg", "");
  }

  @Test
  void aStandbyIsOrderedToComeBack() {
    promoted("n1");
    assertEquals(ExitCode.OK, cluster.type("pg rebuild n2"), cluster.remarks());
    assertTrue(order("n2").matches("rebuild:\\d+"), order("n2"));
    assertTrue(cluster.output().contains("from n1"), cluster.output());
  }

  @Test
  void aCopyIsMadeOnlyIfItIsMeant() {
    promoted("n1");
    assertEquals(ExitCode.REFUSED, cluster.type("pg reinit n3"));
    assertTrue(cluster.remarks().contains("add --yes"), cluster.remarks());
    assertEquals("", order("n3"));
    assertEquals(ExitCode.OK, cluster.type("pg reinit n3 --yes"), cluster.remarks());
    assertTrue(order("n3").matches("copy:\\d+"), order("n3"));
  }

  @Test
  @Tag("S2-11")
  void aDatabaseIsMadeOnlyWhereThereIsNoneAndOnlyIfItIsMeant() {
    promoted("nobody");
    assertEquals(ExitCode.REFUSED, cluster.type("pg init n2"));
    assertTrue(cluster.remarks().contains("add --yes"), cluster.remarks());
    assertEquals("", order("n2"));
    assertEquals(ExitCode.OK, cluster.type("pg init n2 --yes"), cluster.remarks());
    assertTrue(order("n2").matches("init:\\d+"), order("n2"));
    promoted("n1");
    assertEquals(ExitCode.REFUSED, cluster.type("pg init n3 --yes"));
    assertTrue(cluster.remarks().contains("pg reinit n3"), cluster.remarks());
  }

  @Test
  void anOperatorTakesOverAndGivesBack() {
    promoted("n1");
    assertEquals(ExitCode.OK, cluster.type("pg pause"), cluster.remarks());
    assertEquals("true", maintenance());
    assertEquals(ExitCode.OK, cluster.type("pg resume"), cluster.remarks());
    assertEquals("", maintenance());
    assertEquals(ExitCode.USAGE, cluster.type("pg pause n1"));
  }

  private String maintenance() {
    return cluster
        .state()
        .configuration()
        .resources()
        .getFirst()
        .metaAttribute("maintenance")
        .orElse("");
  }

  @Test
  void aFailoverThatIsForcedFencesThePrimarysNode() {
    promoted("n1");
    fenceable();
    assertEquals(ExitCode.REFUSED, cluster.type("pg failover n2"));
    assertTrue(cluster.remarks().contains("hactl pg switchover n2"), cluster.remarks());
    assertEquals(ExitCode.OK, cluster.type("pg failover n1 --yes"), cluster.remarks());
    assertTrue(cluster.output().contains("already promoted"), cluster.output());
    assertEquals(ExitCode.TIMEOUT, cluster.type("pg failover n2 --yes --wait=1"));
    assertTrue(cluster.output().startsWith("fencing of n1 was asked for;"), cluster.output());
    assertFalse(cluster.output().contains("is fenced"), "nobody has");
    assertTrue(cluster.remarks().contains("hactl stonith history"), cluster.remarks());
    assertEquals(NodeStatus.Verdict.REBOOT, verdict(), "its node is to be fenced");
    promoted("nobody");
    assertEquals(ExitCode.FAILED, cluster.type("pg failover n2 --yes"));
    assertTrue(cluster.remarks().contains("there is no primary"), cluster.remarks());
  }

  private void fenceable() {
    assertEquals(
        ExitCode.OK,
        cluster.type("stonith create lab fence_virsh pcmk_host_list=n1,n2,n3 ip=10.0.0.9 passwd=x"),
        cluster.remarks());
  }

  private NodeStatus.Verdict verdict() {
    return cluster.state().node(new NodeId("n1")).orElseThrow().verdict();
  }

  @Test
  void aPrimaryThatNothingCanFenceIsLeftAlone() {
    promoted("n1");
    assertEquals(ExitCode.FAILED, cluster.type("pg failover n2 --yes"));
    assertTrue(cluster.remarks().contains("there is no fence device"), cluster.remarks());
    cluster.type("stonith create lab fence_virsh pcmk_host_list=n2,n3 ip=10.0.0.9 passwd=x");
    assertEquals(ExitCode.FAILED, cluster.type("pg failover n2 --yes"));
    assertTrue(cluster.remarks().contains("covers node 'n1'"), cluster.remarks());
    assertEquals(NodeStatus.Verdict.NONE, verdict());
  }

  @Test
  void whatIsLeftAloneIsNotFailedOver() {
    promoted("n1");
    fenceable();
    String[][] ways = {
      {"pg pause", "pg resume"},
      {"property set maintenance-mode=true", "property set maintenance-mode=false"},
      {"resource unmanage pg", "resource manage pg-clone"}
    };
    for (String[] way : ways) {
      cluster.type(way[0]);
      assertEquals(ExitCode.REFUSED, cluster.type("pg failover n2 --yes"), way[0]);
      assertTrue(cluster.remarks().contains("'hactl " + way[1] + "' first"), cluster.remarks());
      assertEquals(NodeStatus.Verdict.NONE, verdict());
      assertEquals(ExitCode.OK, cluster.type(way[1]), cluster.remarks());
    }
    assertEquals(ExitCode.TIMEOUT, cluster.type("pg failover n2 --yes --wait=1"));
    assertEquals(NodeStatus.Verdict.REBOOT, verdict());
  }

  @Test
  void aPrimaryWhoseMonitorFailedIsFailedOver() {
    promoted("n1");
    fenceable();
    granted("n1", InstanceStatus.Certainty.FAILED, Role.PROMOTED);
    assertEquals(ExitCode.TIMEOUT, cluster.type("pg failover n2 --yes --wait=1"));
    assertEquals(NodeStatus.Verdict.REBOOT, verdict());
  }

  @Test
  void aSwitchoverSaysWhatIsWrongWithTheSickPrimaryAndWhatHelps() {
    promoted("n1");
    granted("n1", InstanceStatus.Certainty.FAILED, Role.PROMOTED, "it does not answer");
    for (String line :
        new String[] {"pg switchover", "pg switchover n3", "pg switchover n1 --dry-run"}) {
      assertEquals(ExitCode.FAILED, cluster.type(line));
      assertTrue(
          cluster.remarks().contains("n1 is the primary and cannot be switched over: it does not"),
          cluster.remarks());
      String next = line.contains("n3") ? "n3" : "n2";
      assertTrue(cluster.remarks().contains("pg failover " + next + " --yes"), cluster.remarks());
    }
    granted("n1", InstanceStatus.Certainty.KNOWN, Role.UNPROMOTED, "");
    assertEquals(ExitCode.FAILED, cluster.type("pg switchover n2"));
    assertTrue(cluster.remarks().contains("there is no primary"), cluster.remarks());
    assertFalse(cluster.remarks().contains("pg failover"), "there is nothing to fence");
  }

  @Test
  void whatIsLeftAloneIsNotSwitchedOver() {
    promoted("n1");
    granted("n1", InstanceStatus.Certainty.KNOWN, Role.PROMOTED, "");
    cluster.type("pg pause");
    assertEquals(ExitCode.REFUSED, cluster.type("pg switchover n2"));
    assertTrue(cluster.remarks().contains("'hactl pg resume' first"), cluster.remarks());
    assertEquals(
        "",
        Objects.requireNonNull(cluster.state().primacies().get(PG)).switchoverTo(),
        "nobody is asked for it");
  }

  @Test
  void aHolderThatIsKnownNotToBePromotedIsNoPrimary() {
    promoted("n1");
    fenceable();
    granted("n1", InstanceStatus.Certainty.KNOWN, Role.UNPROMOTED);
    assertEquals(ExitCode.FAILED, cluster.type("pg failover n2 --yes"));
    assertTrue(cluster.remarks().contains("there is no primary"), cluster.remarks());
    assertEquals(NodeStatus.Verdict.NONE, verdict());
  }

  /// A node holds the grant, and this is known of its instance.
  private void granted(String node, InstanceStatus.Certainty certainty, Role role) {
    granted(node, certainty, role, "");
  }

  private void granted(String node, InstanceStatus.Certainty certainty, Role role, String reason) {
    ClusterState s = cluster.state();
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances =
        new TreeMap<>(s.instances());
    SortedMap<NodeId, InstanceStatus> byNode = new TreeMap<>(instances.get(PG));
    byNode.put(new NodeId(node), new InstanceStatus(role, certainty, 1, reason, s.position()));
    instances.put(PG, byNode);
    SortedMap<ResourceId, Primacy> primacies = new TreeMap<>();
    primacies.put(
        PG,
        new Primacy(
            PG,
            1,
            new Holder.Held(new NodeId(node), "boot-1"),
            SyncPromise.NONE,
            new Election.Idle(1, ""),
            ""));
    cluster.put(s.edit().instances(instances).primacies(primacies).build());
  }

  @Test
  void thePrimaryIsNeverReplaced() {
    promoted("n1");
    assertEquals(ExitCode.REFUSED, cluster.type("pg reinit n1 --yes"));
    assertTrue(cluster.remarks().contains("n1 is the primary"), cluster.remarks());
    assertEquals("", order("n1"));
  }

  @Test
  void withoutAPrimaryThereIsNothingToCopyFrom() {
    promoted("nobody");
    assertEquals(ExitCode.REFUSED, cluster.type("pg rebuild n2"));
    assertTrue(cluster.remarks().contains("no primary"), cluster.remarks());
  }

  @Test
  void thePrimaryIsRestartedByASwitchoverOnly() {
    promoted("n1");
    assertEquals(ExitCode.REFUSED, cluster.type("pg restart n1"));
    assertTrue(cluster.remarks().contains("hactl pg switchover"), cluster.remarks());
    assertEquals("", order("n1"));
    promoted("nobody");
    assertEquals(ExitCode.REFUSED, cluster.type("pg restart"));
  }

  /// Nobody carries orders out here.
  @Test
  void aRestartThatIsNotCarriedOutTouchesNobodyElse() {
    promoted("n1");
    assertEquals(ExitCode.TIMEOUT, cluster.type("pg restart --wait=1"));
    assertTrue(order("n2").matches("restart:\\d+"), order("n2"));
    assertEquals("", order("n3"), "n3 waits for n2");
    assertEquals("", order("n1"));
  }

  @Test
  void aRestartIsDoneOnlyIfTheMemberSaysSo() {
    promoted("n1");
    cluster.meanwhile(() -> answer("n2", order("n2") + " done"));
    assertEquals(ExitCode.OK, cluster.type("pg restart n2"), cluster.remarks());
    assertTrue(cluster.output().contains("n2: restarted, streams again"), cluster.output());
    cluster.meanwhile(() -> answer("n3", order("n3") + " refused it is the primary"));
    assertEquals(ExitCode.FAILED, cluster.type("pg restart n3"));
    assertTrue(cluster.remarks().contains("refused: it is the primary"), cluster.remarks());
    cluster.meanwhile(() -> attribute("n2", "order-pg", ""));
    assertEquals(ExitCode.FAILED, cluster.type("pg restart"));
    assertTrue(cluster.remarks().contains("is not known"), cluster.remarks());
    assertEquals("", order("n1"), "and nobody else is touched");
    cluster.meanwhile(() -> attribute("n2", "order-pg", "copy:7"));
    assertEquals(ExitCode.FAILED, cluster.type("pg reload n2"));
    assertTrue(cluster.remarks().contains("another order"), cluster.remarks());
    cluster.meanwhile(() -> answer("n2", order("n2") + " withdrawn too late"));
    assertEquals(ExitCode.FAILED, cluster.type("pg rebuild n2 --wait=1"));
    assertTrue(cluster.remarks().contains("withdrawn: too late"), cluster.remarks());
  }

  private void answer(String node, String answer) {
    attribute(node, "answer-pg", answer);
    attribute(node, "order-pg", "");
  }

  /// One that looks like an order that was answered would count as answered.
  @Test
  void anOrderIsLaterThanAnyOtherWhateverTheClocksSay() {
    promoted("n1");
    attribute("n2", "answer-pg", "restart:2000000000000 done");
    assertEquals(ExitCode.TIMEOUT, cluster.type("pg restart n2 --wait=1"));
    assertEquals("restart:2000000000001", order("n2"));
    promoted("n1");
    assertEquals(ExitCode.TIMEOUT, cluster.type("pg reload n2 --wait=1"));
    assertEquals("reload:2000000000002", order("n2"));
    answer("n2", "reload:junk done");
    promoted("n1");
    assertEquals(ExitCode.TIMEOUT, cluster.type("pg reload n2 --wait=1"));
    assertTrue(order("n2").matches("reload:1\\d{12}"), order("n2"));
  }

  @Test
  void whoReadsThatARestartFailedReadsWhatWasRestartedBefore() {
    promoted("n1");
    cluster.meanwhile(() -> {
      answer("n2", order("n2") + " done");
      cluster.meanwhile(() -> attribute("n3", "order-pg", ""));
    });
    assertEquals(ExitCode.FAILED, cluster.type("pg restart"));
    assertTrue(
        cluster.remarks().contains("whether n3 was restarted is not known"), cluster.remarks());
    assertTrue(cluster.remarks().contains("restarted before it: n2;"), cluster.remarks());
    assertFalse(cluster.remarks().contains("nothing else"), cluster.remarks());
    promoted("n1");
    cluster.meanwhile(() -> answer("n2", order("n2") + " refused for a reason"));
    assertEquals(ExitCode.FAILED, cluster.type("pg restart"));
    assertTrue(cluster.remarks().contains("n2 was not restarted: the member"), cluster.remarks());
    assertTrue(cluster.remarks().contains("no other member was restarted"), cluster.remarks());
    promoted("n1");
    assertEquals(ExitCode.TIMEOUT, cluster.type("pg reload --wait=1"));
    assertTrue(cluster.remarks().contains("were told as well"), cluster.remarks());
  }

  private void attribute(String node, String name, String value) {
    NodeId id = new NodeId(node);
    cluster.propose(
        new ClusterCommand.SetAttribute(
            id, cluster.state().node(id).orElseThrow().incarnation(), name, value));
  }

  @Test
  void nothingIsOrderedOfWhatIsLeftAlone() {
    promoted("n1");
    cluster.type("pg pause");
    for (String line : new String[] {"pg restart n2", "pg reload", "pg rebuild n2"}) {
      assertEquals(ExitCode.REFUSED, cluster.type(line), line);
      assertTrue(cluster.remarks().contains("'hactl pg resume' first"), cluster.remarks());
    }
    cluster.type("pg resume");
    cluster.type("node maintenance n2");
    assertEquals(ExitCode.REFUSED, cluster.type("pg restart n2"));
    assertTrue(cluster.remarks().contains("node unmaintenance n2"), cluster.remarks());
    assertEquals("", order("n2"));
  }

  @Test
  void nobodyIsOrderedAnythingIfOneOfThemIsLeftAlone() {
    promoted("n1");
    for (String alone : new String[] {"n3", "n1"}) {
      cluster.type("node maintenance " + alone);
      for (String line : new String[] {"pg restart --wait=1", "pg reload --wait=1"}) {
        assertEquals(ExitCode.REFUSED, cluster.type(line), line + " without " + alone);
        assertTrue(
            cluster.remarks().contains("'hactl node unmaintenance " + alone), cluster.remarks());
        assertEquals("", order("n2"));
      }
      cluster.type("node unmaintenance " + alone);
    }
  }

  @Test
  void aPrimaryOrATargetInMaintenanceIsNotSwitchedOver() {
    promoted("n1");
    granted("n1", InstanceStatus.Certainty.KNOWN, Role.PROMOTED, "");
    String[][] refused = {{"n1", ""}, {"n1", " n2"}, {"n2", " n2"}};
    for (String[] one : refused) {
      cluster.type("node maintenance " + one[0]);
      assertEquals(ExitCode.REFUSED, cluster.type("pg switchover" + one[1]));
      assertTrue(
          cluster.remarks().contains("'hactl node unmaintenance " + one[0] + "' first"),
          cluster.remarks());
      cluster.type("node unmaintenance " + one[0]);
    }
    assertEquals("", Objects.requireNonNull(cluster.state().primacies().get(PG)).switchoverTo());
  }

  @Test
  void whoIsLeftAloneIsToldSoWhateverElseIsWrong() {
    promoted("n1");
    granted("n1", InstanceStatus.Certainty.FAILED, Role.PROMOTED, "it does not answer");
    cluster.type("pg pause");
    assertEquals(ExitCode.REFUSED, cluster.type("pg switchover n2"));
    assertTrue(cluster.remarks().contains("'hactl pg resume' first"), cluster.remarks());
    assertFalse(cluster.remarks().contains("pg failover"), "which is refused as well");
    granted("n1", InstanceStatus.Certainty.KNOWN, Role.UNPROMOTED, "");
    assertEquals(ExitCode.OK, cluster.type("pg status"), cluster.remarks());
    assertTrue(
        cluster
            .output()
            .contains(
                "because it is left alone: pg-clone is in maintenance; to end that: hactl pg"),
        cluster.output());
  }

  /// What is said elsewhere is not ended by what the usual command removes.
  @Test
  void whatEndsTheMaintenanceIsNamedWhereverItIsSaid() {
    promoted("n1");
    String[][] ways = {
      {"resource defaults maintenance=true", "hactl resource defaults maintenance=false"},
      {"resource defaults is-managed=false", "hactl resource defaults is-managed=true"},
      {"resource meta pg-clone maintenance=true", "hactl pg resume"},
      {"resource meta pg-clone is-managed=false", "hactl resource manage pg-clone"}
    };
    for (String[] way : ways) {
      assertEquals(ExitCode.OK, cluster.type(way[0]), cluster.remarks());
      assertEquals(ExitCode.REFUSED, cluster.type("pg restart n2"), way[0]);
      assertTrue(cluster.remarks().contains("'" + way[1] + "' first"), cluster.remarks());
      assertEquals(ExitCode.OK, cluster.type(way[1].substring(6)), cluster.remarks());
      promoted("n1");
      assertEquals(ExitCode.TIMEOUT, cluster.type("pg restart n2 --wait=1"), way[1]);
      promoted("n1");
    }
    cluster.type("resource create other ocf:heartbeat:pgsqlms promotable");
    assertEquals(ExitCode.OK, cluster.type("pg pause --name pg-clone"), cluster.remarks());
    assertEquals(ExitCode.REFUSED, cluster.type("pg restart n2 --name pg-clone"));
    assertTrue(
        cluster.remarks().contains("'hactl pg resume --name pg-clone' first"), cluster.remarks());
    assertEquals(ExitCode.OK, cluster.type("pg resume --name pg-clone"), cluster.remarks());
  }

  @Test
  void allMembersAreToldToReload() {
    promoted("n1");
    assertEquals(ExitCode.TIMEOUT, cluster.type("pg reload --wait=1"));
    for (String node : new String[] {"n1", "n2", "n3"}) {
      assertTrue(order(node).matches("reload:\\d+"), order(node));
    }
  }
}
