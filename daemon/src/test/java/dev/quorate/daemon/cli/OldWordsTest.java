package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.Constraint;
import dev.quorate.resource.NoQuorumPolicy;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The commands of the documents that users follow today, typed as they stand there.
class OldWordsTest {
  private final TypedCluster cluster = new TypedCluster();

  private void works(String line) {
    assertEquals(ExitCode.OK, cluster.type(line), () -> line + ": " + cluster.remarks());
  }

  private void postgres() {
    works(
        "resource create pgsqld ocf:heartbeat:pgsqlms bindir=/usr/lib/postgresql/15/bin"
            + " pgdata=/var/lib/pg recovery_template=/etc/r op start timeout=60s op stop"
            + " timeout=60s op promote timeout=30s op demote timeout=120s op monitor interval=15s"
            + " timeout=10s role=\"Master\" op monitor interval=16s timeout=10s role=\"Slave\" op"
            + " notify timeout=60s");
    works("resource master pgsql-ha pgsqld notify=true");
  }

  @Test
  @Tag("S0-42")
  @Tag("S0-47")
  @Tag("S0-50")
  void theOldPostgresRecipe() {
    works("property set stonith-enabled=false");
    works("resource defaults resource-stickiness=10");
    works("resource defaults migration-threshold=5");
    postgres();
    works(
        "resource create pgsql-master-ip ocf:heartbeat:IPaddr2 ip=192.168.122.50 cidr_netmask=24"
            + " op monitor interval=10s");
    works("constraint colocation add pgsql-master-ip with master pgsql-ha INFINITY");
    works(
        "constraint order promote pgsql-ha then start pgsql-master-ip symmetrical=false"
            + " kind=Mandatory");
    works(
        "constraint order demote pgsql-ha then stop pgsql-master-ip symmetrical=false"
            + " kind=Mandatory");

    ResourceDefinition resource = cluster.state().configuration().resources().getFirst();
    assertEquals("pgsql-ha", resource.publicId().name());
    assertEquals("true", resource.meta().get("holds-data"));
    assertEquals(
        2, resource.operations().stream().filter(o -> o.kind() == OperationKind.MONITOR).count());
    assertTrue(resource.operations().stream().anyMatch(o -> o.role() == Role.PROMOTED));
    Constraint.Colocation with =
        (Constraint.Colocation) cluster.state().configuration().constraints().getFirst();
    assertEquals(Role.PROMOTED, with.withRole());
    assertEquals(Score.MUST, with.score());
    Constraint.Ordering order =
        (Constraint.Ordering) cluster.state().configuration().constraints().get(1);
    assertEquals(OperationKind.PROMOTE, order.firstAction());
    assertFalse(order.symmetrical());
  }

  @Test
  @Tag("S0-48")
  void monitorsOfOneRoleDifferInTheirInterval() {
    postgres();
    List<OperationDefinition> monitors =
        cluster.state().configuration().resources().getFirst().operations().stream()
            .filter(o -> o.kind() == OperationKind.MONITOR)
            .toList();
    assertEquals(
        List.of("PROMOTED 15 s", "UNPROMOTED 16 s"),
        monitors.stream().map(m -> m.role() + " " + m.interval().toSeconds() + " s").toList());
    String second = " op monitor interval=15s timeout=10s role=";
    String create = "resource create %s ocf:heartbeat:pgsqlms bindir=/x pgdata=/y";
    works(create.formatted("pg2") + second + "Promoted" + second + "Unpromoted promotable");
    assertEquals(
        ExitCode.USAGE,
        cluster.type(create.formatted("pg3") + second + "Promoted" + second + "Master promotable"));
    assertTrue(
        cluster.remarks().contains("resource pg3 has two operations MONITOR of PROMOTED at PT15S"),
        cluster.remarks());
    assertTrue(cluster.remarks().contains("give them different intervals"), cluster.remarks());
  }

  @Test
  @Tag("S4-26")
  void timesAreWrittenInManyWays() {
    for (String written : List.of("2", "2s", "2sec", "2000ms")) {
      String id = "ip" + written;
      works(
          "resource create %s ocf:heartbeat:IPaddr2 ip=10.0.0.50 op monitor interval=%s"
              .formatted(id, written));
      ResourceDefinition resource = cluster.state().configuration().resources().getLast();
      assertEquals(Duration.ofSeconds(2), resource.operations().getFirst().interval(), written);
    }
    assertEquals(
        ExitCode.USAGE,
        cluster.type(
            "resource create ip ocf:heartbeat:IPaddr2 ip=10.0.0.50 op monitor interval=2fish"));
    assertTrue(cluster.remarks().contains("interval cannot be '2fish'"), cluster.remarks());
  }

  @Test
  @Tag("S3-48")
  void everyPolicyWithoutAQuorumIsTaken() {
    for (NoQuorumPolicy policy : NoQuorumPolicy.values()) {
      works("property set no-quorum-policy=" + policy.word() + " --force");
      assertEquals(policy, NoQuorumPolicy.of(cluster.state().configuration()));
      works("quorum status");
      assertTrue(cluster.output().contains("no-quorum-policy=" + policy.word()));
    }
    works("property set no-quorum-policy=fence");
    assertEquals(NoQuorumPolicy.FENCE, NoQuorumPolicy.of(cluster.state().configuration()));
    assertEquals(ExitCode.USAGE, cluster.type("property set no-quorum-policy=panic"));
    assertTrue(cluster.remarks().contains("stop, freeze, demote, suicide"), cluster.remarks());
  }

  @Test
  @Tag("S3-47")
  void aPolicyThatIgnoresTheQuorumIsTakenOnlyWhereItIsMeant() {
    assertEquals(ExitCode.REFUSED, cluster.type("property set no-quorum-policy=ignore"));
    assertTrue(cluster.remarks().contains("--force"), cluster.remarks());
    assertEquals(NoQuorumPolicy.STOP, NoQuorumPolicy.of(cluster.state().configuration()));
    works("status");
    assertFalse(cluster.output().contains("no-quorum-policy"), cluster.output());

    works("property set no-quorum-policy=ignore --force");
    works("status");
    assertTrue(
        cluster.output().contains("no-quorum-policy=ignore: a node that is cut off goes on"),
        cluster.output());
  }

  @Test
  @Tag("S3-26")
  void scoresOfPromotionAreSetAndExplained() {
    postgres();
    works("constraint location pgsql-ha prefers n1=1000 n2=100 --master");
    works("explain pgsql-ha");
    String text = cluster.output();
    assertTrue(text.contains("promotion score 1000"), text);
    assertTrue(text.contains("promotion score 100"), text);
    assertTrue(text.contains("1000 location location-pgsql-ha-n1-1000-promoted"), text);
    works("constraint");
    assertTrue(cluster.output().contains("1000"), cluster.output());
    works("constraint location pgsql-ha prefers n1=2000 --promoted");
  }

  @Test
  @Tag("S4-32")
  void aLineOfHaresourcesIsTakenOver() {
    String line = "resource haresources n1 IPAddr::192.168.1.15/24/eth0 hapostgres";
    assertEquals(ExitCode.FAILED, cluster.type(line));
    assertTrue(cluster.remarks().contains("no resource of this cluster is a PostgreSQL"));
    postgres();
    works(line);
    works("config");
    String config = cluster.output();
    for (String expected :
        List.of(
            "ip=192.168.1.15",
            "cidr_netmask=24",
            "nic=eth0",
            "prefers node 'n1' with score 50",
            "with Promoted resource 'pgsql-ha'",
            "promote resource 'pgsql-ha' then start resource 'ip-192.168.1.15'")) {
      assertTrue(config.contains(expected), () -> expected + " in\n" + config);
    }
    works("resource haresources n2 10.0.0.7 10.0.0.8/16 postgresql");
    assertTrue(cluster.output().contains("10.0.0.7, 10.0.0.8 prefer n2"), cluster.output());
    for (String bad :
        List.of(
            "n9 10.0.0.9 postgresql",
            "n1 postgresql",
            "n1 10.0.0.9",
            "n1 10.0.0.9 httpd",
            "n1 10.0.0.9 postgresql more")) {
      assertEquals(ExitCode.USAGE, cluster.type("resource haresources " + bad), bad);
    }
  }

  @Test
  void theNewerSpellings() {
    works(
        "resource create pgsql-ha ocf:resource-agents:pgsqlms bindir=/x pgdata=/y"
            + " op monitor interval=15s");
    works("resource promotable pgsql-ha notify=true master-max=1");
    works(
        "resource create pgclivip ocf:heartbeat:IPaddr2 ip=10.4.10.64 cidr_netmask=24"
            + " iflabel=\"pgclivip\" op monitor interval=1s meta target-role=\"Started\"");
    works("constraint colocation add pgclivip with promoted pgsql-ha-clone INFINITY");
    works("constraint order promote pgsql-ha-clone then start pgclivip symmetrical=false");
    works("constraint location pgclivip prefers n1=50");
    works("constraint location pgclivip avoids n2=INFINITY");
    works("cluster status");
    works("config");
    assertTrue(cluster.output().contains("promoted-max=1"), cluster.output());
  }

  @Test
  void fenceDevicesOfOldRecipes() {
    works(
        "stonith create fence_vm_server1 fence_virsh pcmk_host_check=static-list"
            + " pcmk_host_list=n1 ipaddr=192.168.122.1 login=root port=server1 action=off"
            + " identity_file=/etc/keys/id_rsa");
    assertTrue(cluster.remarks().contains("pcmk_reboot_action=off"), cluster.remarks());
    assertEquals(
        "192.168.122.1",
        cluster.state().configuration().fenceDevices().getFirst().parameters().get("ip"));
    works("constraint location fence_vm_server1 avoids n1=INFINITY");
    assertTrue(cluster.remarks().contains("no constraint is needed"), cluster.remarks());
  }

  @Test
  void oldWordsAreNeverPrinted() {
    postgres();
    works("config");
    String config = cluster.output().toLowerCase(java.util.Locale.ROOT);
    assertFalse(config.contains("master"), config);
    assertFalse(config.contains("slave"), config);
    works("help");
    assertFalse(cluster.output().contains("master"), cluster.output());
  }

  @Test
  @Tag("S4-30")
  void setupAcceptsTheOldOption() {
    works("cluster setup --name cluster_pgsql server1 server2");
    assertTrue(cluster.output().contains("hactl cluster join TOKEN-server2"), cluster.output());
    works("cluster setup --name three node1=10.0.0.1 node2 node3");
    assertTrue(cluster.output().contains("hactl cluster join TOKEN-node2"), cluster.output());
    assertTrue(cluster.output().contains("hactl cluster join TOKEN-node3"), cluster.output());
    works("cluster auth server1 server2 -u hacluster");
  }
}
