package dev.quorate.resource.core.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.Action;
import dev.quorate.resource.ResourceId;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  private static final String CLUSTER =
      """
      node n1
      node n2 standby
      node n3
      promotable pgsql data
      primitive vip resource-stickiness=10 migration-threshold=3
      location vip-prefers-n3 vip n3 50
      colocation vip-with-pg vip pgsql-clone INFINITY PROMOTED
      order pg-then-vip pgsql-clone PROMOTE vip START
      is pgsql n1 PROMOTED
      is pgsql n3 UNPROMOTED
      is vip n1 STARTED
      failed vip n1 1 MONITOR
      held pgsql n1
      """;

  @Test
  void everyScoreIsNamedWithItsRemedy() {
    String expected =
        """
        Resource: vip
          Node n1: started, and stays so
            score 20
              10 resource-stickiness (it is here) [hactl resource meta vip resource-stickiness=0]
              10 colocation vip-with-pg: with pgsql-clone PROMOTED [hactl constraint delete vip-with-pg]
              0 fail count 1 of 3 (migration-threshold): monitor: for the test [hactl resource cleanup vip]
          Node n2: stopped, and stays so
            score -INFINITY
              -INFINITY colocation vip-with-pg: pgsql-clone PROMOTED is elsewhere [hactl constraint delete vip-with-pg]
              -INFINITY node is on standby [hactl node unstandby n2]
          Node n3: stopped, and stays so
            score -INFINITY
              50 location vip-prefers-n3 [hactl constraint delete vip-prefers-n3]
              -INFINITY colocation vip-with-pg: pgsql-clone PROMOTED is elsewhere [hactl constraint delete vip-with-pg]
        """;
    assertEquals(expected, explain(CLUSTER, "vip"));
  }

  @Test
  void theCloneAnswersForItsResource() {
    String text = explain(CLUSTER, "pgsql-clone");
    assertTrue(text.startsWith("Resource: pgsql-clone\n"), text);
    assertTrue(text.contains("promoted on n1: n1 holds the grant (epoch 1)"), text);
  }

  @Test
  void whatIsHeldBackSaysWhy() {
    String text =
        explain(
            """
            node n1
            primitive a target-role=Stopped
            primitive b
            order a-then-b a START b START
            """,
            "b");
    assertTrue(
        text.contains(
            "not now: start b on n1: order a-then-b: a is not to be started"
                + " [hactl constraint delete a-then-b]"),
        text);
  }

  /// Two addresses that nothing binds to a node are spread, and it is said by which rule.
  @Test
  @Tag("S1-26")
  void equalScoresAreDecidedByTheNumberOfResourcesAndThenTheName() {
    String cluster = "node node1\nnode node2\nnode node3\nprimitive vip1\nprimitive vip2\n";
    assertEquals(
        List.of("start vip1 on node1", "start vip2 on node2"),
        Scenario.of(cluster).plan().graph().actions().stream()
            .map(Action::key)
            .filter(key -> key.startsWith("start"))
            .toList());
    String rule =
        ": the node with the fewest resources, then the one where it runs, then the first by name"
            + " gets it";
    String first = explain(cluster, "vip1");
    assertTrue(first.contains("  node2, node3 have the same score as node1" + rule), first);
    String second = explain(cluster, "vip2");
    assertTrue(second.contains("  node1, node3 have the same score as node2" + rule), second);

    String preferred = explain(cluster + "location l vip2 node3 50\n", "vip2");
    assertTrue(preferred.contains("Node node3: stopped, shall be started"), preferred);
    assertTrue(!preferred.contains("the same score"), preferred);
  }

  /// What is red is left, if that is wanted, and it is said why.
  @Test
  @Tag("S2+15")
  void anUnhealthyNodeIsLeftIfThatIsWanted() {
    String cluster =
        "node n1\nnode n2\nprimitive vip\nis vip n1 STARTED\nattribute n1 #health-disk-pg red\n";
    assertTrue(explain(cluster, "vip").contains("Node n1: started, and stays so"));
    String text = explain(cluster + "property node-health-strategy migrate-on-red\n", "vip");
    assertTrue(text.contains("Node n1: started, shall be stopped"), text);
    assertTrue(text.contains("-INFINITY node-health-strategy (the node's #health"), text);
  }

  @Test
  void aDisabledResourceNamesTheCommand() {
    String text = explain("node n1\nprimitive a target-role=Stopped\n", "a");
    assertTrue(text.contains("it is disabled (target-role) [hactl resource enable a]"), text);
  }

  @Test
  void aNodeThatIsAwayNamesTheCommand() {
    String text = explain("node n1\nnode n2 LEFT\nnode n3 DAEMON_GONE\nprimitive a\n", "a");
    assertTrue(text.contains("-INFINITY node has left the cluster [hactl cluster start n2]"), text);
    assertTrue(text.contains("left alone [on n3: systemctl start quorate]"), text);
  }

  private static String explain(String cluster, String resource) {
    return Scenario.of(cluster).plan().explain(new ResourceId(resource)).orElseThrow().text();
  }
}
