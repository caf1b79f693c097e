package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What documents say once for many, and what they count.
class CibExpansionTest {
  private final TypedCluster cluster = new TypedCluster();

  private static void works(TypedCluster cluster, String line) {
    assertEquals(ExitCode.OK, cluster.type(line), () -> line + ": " + cluster.remarks());
  }

  private static String push(String xml) {
    return "cib import --document=" + PackedDocument.pack(xml.getBytes(StandardCharsets.UTF_8));
  }

  private static String export(TypedCluster cluster, String... options) {
    works(cluster, "cib export " + String.join(" ", options));
    return cluster.output();
  }

  @Test
  void whatIsSaidOnceForManyIsWrittenOut() throws IOException {
    works(cluster, push(Files.readString(Path.of("src/test/resources/cib/said-once.xml"))));
    ClusterConfiguration c = cluster.state().configuration();
    for (String notice :
        List.of(
            "id \"t\": the template is written out into a, b, and not kept",
            "id \"tg\": the tag is not kept",
            "id \"co\": it becomes co-a, co-b",
            "id \"g\": its parameters are written out into the resources in it",
            "id \"od\": the defaults of operations are written out")) {
      assertTrue(cluster.remarks().contains(notice), notice + " in\n" + cluster.remarks());
    }
    ResourceDefinition a = c.resource(new ResourceId("a")).orElseThrow();
    ResourceDefinition b = c.resource(new ResourceId("b")).orElseThrow();
    assertEquals("ocf:heartbeat:IPaddr2", a.agent().toString());
    assertEquals(Map.of("ip", "10.0.0.1", "nic", "eth0"), a.parameters());
    assertEquals(Map.of("ip", "10.0.0.2", "nic", "eth7", "cidr_netmask", "24"), b.parameters());
    assertEquals(Map.of("migration-threshold", "3"), a.meta());
    assertEquals(
        List.of("MONITOR PT7S", "START PT45S", "STOP PT1M15S"),
        a.operations().stream().map(o -> o.kind() + " " + o.timeout()).sorted().toList());
    assertEquals(
        List.of("co-a", "co-b", "l-a", "l-b", "o"),
        c.constraints().stream().map(dev.quorate.resource.Constraint::id).sorted().toList());
    works(cluster, push(export(cluster)));
    assertEquals("The configuration is already as the document says.", cluster.output());
  }

  @Test
  void utilizationIsKept() {
    works(cluster, "resource create vip ocf:heartbeat:IPaddr2 ip=10.0.0.1");
    works(cluster, "property set placement-strategy=utilization");
    works(cluster, "node utilization n1 cpu=8 memory=4096");
    works(cluster, "resource utilization vip cpu=2");
    assertEquals(ExitCode.USAGE, cluster.type("resource utilization vip cpu=much"));
    works(cluster, "node utilization");
    assertEquals("Node Utilization:\n  n1: cpu=8 memory=4096", cluster.output());
    works(cluster, "resource utilization");
    assertEquals("Resource Utilization:\n  vip: cpu=2", cluster.output());
    works(cluster, "resource update vip cidr_netmask=25");
    works(cluster, "node attribute n1 rack=a");
    String xml = export(cluster, "--secrets");
    works(cluster, push(xml));
    assertEquals("The configuration is already as the document says.", cluster.output());
    TypedCluster other = new TypedCluster();
    works(other, push(xml));
    ClusterConfiguration expected = cluster.state().configuration();
    assertEquals(expected.nodes(), other.state().configuration().nodes());
    assertEquals(expected.resources(), other.state().configuration().resources());
    works(cluster, push(xml.replace("name=\"cpu\" value=\"2\"", "name=\"cpu\" value=\"3\"")));
    assertTrue(
        cluster.output().contains("resource vip: utilization cpu=3 (was 2)"), cluster.output());
    works(cluster, push(xml.replaceAll("(?s)<utilization.*?</utilization>", "")));
    assertTrue(cluster.output().contains("node n1: utilization cpu: removed"), cluster.output());
  }
}
