package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every kind of wrong input gives one message that names the place and the remedy, and changes
/// nothing.
class BadInputTest {
  private TypedCluster cluster = new TypedCluster();

  private void refused(ExitCode exit, String line, String what, String remedy) {
    ClusterState before = cluster.state();
    assertEquals(exit, cluster.type(line), line);
    assertTrue(cluster.remarks().contains(what), cluster.remarks());
    assertTrue(cluster.remarks().contains(remedy), cluster.remarks());
    assertEquals(before.configuration().version(), cluster.state().configuration().version(), line);
  }

  private void usage(String line, String what, String remedy) {
    refused(ExitCode.USAGE, line, what, remedy);
  }

  @Test
  void unknownCommands() {
    usage("stauts", "unknown command 'stauts'", "did you mean 'status'?");
    usage("resource craete x", "resource craete", "did you mean 'resource create'?");
    usage("cluster", "needs one more word", "setup");
    usage("status --fulll", "--fulll", "did you mean '--full'?");
    usage("status -o yaml", "yaml", "text or json");
    usage("-f cib.xml resource create x", "-f FILE", "leave out '-f cib.xml'");
  }

  @Test
  void unknownAgentsAndParameters() {
    usage("resource create vip ocf:heartbeat:IPadr2 ip=1.2.3.4", "IPadr2", "IPaddr2");
    usage("resource create vip ocf:a:b:c ip=1.2.3.4", "not an agent", "resource list");
    usage(
        "resource create vip ocf:heartbeat:IPaddr2 ip=1.2.3.4 cidr_netmsk=24",
        "resource 'vip': unknown parameter 'cidr_netmsk'",
        "did you mean 'cidr_netmask'?");
    usage("resource create vip ocf:heartbeat:IPaddr2", "'ip' is missing", "describe");
    usage("resource create 1vip ocf:heartbeat:IPaddr2 ip=1.2.3.4", "not legal", "another name");
    usage(
        "resource create vip ocf:heartbeat:IPaddr2 ip=1.2.3.4 op monitr interval=1s",
        "monitr",
        "did you mean 'monitor'?");
    usage(
        "resource create vip ocf:heartbeat:IPaddr2 ip=1.2.3.4 op monitor interval=fast",
        "operation monitor: interval cannot be 'fast'",
        "15s");
    usage(
        "resource create vip ocf:heartbeat:IPaddr2 ip=1.2.3.4 promotable",
        "not promotable",
        "leave out");
  }

  private static TypedCluster withTheAgentsThatAreDelivered() {
    return new TypedCluster(AgentCatalog.installed());
  }

  @Test
  @Tag("S4-28")
  void aMemberIsNoThirdParty() {
    cluster = withTheAgentsThatAreDelivered();
    String create = "resource create %s ocf:pacemaker:ping host_list=%s clone";
    assertEquals(ExitCode.OK, cluster.type(create.formatted("net", "10.0.0.254")));
    assertFalse(cluster.remarks().contains("is a node of this cluster"), cluster.remarks());
    for (String member : List.of("n2", "10.0.0.3")) {
      assertEquals(ExitCode.OK, cluster.type(create.formatted("to-" + member, member)));
      String remark = "to-%s: '%s' is a node of this cluster".formatted(member, member);
      assertTrue(cluster.remarks().contains("Note: " + remark), cluster.remarks());
      cluster.type("cluster verify");
      assertTrue(cluster.output().contains(remark), cluster.output());
    }
    usage("resource create x ocf:pacemaker:ping clone", "host_list is missing", "");
  }

  @Test
  void parametersOfTheAgentsThatAreDelivered() {
    cluster = withTheAgentsThatAreDelivered();
    String create = "resource create pg ocf:heartbeat:pgsqlms ";
    usage(create + "bindr=/x", "resource 'pg': unknown parameter 'bindr'", "mean 'bindir'?");
    assertEquals(1, cluster.remarks().split("unknown parameter", -1).length - 1, "said once");
    usage(create + "pgdata=data", "resource 'pg': pgdata 'data' is not an absolute path", "give");
    usage(create + "maxlag=much", "maxlag 'much' is not an amount of bytes", "1E8 or 16MB");
    usage(create + "upstream=n3:n2,n2:n3", "upstream goes round in a circle at n2", "primary");
    usage(create + "delay=n3:soon", "delay 'soon' of n3 is not a time", "1h");
    usage(create + "no-promote=n3:n2", "no-promote 'n3:n2' is not a node", "name one");
    usage(create + "maxlag-time=soon", "maxlag-time 'soon' is not a time", "10s");
    usage(create + "promotable meta no-candidate-policy=hope", "no-candidate-policy=hope", "block");
    usage(create + "pgport=x", "pgport 'x' is not a port", "1 to 65535");
    usage(
        create + "rejoin=never",
        "rejoin 'never' is not known",
        "use one of [auto, auto-if-no-divergence, manual]");
    String both = "resource create vip ocf:heartbeat:IPaddr2 ip=1.2.3 nick=eth0";
    usage(both, "resource 'vip': unknown parameter 'nick': did you mean 'nic'?", "describe");
    assertTrue(cluster.remarks().contains("ip: '1.2.3' is not"), cluster.remarks());
  }

  @Test
  void metaAttributesAndOperations() {
    String create = "resource create vip ocf:heartbeat:IPaddr2 ip=1.2.3.4 ";
    usage(create + "meta taget-role=Stopped", "of vip: 'taget-role'", "mean 'target-role'?");
    usage(create + "meta priority=high", "priority=high", "must be a whole number");
    usage(create + "op monitor intervall=1s", "no option 'intervall'", "use interval");
    usage(create + "op monitor interval=1s on-fail=explode", "'explode'", "use ignore, block");
    usage(create + "ip=1.2.3.5", "'ip' is given twice", "once");
    usage(create + "cln", "'cln' is neither", "use name=value");
    String clone = "resource create pg ocf:heartbeat:pgsqlms promotable ";
    usage(clone + "durability=synk", "of pg-clone: durability=synk", "one of async, sync");
    usage(clone + "durabilty=sync", "of pg-clone: 'durabilty'", "mean 'durability'?");
  }

  @Test
  void unknownNames() {
    cluster.type("resource create vip ocf:heartbeat:IPaddr2 ip=1.2.3.4");
    usage("resource delete vipp", "resource 'vipp' does not exist", "did you mean 'vip'?");
    usage("constraint location vip prefers n9=10", "node 'n9'", "n1");
    usage("constraint location vip likes n1", "likes", "usage:");
    usage("constraint location vip prefers n1=lots", "not a score", "");
    usage("constraint colocation add vip vip", "'with' is missing", "usage:");
    usage("constraint order start vip after vip", "'then' is missing", "usage:");
    usage("constraint order start vip then stop vip kind=Perhaps", "Perhaps", "Mandatory");
    usage("node standby n9", "node 'n9' does not exist", "n1");
    usage("property set no-such-thing=1", "no-such-thing", "");
    usage("property set stonith-enabled=perhaps", "stonith-enabled", "true or false");
    usage("stonith create f fence_nothing ip=1", "fence_nothing", "fence_virsh");
    usage("stonith create f /nowhere/fence_x ip=1", "'/nowhere/fence_x'", "correct the path");
    usage("stonith create f fence_virsh ip=1", "no target is named", "pcmk_host_list");
  }

  @Test
  void refusalsForSafetyAndQuorum() {
    refused(ExitCode.REFUSED, "stonith confirm n2 --force", "not waiting for fencing", "status");
    assertEquals(
        ExitCode.OK, cluster.type("stonith create f fence_virsh pcmk_host_list=n1,n2 ip=1"));
    refused(
        ExitCode.FAILED, "stonith fence n3", "no enabled fence device covers", "pcmk_host_list");
    assertTrue(cluster.state().online(new NodeId("n3")), "a healthy node stays");
    refused(ExitCode.REFUSED, "cluster stop n2 n3", "have no quorum", "--all");
    cluster.loseQuorum();
    refused(ExitCode.NO_QUORUM, "property set stonith-enabled=false", "no quorum", "");
  }

  @Test
  void errorsAreJsonOnDemand() {
    assertEquals(ExitCode.USAGE, cluster.type("resource delete nothing -o json"));
    assertTrue(cluster.remarks().startsWith("{\"code\":\"HA-CLI-001\""), cluster.remarks());
  }
}
