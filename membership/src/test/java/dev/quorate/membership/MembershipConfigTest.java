package dev.quorate.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipConfigTest {
  @Test
  void defaultsAreTheseAndNoOthers() {
    assertEquals(
        new MembershipConfig(
            Duration.ofSeconds(1),
            Duration.ofMillis(200),
            Duration.ofMillis(180),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            32,
            256,
            64,
            1024,
            8192,
            Duration.ofMillis(50)),
        MembershipConfig.defaults());
  }

  @Test
  void theTokenTimeoutGoesDownTo300Milliseconds() {
    var fast = MembershipConfig.withTokenTimeout(Duration.ofMillis(300));
    assertEquals(Duration.ofMillis(60), fast.tokenRetransmit());
    assertEquals(Duration.ofMillis(54), fast.tokenHold());
    var problem =
        assertThrows(
            IllegalArgumentException.class,
            () -> MembershipConfig.withTokenTimeout(Duration.ofMillis(299)));
    assertTrue(String.valueOf(problem.getMessage()).startsWith("token timeout must be 300"));
  }

  @Test
  void theTokenTimeoutGrowsWithTheNodesBeyondThree() {
    var standard = MembershipConfig.defaults();
    for (int nodes = 1; nodes <= 3; nodes++) {
      assertEquals(standard, standard.forNodes(nodes));
    }
    assertEquals(Duration.ofMillis(1_200), standard.forNodes(7).tokenTimeout());
    assertEquals(Duration.ofMillis(2_450), standard.forNodes(32).tokenTimeout());
    assertEquals(standard.tokenRetransmit(), standard.forNodes(32).tokenRetransmit());
    var fixed = standard.withTokenPerNode(Duration.ZERO);
    assertEquals(fixed, fixed.forNodes(32));
    var slow = MembershipConfig.withTokenTimeout(Duration.ofSeconds(60));
    assertEquals(Duration.ofSeconds(60), slow.forNodes(32).tokenTimeout());
  }

  @Test
  void addressesAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new RingAddress("", 5415));
    assertThrows(IllegalArgumentException.class, () -> new RingAddress("n1", 0));
    assertThrows(IllegalArgumentException.class, () -> new RingPeer(new NodeId("a"), List.of()));
  }
}
