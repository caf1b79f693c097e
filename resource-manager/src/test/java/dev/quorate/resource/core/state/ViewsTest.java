package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static dev.quorate.resource.core.state.Ledger.N3;
import static dev.quorate.resource.core.state.Ledger.PG;
import static dev.quorate.resource.core.state.Ledger.life;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Absence;
import dev.quorate.resource.ClusterCommand.ExpireGrace;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.ReportView;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.Role;
import org.junit.jupiter.api.Test;

class ViewsTest {
  private static final NodeId N4 = new NodeId("n4");
  private static final NodeId N5 = new NodeId("n5");

  @Test
  void aMajorityOfVotersLosesANode() {
    Ledger ledger = Ledger.three();
    ledger.see(N1, N3);
    assertEquals(Presence.ONLINE, ledger.presence(N3));
    ledger.see(N2, N3);
    assertEquals(Presence.LOST, ledger.presence(N3));
  }

  @Test
  void aRefusedConnectionProvesLife() {
    Ledger ledger = Ledger.three();
    ledger.see(N1, N3);
    ledger.accept(ledger.view(N2, Absence.DAEMON_GONE, N3));
    assertEquals(Presence.DAEMON_GONE, ledger.presence(N3));
    ledger.see(N2, N3);
    assertEquals(Presence.LOST, ledger.presence(N3));
  }

  @Test
  void aNodeThatOnlyTheRingMissesIsNeverLost() {
    Ledger ledger = Ledger.three();
    ledger.accept(ledger.view(N1, Absence.ALIVE, N3));
    ledger.see(N2, N3);
    assertEquals(Presence.DAEMON_GONE, ledger.presence(N3));
    assertTrue(ledger.state.vouchedFor(N3));
    ledger.refuse("HA-NODE-011", new ExpireGrace(N3, "a"));
    ledger.accept(ledger.view(N1, Absence.DAEMON_GONE, N3));
    assertFalse(ledger.state.vouchedFor(N3));
    ledger.accept(new ExpireGrace(N3, "a"));
    assertEquals(Presence.LOST, ledger.presence(N3));
  }

  @Test
  void aNodeThatFallsSilentWhileTheRingMissesItIsLost() {
    Ledger ledger = Ledger.three();
    ledger.accept(ledger.view(N1, Absence.ALIVE, N3));
    ledger.accept(ledger.view(N2, Absence.ALIVE, N3));
    ledger.see(N1, N3);
    ledger.see(N2, N3);
    assertEquals(Presence.LOST, ledger.presence(N3));
  }

  @Test
  void olderReportsAndOtherLivesAreRefused() {
    Ledger ledger = Ledger.three();
    ReportView early = ledger.view(N1, Absence.SILENT, N3);
    ledger.see(N1);
    ledger.refuse("HA-NODE-010", early);
    ReportView before = ledger.view(N2, Absence.SILENT, N3);
    ledger.accept(new JoinNode(N2, life("a", 2), 1));
    ledger.refuse("HA-NODE-006", before);
  }

  @Test
  void reportsOfNodesThatAreNotOnlineDoNotCount() {
    Ledger ledger = Ledger.of(5);
    ledger.see(N1, N5);
    ledger.see(N2, N5);
    ledger.see(N3, N5);
    assertEquals(Presence.LOST, ledger.presence(N5));
    ledger.see(N5, N1, N2, N3, N4);
    ledger.see(N4, N1, N5);
    ledger.see(N3, N1, N5);
    assertEquals(Presence.ONLINE, ledger.presence(N1));
  }

  @Test
  void aTornRingLosesAtMostAMinority() {
    Ledger ledger = Ledger.three();
    ledger.see(N1, N2, N3);
    ledger.see(N2, N1, N3);
    ledger.see(N3, N1, N2);
    assertEquals(Presence.LOST, ledger.presence(N3));
    assertEquals(Presence.ONLINE, ledger.presence(N1));
    assertEquals(Presence.ONLINE, ledger.presence(N2));
  }

  @Test
  void ofManyThoseWhomTheFewestSeeAreLostFirst() {
    Ledger ledger = Ledger.of(5);
    ledger.see(N5, N2, N3);
    ledger.see(N4, N2, N3);
    ledger.see(N3, N2, N1);
    ledger.see(N2, N3, N1);
    ledger.see(N1, N2, N3);
    assertEquals(Presence.LOST, ledger.presence(N3));
    assertEquals(Presence.LOST, ledger.presence(N2));
    assertEquals(Presence.ONLINE, ledger.presence(N1));
  }

  @Test
  void twoThatMissOnlyEachOtherAreKept() {
    Ledger ledger = Ledger.three();
    ledger.see(N1, N2);
    ledger.see(N2, N1);
    ledger.see(N3);
    assertEquals(Presence.ONLINE, ledger.presence(N1));
    assertEquals(Presence.ONLINE, ledger.presence(N2));
    ledger.see(N3, N2);
    assertEquals(Presence.LOST, ledger.presence(N2));
  }

  @Test
  void aNodeNeverSeenIsNotLost() {
    Ledger ledger = Ledger.three();
    ledger.configure(new dev.quorate.resource.ConfigurationChange.PutNode(Ledger.node("n4")));
    ledger.see(N1, N4);
    ledger.see(N2, N4);
    ledger.see(N3, N4);
    assertEquals(Presence.NEVER_SEEN, ledger.presence(N4));
  }

  @Test
  void aNodeIsBackWhenAMajoritySeesTheSameLife() {
    Ledger ledger = Ledger.running();
    ledger.accept(ledger.view(N1, Absence.DAEMON_GONE, N3));
    ledger.accept(ledger.view(N2, Absence.DAEMON_GONE, N3));
    ledger.see(N1);
    ledger.see(N2);
    assertEquals(Presence.ONLINE, ledger.presence(N3));
    ledger.is(PG, N3, Role.UNPROMOTED, Certainty.KNOWN);

    ledger.see(N1, N3);
    ledger.see(N2, N3);
    assertEquals(Presence.LOST, ledger.presence(N3));
    ledger.see(N1);
    ledger.see(N2);
    assertEquals(Presence.ONLINE, ledger.presence(N3));
    ledger.is(PG, N3, Role.UNPROMOTED, Certainty.UNKNOWN);
  }

  @Test
  void aNodeThatIsBeingFencedDoesNotComeBackBySight() {
    Ledger ledger = Ledger.running();
    ledger.see(N1, N3);
    ledger.see(N2, N3);
    ledger.accept(ledger.fence("f", N1, N3));
    ledger.see(N1);
    ledger.see(N2);
    assertEquals(Presence.LOST, ledger.presence(N3));
  }

  @Test
  void whatANodeSaidWhileItWasLostDoesNotCountWhenItIsBack() {
    Ledger ledger = Ledger.three();
    ledger.see(N1, N3);
    ledger.see(N2, N3);
    ledger.see(N3, N1, N2);
    ledger.see(N2);
    assertEquals(Presence.ONLINE, ledger.presence(N3));
    ledger.see(N1, N2);
    assertEquals(Presence.ONLINE, ledger.presence(N2));
    assertEquals(Presence.ONLINE, ledger.presence(N1));
  }

  @Test
  void twoNodesCannotLoseEachOther() {
    Ledger ledger = Ledger.of(2);
    ledger.see(N1, N2);
    ledger.see(N2, N1);
    assertEquals(Presence.ONLINE, ledger.presence(N1));
    assertEquals(Presence.ONLINE, ledger.presence(N2));
  }
}
