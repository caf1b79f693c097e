package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Groups and plain clones, as they are typed, shown, written and read.
class GroupCommandsTest {
  private final TypedCluster cluster = new TypedCluster();

  private void type(String line) {
    assertEquals(ExitCode.OK, cluster.type(line), () -> line + ": " + cluster.remarks());
  }

  private void refused(String line, String message) {
    assertEquals(ExitCode.USAGE, cluster.type(line), line);
    assertTrue(cluster.remarks().contains(message), cluster.remarks());
  }

  private void addresses(String... ids) {
    for (String id : ids) {
      type("resource create " + id + " ocf:heartbeat:IPaddr2 ip=10.0.0.9");
    }
  }

  private void isGroup(String listed) {
    type("resource group list");
    assertEquals(listed, cluster.output());
  }

  private ClusterConfiguration configuration() {
    return cluster.state().configuration();
  }

  @Test
  void membersComeAndGo() {
    addresses("a", "b", "c");
    type("resource group add g a b");
    isGroup("g: a b");
    type("resource group add g c --before a");
    isGroup("g: c a b");
    type("resource group add g c --after=a");
    isGroup("g: a c b");
    type("resource create d ocf:heartbeat:IPaddr2 ip=10.0.0.8 --group g --after a");
    isGroup("g: a d c b");
    type("resource create e ocf:heartbeat:IPaddr2 ip=10.0.0.8 --group h");
    type("resource group add h b");
    isGroup("g: a d c\nh: e b");
    type("resource group remove g d");
    type("resource ungroup h");
    isGroup("g: a c");
    type("resource delete a");
    isGroup("g: c");
    type("constraint location g prefers n2");
    type("resource delete g");
    isGroup("");
    assertEquals(List.of(), configuration().constraints());
    assertEquals(
        List.of("b", "d", "e"),
        configuration().resources().stream().map(r -> r.id().name()).toList());
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    addresses("a", "b");
    type("resource create pg ocf:heartbeat:pgsqlms pgdata=/x promotable");
    refused("resource group add g a pg", "pg is a clone, which cannot be a member");
    refused("resource group add g a a", "is named twice");
    refused("resource group add g a --before b", "'b' is not another member");
    type("resource group add g a b");
    refused("resource group add g b --before a --after a", "exclude each other");
    refused("resource update g ip=1.1.1.1", "'g' is a group");
    refused("resource group remove x", "group 'x' does not exist");
    refused("resource clone g globally-unique=true", "globally-unique=true is not supported");
    refused("resource clone g clone-node-max=2", "clone-node-max=2 is not supported");
    refused("resource clone g notify=true", "notify=true of clone g-clone is not supported");
    refused("resource clone pg", "is a clone already");
    refused("resource unclone g", "is not a clone");
    refused("resource promotable a", "is not promotable");
  }

  @Test
  void aGroupIsHandledByItsName() {
    addresses("a", "b");
    type("resource group add g a b");
    type("resource disable g");
    assertEquals(
        "Stopped", configuration().groups().getFirst().metaAttribute("target-role").orElseThrow());
    type("resource enable g");
    type("resource unmanage g");
    assertTrue(
        configuration().resources().stream().allMatch(r -> r.meta().containsKey("is-managed")));
    type("resource manage g");
    type("resource meta g priority=5");
    assertEquals(
        "5", configuration().meta(configuration().resources().getFirst(), "priority").get());
    be("a", Role.STARTED, "n1");
    be("b", Role.STARTED, "n1");
    type("resource ban g");
    assertEquals(
        new ResourceId("g"),
        ((Constraint.Location) configuration().constraints().getFirst()).resource());
    type("explain g");
    assertTrue(cluster.output().contains("Resource: a"), cluster.output());
    assertTrue(cluster.output().contains("location cli-ban-g-on-n1"), cluster.output());
    type("resource clear g");
    assertEquals(List.of(), configuration().constraints());
    type("resource cleanup g");
    assertTrue(cluster.output().startsWith("Cleaned up a"), cluster.output());
    assertEquals(ExitCode.TIMEOUT, cluster.type("resource move g n2 --wait=1"));
    assertEquals(List.of(), configuration().constraints(), "nothing is left of a move");
    type("constraint location b prefers n1");
    type("constraint location g prefers n1");
    type("constraint ref g");
    assertEquals("  location-g-n1-INFINITY", cluster.output());
  }

  @Test
  void aPromotedInstanceIsBannedFromItsNode() {
    type("resource create pg ocf:heartbeat:pgsqlms pgdata=/x promotable");
    refused("resource ban pg --promoted", "does not run on one node");
    be("pg", Role.PROMOTED, "n2");
    be("pg", Role.UNPROMOTED, "n1");
    type("resource ban pg --promoted");
    Constraint.Location ban = (Constraint.Location) configuration().constraints().getFirst();
    assertEquals("cli-ban-pg-clone-on-n2", ban.id());
    assertEquals(Role.PROMOTED, ban.role());
    type("resource clear pg-clone");
    assertEquals(List.of(), configuration().constraints());
  }

  @Test
  void clonesAreMadeAndUnmade() {
    addresses("a", "b", "c");
    type("resource clone a interleave=true");
    type("constraint order a-clone then b");
    type("resource create d ocf:heartbeat:IPaddr2 ip=10.0.0.7 clone meta clone-max=2");
    type("resource group add g b c");
    type("resource clone g");
    type("resource meta d-clone clone-max=1");
    refused("resource move a n1", "is a clone, which has no one place");
    type("resource config");
    assertTrue(
        cluster
            .output()
            .contains(
                "  Clone: g-clone\n    Group: g\n"
                    + "      Resource: b (class=ocf provider=heartbeat type=IPaddr2)"),
        cluster.output());
    assertTrue(cluster.output().contains("      clone-max=1"), cluster.output());
    for (String node : List.of("n1", "n2", "n3")) {
      be("a", Role.STARTED, node);
      be("b", Role.STARTED, node);
      be("c", node.equals("n3") ? Role.STOPPED : Role.STARTED, node);
    }
    be("d", Role.STARTED, "n2");
    type("resource status");
    assertEquals(
        """
        * Clone Set: a-clone [a]:
          * Started: [ n1 n2 n3 ]
        * Clone Set: g-clone [g]:
          * b\t(ocf:heartbeat:IPaddr2):\t Started n3
          * Started: [ n1 n2 ]
        * Clone Set: d-clone [d]:
          * Started: [ n2 ]
          * Stopped: [ n1 n3 ]\
        """
            .indent(2)
            .stripTrailing(),
        cluster.output());
    type("status");
    assertTrue(cluster.output().contains("10 resource instances configured"), cluster.output());
    refused("resource unclone a", "so it must stay a clone");
    type("resource unclone d-clone");
    be("a", Role.STOPPED, "n2");
    be("a", Role.STOPPED, "n3");
    type("resource unclone a");
    assertEquals(
        new ResourceId("a"),
        ((Constraint.Ordering) configuration().constraints().getFirst()).first());
  }

  @Test
  void documentsOfGroupsAndClonesGoToAndFro() {
    addresses("a", "b", "c", "d", "e");
    type("resource group add g a b");
    type("resource meta g target-role=Started priority=3");
    type("resource clone c interleave=true clone-max=2");
    type("resource group add h d");
    type("resource clone h all-of-h");
    type("constraint colocation add e with g 100");
    type("constraint order c-clone then g");
    type("constraint location all-of-h avoids n3");
    ClusterConfiguration before = configuration();
    type("cib export");
    String xml = cluster.output();
    type(push(xml));
    assertEquals("The configuration is already as the document says.", cluster.output());
    TypedCluster other = new TypedCluster();
    assertEquals(ExitCode.OK, other.type(push(xml)), other.remarks());
    ClusterConfiguration after = other.state().configuration();
    assertEquals(before.groups(), after.groups());
    assertEquals(before.constraints(), after.constraints());
    assertEquals(
        before.resources().stream().sorted(java.util.Comparator.comparing(r -> r.id())).toList(),
        after.resources().stream().sorted(java.util.Comparator.comparing(r -> r.id())).toList());
    List.of("a", "b", "c", "d", "e").forEach(id -> be(id, Role.STOPPED, "n1"));
    type(
        push(
            xml.replaceAll("(?s)<group id=\"g\">.*?</group>", "")
                .replaceAll("<rsc_(colocation|order)[^>]*/>", "")));
    assertTrue(cluster.output().contains("group g: removed"), cluster.output());
    assertEquals(
        Optional.of(List.of(new ResourceId("d"))),
        configuration().groups().stream().map(GroupDefinition::members).findFirst());
    type(push(xml));
    assertTrue(cluster.output().contains("group g (a, b): created"), cluster.output());
    assertEquals(before.groups().size(), configuration().groups().size());
    assertEquals(3, configuration().constraints().size());
  }

  @Test
  void allMembersExchangedTheConstraintsStay() {
    addresses("a", "b");
    type("resource group add g a");
    type("constraint location g prefers n1");
    type("cib export");
    String xml = cluster.output();
    be("a", Role.STOPPED, "n1");
    be("b", Role.STOPPED, "n1");
    type(
        push(
            xml.replaceAll("\"b", "\"x")
                .replaceAll("\"a\"", "\"b\"")
                .replaceAll("\"a-", "\"b-")
                .replaceAll("\"x", "\"c")));
    assertEquals(
        List.of("b"),
        configuration().groups().getFirst().members().stream().map(ResourceId::name).toList());
    assertEquals(1, configuration().constraints().size());
  }

  @Test
  void theRunningClusterNeedsNothing() {
    addresses("a", "b", "c");
    type("resource group add g a b");
    type("resource clone c");
    be("a", Role.STARTED, "n1");
    be("b", Role.STARTED, "n1");
    for (String node : List.of("n1", "n2", "n3")) {
      be("c", Role.STARTED, node);
    }
    type("cib export");
    Decision decision =
        PolicyEngine.decide(
            CibReader.read(cluster.output().getBytes(StandardCharsets.UTF_8)).cib().orElseThrow(),
            Instant.ofEpochSecond(1_800_000_000L));
    assertEquals(
        List.of(),
        decision.steps().stream().filter(s -> !s.family().equals("pseudo")).toList(),
        cluster.output());
    type("status -o json");
    assertTrue(cluster.output().contains("\"group\" : \"g\""), cluster.output());
    assertFalse(cluster.output().contains("\"group\" : \"c\""), cluster.output());
  }

  private static String push(String xml) {
    return "cib import --document=" + PackedDocument.pack(xml.getBytes(StandardCharsets.UTF_8));
  }

  private void be(String resource, Role role, String node) {
    cluster.await(_ -> true, java.time.Duration.ZERO);
    var s = cluster.state();
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances = new TreeMap<>();
    s.instances()
        .forEach((id, byNode) -> {
          SortedMap<NodeId, InstanceStatus> copy = new TreeMap<>();
          byNode.forEach((n, status) ->
              copy.put(
                  n,
                  status.certainty() == InstanceStatus.Certainty.KNOWN
                      ? status
                      : known(Role.STOPPED)));
          if (id.name().equals(resource)) {
            copy.put(new NodeId(node), known(role));
          }
          instances.put(id, copy);
        });
    cluster.put(s.edit().instances(instances).build());
  }

  private static InstanceStatus known(Role role) {
    return new InstanceStatus(role, InstanceStatus.Certainty.KNOWN, 0, "", LogPosition.NONE);
  }
}
