package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TimeZone;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The sections of `hactl status` and their order are those of `pcs status`. `-Dgolden.update=true`
/// rewrites the file.
class StatusGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");

  private final TypedCluster cluster = new TypedCluster();

  @BeforeEach
  void zone() {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
  }

  private void check(String name, String line) throws IOException {
    assertEquals(ExitCode.OK, cluster.type(line), cluster.remarks());
    Path file = GOLDEN.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, cluster.output() + "\n");
    }
    assertEquals(Files.readString(file), cluster.output() + "\n");
  }

  private void build() {
    List.of(
            "stonith create lab fence_virsh pcmk_host_list=n1,n2,n3 ip=10.0.0.9 passwd=geheim",
            "resource create pgsqld ocf:heartbeat:pgsqlms bindir=/x pgdata=/y promotable pgsql-clone",
            "resource create vip ocf:heartbeat:IPaddr2 ip=10.0.0.100 cidr_netmask=24",
            "resource create test ocf:heartbeat:IPaddr2 ip=10.0.0.101 --disabled",
            "constraint colocation add vip with promoted pgsql-clone INFINITY",
            "constraint order promote pgsql-clone then start vip symmetrical=false",
            "constraint location vip prefers n1=50",
            "resource defaults resource-stickiness=10")
        .forEach(line -> assertEquals(ExitCode.OK, cluster.type(line), cluster.remarks()));
  }

  private static InstanceStatus known(Role role) {
    return new InstanceStatus(
        role, InstanceStatus.Certainty.KNOWN, 0, "", new LogPosition(1, 1, 40));
  }

  private void runEverything() {
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances = new TreeMap<>();
    SortedMap<NodeId, InstanceStatus> postgres = new TreeMap<>();
    postgres.put(N1, known(Role.PROMOTED));
    postgres.put(N2, known(Role.UNPROMOTED));
    postgres.put(N3, known(Role.UNPROMOTED));
    SortedMap<NodeId, InstanceStatus> vip = new TreeMap<>();
    vip.put(N1, known(Role.STARTED));
    vip.put(N2, known(Role.STOPPED));
    instances.put(new ResourceId("pgsqld"), postgres);
    instances.put(new ResourceId("vip"), vip);
    ClusterState s = cluster.state();
    cluster.put(s.edit().instances(instances).build());
  }

  @Test
  void itIsShownOnceEverythingRuns() {
    build();
    assertEquals(ExitCode.TIMEOUT, cluster.type("status --wait=0"));
    assertTrue(cluster.output().contains("Health: DOWN - "), cluster.output());
    assertTrue(cluster.remarks().contains("not everything runs: DOWN - "), cluster.remarks());
    cluster.see("n1", "n2", "n3");
    cluster.meanwhile(this::runEverything);
    assertEquals(ExitCode.OK, cluster.type("status --wait"), cluster.remarks());
    assertTrue(cluster.output().contains("Health: OK"), cluster.output());
    cluster.see("n1", "n2");
    assertEquals(ExitCode.TIMEOUT, cluster.type("status --wait=0"));
    assertTrue(cluster.remarks().contains("n3 is not heard"), cluster.remarks());
    cluster.loseQuorum();
    assertEquals(ExitCode.TIMEOUT, cluster.type("status --wait=0"));
    assertTrue(cluster.remarks().contains("DOWN - no quorum"), cluster.remarks());
  }

  @Test
  void everythingRuns() throws IOException {
    build();
    runEverything();
    check("status.txt", "status");
    check("status-full.txt", "status --full");
    check("config.txt", "config");
    assertTrue(!cluster.output().contains("geheim"), "a secret was printed");
    check("constraint.txt", "constraint");
    check("status.json", "status -o json");
  }

  @Test
  void aNodeIsLostAndCannotBeFenced() throws IOException {
    build();
    runEverything();
    ClusterState s = cluster.state();
    SortedMap<NodeId, NodeStatus> nodes = new TreeMap<>(s.nodes());
    nodes.put(
        N2,
        new NodeStatus(
            NodeStatus.Presence.LOST,
            s.node(N2).orElseThrow().incarnation(),
            s.position(),
            "silent, say n1 and n3"));
    SortedMap<ResourceId, SortedMap<NodeId, FailCount>> failures = new TreeMap<>();
    SortedMap<NodeId, FailCount> vip = new TreeMap<>();
    vip.put(N3, new FailCount(1, 1_800_000_000_000L, OperationKind.START, "the address is in use"));
    failures.put(new ResourceId("vip"), vip);
    FencingRecord failed =
        new FencingRecord(
            N2,
            "boot-2",
            true,
            false,
            "",
            "",
            "lab: no answer",
            N1,
            "cluster",
            1_800_000_000_000L,
            s.position());
    cluster.put(s.edit().nodes(nodes).failCounts(failures).fencings(List.of(failed)).build());
    check("status-lost.txt", "status --full");
  }
}
