package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The cluster as a document and back.
class CibCommandsTest {
  private static final Path CRM_SIMULATE = Path.of("/usr/sbin/crm_simulate");

  private final TypedCluster cluster = new TypedCluster();

  @TempDir private Path directory;

  private static String document(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/cib/" + name + ".xml"));
  }

  private static void works(TypedCluster cluster, String line) {
    assertEquals(ExitCode.OK, cluster.type(line), () -> line + ": " + cluster.remarks());
  }

  private static String push(String xml, String... options) {
    return "cib import --document="
        + PackedDocument.pack(xml.getBytes(StandardCharsets.UTF_8))
        + " "
        + String.join(" ", options);
  }

  private void refused(String xml, String... messages) {
    ClusterState before = cluster.state();
    assertEquals(ExitCode.USAGE, cluster.type(push(xml)), cluster.output());
    assertEquals(before, cluster.state());
    for (String message : messages) {
      assertTrue(cluster.remarks().contains(message), message + " in\n" + cluster.remarks());
    }
    assertTrue(cluster.remarks().contains("nothing was imported"), cluster.remarks());
  }

  private static String export(TypedCluster cluster, String... options) {
    works(cluster, "cib export " + String.join(" ", options));
    return cluster.output();
  }

  private static void typed(TypedCluster cluster) {
    works(cluster, "property set stonith-enabled=true");
    works(cluster, "resource defaults resource-stickiness=10");
    works(cluster, "node standby n2");
    works(cluster, "node attribute n2 rack=b");
    works(
        cluster,
        "stonith create fence_n1 fence_virsh ipaddr=192.168.122.1 passwd=hunter2"
            + " pcmk_host_list=n1,n2 meta priority=5");
    works(
        cluster,
        "resource create pgsqld ocf:heartbeat:pgsqlms bindir=/usr/lib/postgresql/15/bin"
            + " pgdata=/var/lib/pg op demote timeout=120s op monitor interval=15s timeout=10s"
            + " role=Promoted op monitor interval=16s timeout=10s role=Unpromoted op start timeout=60s"
            + " promotable notify=true promoted-max=1");
    works(
        cluster,
        "resource create vip ocf:heartbeat:IPaddr2 cidr_netmask=24 ip=192.168.122.50"
            + " op monitor interval=10s meta migration-threshold=3");
    works(cluster, "constraint colocation add vip with promoted pgsqld-clone INFINITY");
    works(
        cluster,
        "constraint order promote pgsqld-clone then start vip symmetrical=false"
            + " id=order-pgsqld-clone-vip-mandatory");
    works(cluster, "constraint location vip prefers n1=50");
  }

  private static void same(ClusterConfiguration expected, ClusterConfiguration actual) {
    assertEquals(expected.nodes(), actual.nodes());
    assertEquals(expected.properties(), actual.properties());
    assertEquals(expected.resourceDefaults(), actual.resourceDefaults());
    assertEquals(expected.resources(), actual.resources());
    assertEquals(expected.constraints(), actual.constraints());
    assertEquals(expected.fenceDevices().toString(), actual.fenceDevices().toString());
    assertEquals(expected.fenceDevices(), actual.fenceDevices());
  }

  @Test
  void aDocumentOfPcsGivesWhatTheCommandsGive() throws IOException {
    TypedCluster byHand = new TypedCluster();
    typed(byHand);
    works(cluster, push(document("pcs-two-nodes"), "--dry-run"));
    assertTrue(cluster.output().startsWith("Would be changed:"), cluster.output());
    assertTrue(cluster.output().contains("resource pgsqld-clone (ocf:heartbeat:pgsqlms): created"));
    assertFalse(cluster.output().contains("hunter2"), cluster.output());
    assertEquals(List.of(), cluster.state().configuration().resources(), "only said");
    long version = cluster.state().configuration().version();
    works(cluster, push(document("pcs-two-nodes")));
    same(byHand.state().configuration(), cluster.state().configuration());
    assertEquals(version + 1, cluster.state().configuration().version(), "one entry of the log");
    assertTrue(cluster.remarks().contains("this cluster's name stays demo"), cluster.remarks());
    assertTrue(cluster.remarks().contains("node n3 is not in the document"), cluster.remarks());
    works(cluster, push(document("pcs-two-nodes")));
    assertEquals("The configuration is already as the document says.", cluster.output());
  }

  @Test
  void whatIsWrittenIsReadAgainWithoutAChange() throws IOException {
    typed(cluster);
    works(cluster, "constraint location vip avoids n3=INFINITY");
    works(cluster, "constraint location add vip vip n2 7");
    works(cluster, "resource disable vip");
    ClusterConfiguration before = cluster.state().configuration();
    for (String xml : List.of(export(cluster), export(cluster, "--secrets"))) {
      CibReader.Result read = CibReader.read(xml.getBytes(StandardCharsets.UTF_8));
      assertEquals(List.of(), read.problems());
      assertEquals(List.of(), read.notices());
      // One constraint has the name of a resource, which a document cannot say.
      works(cluster, push(xml, "--dry-run"));
      assertEquals(
          List.of(
              "Would be changed:",
              "  constraint vip: deleted",
              "  constraint vip-2 (vip on n2, 7): created"),
          cluster.output().lines().toList());
    }
    works(cluster, "constraint delete vip");
    String xml = export(cluster);
    works(cluster, push(xml));
    assertEquals("The configuration is already as the document says.", cluster.output());
    TypedCluster other = new TypedCluster();
    works(other, push(export(cluster, "--secrets")));
    same(cluster.state().configuration(), other.state().configuration());
    assertEquals(before.version() + 1, cluster.state().configuration().version());
  }

  @Test
  void whatIsNotInTheDocumentGoes() {
    typed(cluster);
    run();
    String empty = "<cib><configuration><resources/></configuration></cib>";
    refused(
        empty,
        "resource pgsqld cannot be deleted",
        "resource vip cannot be deleted",
        "stop it first with 'hactl resource disable vip'");
    works(cluster, "resource disable vip pgsqld-clone");
    stop();
    works(cluster, push(empty));
    ClusterConfiguration after = cluster.state().configuration();
    assertEquals(List.of(), after.resources());
    assertEquals(List.of(), after.constraints());
    assertEquals(List.of(), after.fenceDevices());
    assertEquals(new TreeMap<>(), after.properties());
    assertEquals(new TreeMap<>(), after.resourceDefaults());
    assertEquals(3, after.nodes().size());
    assertEquals(
        "on",
        Objects.requireNonNull(after.nodes().get(new NodeId("n2"))).attributes().get("standby"));
  }

  @Test
  void whatRunsIsProtected() {
    typed(cluster);
    run();
    String xml = export(cluster, "--secrets");
    refused(xml.replace("/var/lib/pg", "/elsewhere"), "pgdata of resource pgsqld cannot change");
    refused(
        xml.replace("id=\"pgsqld-clone\"", "id=\"other\"").replace("\"pgsqld-clone\"", "\"other\""),
        "cannot change while it may run");
    works(cluster, push(xml.replace("value=\"24\"", "value=\"25\"")));
    assertTrue(
        cluster.output().contains("resource vip: cidr_netmask=25 (was 24)"), cluster.output());
  }

  @Test
  void secretsAreNotShownAndNotGuessed() {
    typed(cluster);
    String xml = export(cluster);
    assertFalse(xml.contains("hunter2"), xml);
    assertTrue(export(cluster, "--secrets").contains("hunter2"));
    refused(
        xml.replace("192.168.122.1\"", "192.168.122.2\""),
        "id \"fence_n1\": password is blanked: write the value, or export with --secrets");
    works(cluster, "stonith delete fence_n1");
    refused(xml, "password is blanked");
  }

  @Test
  void everythingThatIsNotManagedIsRefusedAtOnce() throws IOException {
    refused(
        document("not-managed"),
        "id \"m1\": parameter 'ip' is missing",
        "id \"c\": notify=true is not managed",
        "id \"cu\": globally-unique=true is not managed",
        "id \"cg\": groups cannot be promoted",
        "id \"b\": bundles are not managed",
        "id \"p1\": parameter 'ip' is missing",
        "id \"od-p\": priority as a default of operations",
        "id \"p2\": agent ocf:heartbeat:Dummy is not known",
        "id \"p3\": unknown parameter 'cidr'",
        "id \"p3\": meta-attribute of p3: requires=nothing is not supported yet",
        "id \"p3-o1\": on-fail=standby is not managed",
        "id \"p3-o2\": enabled=false is not managed",
        "id \"p3-o3\": operation migrate_to of p3 is not managed",
        "id \"f2\": fence agent 'fence_none' is not installed",
        "constraint l1: pgsqld-clone holds data, and its elections go by nodes",
        "id \"l2\": node n9 is no member",
        "id \"l3\": node n9 is no member",
        "constraint l4: a rule compares a with an option of the resource",
        "id \"co1\": fence_n1 is a fence device",
        "id \"co3\": fence_n1 is a fence device",
        "id \"ti\": tickets are not managed",
        "id \"al\": alerts are not managed",
        "id \"fl\": fencing levels are not managed",
        "id \"9\": node n8 is no member",
        "id \"10\": nodes of type remote",
        "id \"ps\": rules are not managed",
        "id \"ps2-x\": property placement-strategy=best: must be one of");
    assertFalse(cluster.remarks().contains("co4"), "what is refused already is not told again");
    assertTrue(
        cluster
            .remarks()
            .lines()
            .filter(l -> l.contains("id \""))
            .allMatch(l -> l.matches("line [0-9]+, .*")),
        cluster.remarks());
  }

  @Test
  void badDocumentsAndBadWords() {
    refused("<cib>", "line 1: ");
    refused(
        "<cib><configuration><resources><primitive id=\"a\"/>\n<primitive id=\"a\"/></resources></configuration></cib>",
        "line 1, id \"a\": ",
        "line 2, id \"a\": ");
    assertEquals(ExitCode.USAGE, cluster.type("cib import x.xml"));
    assertTrue(cluster.remarks().contains("was not read"), cluster.remarks());
    assertEquals(ExitCode.USAGE, cluster.type("cib import"));
    assertEquals(ExitCode.USAGE, cluster.type("cib import --document=!!"));
    assertEquals(ExitCode.USAGE, cluster.type("resource delete vip --dry-run"));
    assertTrue(cluster.remarks().contains("has no option '--dry-run'"), cluster.remarks());
    assertEquals(ExitCode.USAGE, cluster.type(push("<cib>", "-o", "json")));
    assertTrue(cluster.remarks().startsWith("{\"code\":\"HA-CLI-008\""), cluster.remarks());
    assertThrows(HactlError.class, () -> PackedDocument.pack(new byte[PackedDocument.MOST + 1]));
  }

  @Test
  void theRunningClusterNeedsNothing() throws IOException {
    typed(cluster);
    works(cluster, "node unstandby n2");
    run();
    String xml = export(cluster);
    Decision decision =
        PolicyEngine.decide(
            CibReader.read(xml.getBytes(StandardCharsets.UTF_8)).cib().orElseThrow(),
            Instant.ofEpochSecond(1_800_000_000L));
    assertEquals(
        List.of(),
        decision.steps().stream().filter(s -> !s.family().equals("pseudo")).toList(),
        xml);
  }

  @Test
  void whatIsWrongIsWrittenToo() {
    typed(cluster);
    works(cluster, "node unstandby n2");
    run();
    ClusterState s = cluster.state();
    NodeId n1 = new NodeId("n1");
    NodeId n2 = new NodeId("n2");
    SortedMap<NodeId, NodeStatus> nodes = new TreeMap<>(s.nodes());
    nodes.put(
        n2,
        new NodeStatus(
            NodeStatus.Presence.LOST,
            s.node(n2).orElseThrow().incarnation(),
            s.position(),
            "silent"));
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances =
        new TreeMap<>(s.instances());
    ResourceId vip = new ResourceId("vip");
    SortedMap<NodeId, InstanceStatus> ofVip = new TreeMap<>(s.instances().get(vip));
    ofVip.put(
        n1,
        new InstanceStatus(
            Role.STARTED,
            InstanceStatus.Certainty.FAILED,
            7,
            "the address\u0001 is gone",
            LogPosition.NONE));
    instances.put(vip, ofVip);
    SortedMap<ResourceId, SortedMap<NodeId, FailCount>> failures = new TreeMap<>();
    failures.put(
        vip,
        new TreeMap<>(
            Map.of(n1, new FailCount(2, 1_799_999_000_000L, OperationKind.MONITOR, "gone"))));
    cluster.put(s.edit().nodes(nodes).instances(instances).failCounts(failures).build());
    String xml = export(cluster);
    assertTrue(xml.contains("name=\"fail-count-vip#monitor_10000\" value=\"2\""), xml);
    assertTrue(xml.contains("last-rc-change=\"1799999000\""), xml);
    CibReader.Result read = CibReader.read(xml.getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(), read.problems());
    List<String> steps =
        PolicyEngine.decide(read.cib().orElseThrow(), Instant.ofEpochSecond(1_800_000_000L))
            .steps()
            .stream()
            .filter(step -> step.family().equals("core"))
            .map(step -> step.kind() + " " + step.resource() + " " + step.node())
            .toList();
    assertTrue(steps.contains("fence  n2"), steps.toString());
    assertTrue(steps.contains("stop vip n1") && steps.contains("start vip n1"), steps.toString());
  }

  @Test
  void manyAreToldInTime() {
    StringBuilder xml = new StringBuilder("<cib><configuration><resources>");
    for (int i = 0; i < 10_000; i++) {
      xml.append("<primitive id=\"p%d\" class=\"ocf\" type=\"x\"/>\n".formatted(i));
    }
    xml.append("</resources><constraints>");
    for (int i = 0; i < 50_000; i++) {
      xml.append(
          "<rsc_colocation id=\"c%d\" rsc=\"p%d\" with-rsc=\"p%d\" score=\"1\"/>\n"
              .formatted(i, i % 5_000, 5_000 + i % 5_000));
    }
    refused(
        xml.append("</constraints></configuration></cib>").toString(),
        "a cluster has at most 1000 resources",
        "a cluster has at most 5000 constraints");
  }

  @Test
  void changesFitIntoOneEntryOfTheLog() {
    StringBuilder xml = new StringBuilder("<cib><configuration><resources>");
    for (int i = 0; i < 900; i++) {
      xml.append(
          """
          <primitive id="vip%d" class="ocf" provider="heartbeat" type="IPaddr2">
            <instance_attributes id="vip%d-i"><nvpair id="vip%d-ip" name="ip" value="10.1.1.1"/></instance_attributes>
            <operations>
              <op id="vip%d-start" name="start" interval="0" timeout="60s"/>
              <op id="vip%d-stop" name="stop" interval="0" timeout="60s"/>
            </operations>
          </primitive>
          """
              .formatted(i, i, i, i, i));
    }
    xml.append("</resources></configuration></cib>");
    int fit = xml.indexOf("<primitive id=\"vip450\"");
    works(cluster, push(xml.substring(0, fit) + "</resources></configuration></cib>"));
    assertEquals(450, cluster.state().configuration().resources().size());
    works(cluster, push(xml.toString()));
    assertEquals(900, cluster.state().configuration().resources().size());
    TypedCluster other = new TypedCluster();
    assertEquals(ExitCode.USAGE, other.type(push(xml.toString())));
    assertTrue(other.remarks().contains("are too many at once"), other.remarks());
  }

  @Test
  void crmSimulateAcceptsIt() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(CRM_SIMULATE), "crm_simulate is not installed");
    typed(cluster);
    works(cluster, "node unstandby n2");
    run();
    Path file = directory.resolve("live.xml");
    DocumentFile.write(file, export(cluster).getBytes(StandardCharsets.UTF_8));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(CRM_SIMULATE.toString(), "-x", file.toString(), "-S")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(output));
    String text = Files.readString(output);
    assertTrue(text.contains("Promoted: [ n1 ]"), text);
    assertTrue(text.contains("Transition Summary:\n\nExecuting"), text);
    assertFalse(text.contains("rror"), text);
  }

  @Test
  void filesBelongToTheOneWhoTypes() throws IOException {
    InputStream nothing = InputStream.nullInputStream();
    Path file = directory.resolve("out.xml");
    DocumentFile out =
        DocumentFile.of(List.of("cluster", "cib", file.toString(), "--secrets"), nothing);
    assertEquals(List.of("cluster", "cib", "--secrets"), out.words());
    assertEquals(file, out.target().orElseThrow());
    DocumentFile.write(file, "<cib/>".getBytes(StandardCharsets.UTF_8));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    DocumentFile in =
        DocumentFile.of(List.of("--force", "cib", "import", file.toString(), "--dry-run"), nothing);
    assertEquals(List.of("--force", "cib", "import", "--dry-run"), in.words().subList(0, 4));
    assertTrue(in.words().get(4).startsWith("--document="), in.words().toString());
    DocumentFile typed =
        DocumentFile.of(
            List.of("cluster", "cib-push", "-", "--config"),
            new ByteArrayInputStream(new byte[] {'x'}));
    assertEquals(3, typed.words().size(), typed.words().toString());
    List<String> other = List.of("cluster", "status");
    assertEquals(other, DocumentFile.of(other, nothing).words());
    assertThrows(
        HactlError.class,
        () -> DocumentFile.of(List.of("cib", "import", directory + "/none"), nothing));
  }

  private void run() {
    SortedMap<NodeId, Role> pg = new TreeMap<>();
    pg.put(new NodeId("n1"), Role.PROMOTED);
    pg.put(new NodeId("n2"), Role.UNPROMOTED);
    pg.put(new NodeId("n3"), Role.UNPROMOTED);
    SortedMap<NodeId, Role> vip = new TreeMap<>();
    vip.put(new NodeId("n1"), Role.STARTED);
    vip.put(new NodeId("n2"), Role.STOPPED);
    vip.put(new NodeId("n3"), Role.STOPPED);
    be(pg, vip);
  }

  private void stop() {
    SortedMap<NodeId, Role> stopped = new TreeMap<>();
    cluster.nodes().forEach(n -> stopped.put(n, Role.STOPPED));
    be(stopped, stopped);
  }

  private void be(SortedMap<NodeId, Role> pg, SortedMap<NodeId, Role> vip) {
    ClusterState s = cluster.state();
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances = new TreeMap<>();
    instances.put(new ResourceId("pgsqld"), known(pg));
    instances.put(new ResourceId("vip"), known(vip));
    cluster.put(s.edit().instances(instances).build());
  }

  private static SortedMap<NodeId, InstanceStatus> known(SortedMap<NodeId, Role> roles) {
    SortedMap<NodeId, InstanceStatus> known = new TreeMap<>();
    roles.forEach((node, role) ->
        known.put(
            node,
            new InstanceStatus(role, InstanceStatus.Certainty.KNOWN, 0, "", LogPosition.NONE)));
    return known;
  }
}
