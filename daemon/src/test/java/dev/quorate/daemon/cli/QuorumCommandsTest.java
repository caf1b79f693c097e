package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.WaitForAll;
import org.junit.jupiter.api.Test;

class QuorumCommandsTest {
  private final TypedCluster cluster = new TypedCluster();

  @Test
  void theStatusSaysHowManyMoreMayBeLost() {
    cluster.see("n1", "n2", "n3");
    assertEquals(ExitCode.OK, cluster.type("quorum status"));
    assertTrue(cluster.output().contains("Votes:        3 of 3 heard, 2 needed"), cluster.output());
    assertTrue(cluster.output().contains("Can lose:     1 more"), cluster.output());
    assertTrue(cluster.output().contains("Wait for all: off"), cluster.output());

    cluster.see("n1", "n2");
    cluster.type("quorum status");
    assertTrue(cluster.output().contains("none: the next loss ends the quorum"), cluster.output());

    cluster.loseQuorum();
    cluster.type("quorum status");
    assertTrue(cluster.output().contains("Quorate:      no"), cluster.output());
    assertTrue(cluster.output().contains("none: there is no quorum"), cluster.output());
  }

  @Test
  void theStatusNamesASlowDisk() {
    cluster.see("n1", "n2", "n3");
    cluster.type("quorum status");
    assertFalse(cluster.output().contains("Slow disk"), cluster.output());
    cluster.slowDown("it took up to 900 ms");
    cluster.type("quorum status");
    assertTrue(cluster.output().contains("Slow disk:    it took up to 900 ms"), cluster.output());
    cluster.type("quorum status -o json");
    assertTrue(
        cluster.output().contains("\"slow_disk\" : \"it took up to 900 ms\""), cluster.output());
  }

  @Test
  void theStatusIsJsonToo() {
    cluster.see("n1", "n2");
    cluster.type("property set wait-for-all=true");
    cluster.type("quorum status -o json");
    for (String part :
        new String[] {
          "\"can_lose\" : 0", "\"needed\" : 2", "\"waiting_for\" : [ \"n3\" ]", "\"leader\" : true"
        }) {
      assertTrue(cluster.output().contains(part), () -> part + " in " + cluster.output());
    }
  }

  @Test
  void aWaitIsEndedForAReasonAndOnTheRecord() {
    cluster.see("n1", "n2");
    cluster.type("property set wait_for_all=true");
    assertEquals(ExitCode.USAGE, cluster.type("quorum unblock --yes"));
    assertEquals(ExitCode.REFUSED, cluster.type("quorum unblock --reason=broken"));
    assertTrue(cluster.remarks().contains("without n3"), cluster.remarks());

    assertEquals(ExitCode.OK, cluster.type("quorum unblock --reason=broken --yes"));
    assertEquals(
        "unblocked without n3 by root: broken",
        WaitForAll.how(cluster.state(), new NodeId("n1")).orElse(""));
    cluster.type("quorum status");
    assertTrue(cluster.output().contains("by root: broken"), cluster.output());
    assertEquals(ExitCode.REFUSED, cluster.type("quorum unblock --reason=again --yes"));
    assertTrue(cluster.remarks().contains("nothing is waited for"), cluster.remarks());
  }

  @Test
  void withoutQuorumNothingIsUnblocked() {
    cluster.see("n1");
    cluster.type("property set wait-for-all=true");
    cluster.loseQuorum();
    assertEquals(ExitCode.NO_QUORUM, cluster.type("quorum unblock --reason=alone --yes"));
  }

  @Test
  void aWitnessIsOneOfTheNodesAndNotAllOfThem() {
    assertEquals(ExitCode.OK, cluster.type("cluster setup demo n1=a n2=b n3=c --witness n3"));
    assertEquals(ExitCode.USAGE, cluster.type("cluster setup demo n1=a n2=b n3=c --witness n4"));
    assertEquals(ExitCode.USAGE, cluster.type("cluster setup demo n1=a --witness n1"));
  }

  @Test
  void aNodeBecomesAWitnessBeforeTheFirstResourceOnly() {
    assertEquals(ExitCode.OK, cluster.type("node attribute n3 witness=on"));
    assertEquals(ExitCode.OK, cluster.type("resource create vip IPaddr2 ip=10.0.0.9"));
    assertEquals(ExitCode.USAGE, cluster.type("node attribute n2 witness=on"));
    assertTrue(cluster.remarks().contains("cannot become a witness"), cluster.remarks());
    assertEquals(ExitCode.USAGE, cluster.type("node attribute n3 witness="));
    cluster.see("n1", "n2", "n3");
    cluster.type("quorum status");
    assertTrue(cluster.output().contains("witness"), cluster.output());
  }
}
