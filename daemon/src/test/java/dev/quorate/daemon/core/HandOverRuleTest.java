package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandOverRuleTest {
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final ClusterState NOBODY = ClusterState.initial("test");

  private final HandOverRule rule = new HandOverRule(INTERVAL);

  private static ClusterState with(NodeId... nodes) {
    ClusterState state = NOBODY;
    for (NodeId node : nodes) {
      state = States.joined(state, node, new Incarnation("boot", 1));
    }
    return state;
  }

  private List<NodeEffect> review(boolean seesFew, boolean mustYield, ClusterState state) {
    return rule.review(seesFew, mustYield, List.of(N2, N3), state);
  }

  private static List<NodeEffect> after(Duration next, NodeId... successors) {
    List<NodeEffect> effects = new ArrayList<>();
    effects.add(new NodeEffect.SetTimer(new NodeTimer(NodeTimer.Purpose.REVIEW, ""), next));
    for (NodeId to : successors) {
      effects.add(new NodeEffect.TransferLeadership(to));
    }
    return effects;
  }

  @Test
  void whoSeesAMajorityStays() {
    assertEquals(after(INTERVAL), review(false, false, with(N2, N3)));
    assertEquals(after(INTERVAL), review(false, false, with(N2, N3)));
  }

  @Test
  void whoSeesFewForAMomentStays() {
    for (int i = 0; i < 3; i++) {
      assertEquals(after(INTERVAL.dividedBy(2)), review(true, false, with(N2, N3)));
      assertEquals(after(INTERVAL), review(false, false, with(N2, N3)));
    }
  }

  @Test
  void whatWasSeenBeforeItLedSaysNothing() {
    review(true, false, with(N2, N3));
    assertEquals(after(INTERVAL), List.of(rule.lead()));
    assertEquals(after(INTERVAL.dividedBy(2)), review(true, false, with(N2, N3)));
  }

  @Test
  void whoeverWasNextBeforeThoseThatTakePartComeFirst() {
    assertEquals(after(INTERVAL, N2), review(false, true, with(N2, N3)));
    rule.lead();
    assertEquals(after(INTERVAL.dividedBy(2), N3), review(true, true, with(N3)));
    rule.lead();
    review(true, false, with(N3));
    assertEquals(after(INTERVAL, N3), review(true, false, with(N3)));
    assertEquals(after(INTERVAL, N2), review(true, false, with(N3)));
    assertEquals(after(INTERVAL), review(false, false, with(N3)));
    review(true, false, with(N3));
    assertEquals(after(INTERVAL, N3), review(true, false, with(N3)));
  }

  /// Who has been fenced answers last; but who is there cannot be known for sure.
  @Test
  void whoGoesOnSeeingFewMakesRoomForOneAfterTheOther() {
    review(true, false, with(N3));
    assertEquals(after(INTERVAL, N3), review(true, false, with(N3)));
    assertEquals(after(INTERVAL, N2), review(true, false, with(N3)));
    assertEquals(after(INTERVAL, N3), review(true, false, with(N3)));
    assertEquals(after(INTERVAL, N3), review(true, false, NOBODY));
  }

  @Test
  void whoMustYieldGoesAtOnceToOneThatTakesPart() {
    assertEquals(after(INTERVAL, N3), review(false, true, with(N3)));
    assertEquals(after(INTERVAL, N3), review(false, true, with(N3)));
    assertEquals(after(INTERVAL), review(false, true, NOBODY));
  }
}
