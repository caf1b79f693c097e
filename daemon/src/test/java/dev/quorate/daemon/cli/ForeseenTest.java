package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.SyncPromise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What would be done is shown, and nothing is done; and what a cluster lacks is said.
class ForeseenTest {
  private static final ResourceId PG = new ResourceId("pgsqld");
  private static final ResourceId VIP = new ResourceId("vip");
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");

  private final TypedCluster cluster = new TypedCluster();

  private void works(String line) {
    assertEquals(ExitCode.OK, cluster.type(line), () -> line + ": " + cluster.remarks());
  }

  /// n1 is the primary and has the address, the others follow.
  private void runs(NodeId... followers) {
    List.of(
            "stonith create lab fence_virsh pcmk_host_list=n1,n2,n3 ip=10.0.0.9 passwd=x",
            "resource create pgsqld ocf:heartbeat:pgsqlms bindir=/x pgdata=/y promotable pgsql-ha",
            "resource create vip ocf:heartbeat:IPaddr2 ip=10.0.0.100",
            "constraint colocation add vip with promoted pgsql-ha INFINITY",
            "constraint order promote pgsql-ha then start vip symmetrical=false kind=Mandatory",
            "constraint order demote pgsql-ha then stop vip symmetrical=false kind=Mandatory")
        .forEach(this::works);
    ClusterState s = cluster.state();
    SortedMap<NodeId, InstanceStatus> pg = new TreeMap<>();
    SortedMap<NodeId, InstanceStatus> vip = new TreeMap<>();
    for (NodeId node : List.of(N1, N2, N3)) {
      pg.put(node, is(s, List.of(followers).contains(node) ? Role.UNPROMOTED : Role.STOPPED));
      vip.put(node, is(s, node.equals(N1) ? Role.STARTED : Role.STOPPED));
    }
    pg.put(N1, is(s, Role.PROMOTED));
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances = new TreeMap<>();
    instances.put(PG, pg);
    instances.put(VIP, vip);
    SortedMap<ResourceId, Primacy> primacies = new TreeMap<>();
    primacies.put(
        PG,
        new Primacy(
            PG, 1, new Holder.Held(N1, "boot-1"), SyncPromise.NONE, new Election.Idle(1, ""), ""));
    cluster.put(s.edit().instances(instances).primacies(primacies).build());
  }

  private static InstanceStatus is(ClusterState s, Role role) {
    return new InstanceStatus(role, InstanceStatus.Certainty.KNOWN, 0, "", s.position());
  }

  @Test
  @Tag("S3-31")
  void whatASwitchoverWouldDoIsShownWithoutDoingIt() {
    runs(N2, N3);
    ClusterState before = cluster.state();
    works("pg switchover n2 --dry-run");
    String text = cluster.output();
    assertEquals(before, cluster.state(), "nothing is done");
    inOrder(
        text, "Would be done:", "demote pgsqld on n1", "promote pgsqld on n2", "start vip on n2");
    inOrder(text, "demote pgsqld on n1", "stop vip on n1", "start vip on n2");
    assertFalse(text.contains("n3"), text);

    assertEquals(ExitCode.USAGE, cluster.type("pg switchover --dry-run"));
    assertTrue(cluster.remarks().contains("which of n2, n3"), cluster.remarks());
  }

  @Test
  void whoIsNoStandbyCannotBeSwitchedTo() {
    runs(N2);
    works("pg switchover --dry-run");
    assertTrue(cluster.output().contains("promote pgsqld on n2"), cluster.output());
    assertEquals(ExitCode.FAILED, cluster.type("pg switchover n3 --dry-run"));
    assertTrue(cluster.remarks().contains("no standby on n3"), cluster.remarks());
  }

  /// Without data there is no grant, and the way is a preference: it is not written either.
  @Test
  void whatASwitchoverWithoutDataWouldDoIsShownWithoutDoingIt() {
    runs(N2, N3);
    ResourceId drbd = new ResourceId("drbd");
    cluster.apply(
        new ClusterCommand.ChangeConfiguration(
            -1,
            "setup",
            List.of(
                new ConfigurationChange.CreateResource(
                    new ResourceDefinition(
                        drbd,
                        AgentType.parse("ocf:linbit:drbd"),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        List.of(),
                        new ResourceDefinition.Form.Promotable(
                            new ResourceId("drbd-clone"), 0, 1, new TreeMap<>()))))));
    works("constraint location drbd-clone prefers n1=10 --promoted");
    ClusterState s = cluster.state();
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances =
        new TreeMap<>(s.instances());
    SortedMap<NodeId, InstanceStatus> byNode = new TreeMap<>();
    s.nodes().keySet().forEach(n -> byNode.put(n, is(s, Role.UNPROMOTED)));
    byNode.put(N1, is(s, Role.PROMOTED));
    instances.put(drbd, byNode);
    cluster.put(s.edit().instances(instances).build());
    ClusterState before = cluster.state();
    works("pg switchover n2 --name drbd --dry-run");
    assertEquals(before, cluster.state(), "nothing is done");
    inOrder(cluster.output(), "Would be done:", "demote drbd on n1", "promote drbd on n2");
    assertEquals(ExitCode.USAGE, cluster.type("pg switchover --name drbd --dry-run"));
    assertEquals(before, cluster.state(), "nothing is done");
  }

  private static void inOrder(String text, String... words) {
    int at = -1;
    for (String word : words) {
      int next = text.indexOf(word, at + 1);
      assertTrue(next > at, () -> word + " in\n" + text);
      at = next;
    }
  }

  @Test
  @Tag("S0-56")
  void whatAPushStartsIsShownBeforeItIsBegun() throws IOException {
    String push =
        "cluster cib-push --document="
            + PackedDocument.pack(
                Files.readString(Path.of("src/test/resources/cib/pcs-two-nodes.xml"))
                    .getBytes(StandardCharsets.UTF_8));
    works(push + " --dry-run");
    String text = cluster.output();
    assertEquals(List.of(), cluster.state().configuration().resources(), "only said");
    inOrder(text, "Would be changed:", "Would be done then:", "1. ");
    assertTrue(text.contains("start pgsqld on n1"), text);

    works(push);
    inOrder(cluster.output(), "Changed:", "Is done then:", "start pgsqld on n1");
    assertFalse(cluster.state().configuration().resources().isEmpty());
  }

  @Test
  @Tag("S4-17")
  void aClusterThatLacksAMemberSaysSoWithTheRemedies() {
    runs(N2, N3);
    works("status");
    assertFalse(cluster.output().contains("REDUNDANCY_DEGRADED"), cluster.output());
    works("cluster verify");

    follows(N2);
    String degraded = "REDUNDANCY_DEGRADED: pgsql-ha lacks its member on n3: it does not run there";
    for (String line : List.of("status", "cluster verify")) {
      cluster.type(line);
      assertTrue(cluster.output().contains(degraded), () -> line + ": " + cluster.output());
      assertTrue(cluster.output().contains("hactl pg rebuild n3"), cluster.output());
    }

    ClusterState s = cluster.state();
    SortedMap<NodeId, NodeStatus> nodes = new TreeMap<>(s.nodes());
    nodes.put(
        N3,
        new NodeStatus(
            NodeStatus.Presence.FENCED,
            s.node(N3).orElseThrow().incarnation(),
            s.position(),
            "fenced"));
    cluster.put(s.edit().nodes(nodes).build());
    works("resource update pgsqld upstream=n2:n3");
    cluster.type("status");
    String text = cluster.output();
    assertTrue(text.contains("lacks its member on n3: the node is away"), text);
    assertTrue(text.contains("hactl node remove n3, hactl node add"), text);
    assertTrue(text.contains("until then n2 streams from the primary"), text);
  }

  @Test
  void whatAnOperatorChoseIsSaidAndIsNoFault() {
    assertEquals(ExitCode.FAILED, cluster.type("cluster verify"));
    assertTrue(cluster.output().contains("No stonith devices"), cluster.output());
    works("property set stonith-enabled=false");
    works("cluster verify");
    assertTrue(cluster.output().contains("Fencing is disabled"), cluster.output());
    assertTrue(cluster.output().contains("is valid; what it does without"), cluster.output());
  }

  @Test
  @Tag("S4-23")
  void namesThatNodesResolveDifferentlyAreFound() {
    runs(N2, N3);
    cluster.names.put(N1, new TreeMap<>(Map.of("n1", "127.0.1.1", "n2", "10.0.0.2")));
    cluster.names.put(N2, new TreeMap<>(Map.of("n1", "10.0.0.1", "n2", "127.0.1.1")));
    cluster.names.put(N3, new TreeMap<>(Map.of("n1", "10.0.0.1", "n2", "10.0.0.2")));
    works("cluster verify");

    cluster.names.put(N3, new TreeMap<>(Map.of("n1", "10.0.0.1", "n2", "10.0.0.22")));
    assertEquals(ExitCode.FAILED, cluster.type("cluster verify"));
    assertTrue(
        cluster
            .output()
            .contains(
                "Name n2 means 10.0.0.2 on n1, and 10.0.0.22 on n3: let it mean 10.0.0.2 in"
                    + " /etc/hosts of every node"),
        cluster.output());
  }

  /// Only this one follows now.
  private void follows(NodeId follower) {
    ClusterState s = cluster.state();
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances =
        new TreeMap<>(s.instances());
    SortedMap<NodeId, InstanceStatus> pg = new TreeMap<>();
    for (NodeId node : List.of(N2, N3)) {
      pg.put(node, is(s, node.equals(follower) ? Role.UNPROMOTED : Role.STOPPED));
    }
    pg.put(N1, is(s, Role.PROMOTED));
    instances.put(PG, pg);
    cluster.put(s.edit().instances(instances).build());
  }
}
