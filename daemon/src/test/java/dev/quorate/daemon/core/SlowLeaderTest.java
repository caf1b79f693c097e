package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.core.DiskWatch.Verdict;
import dev.quorate.membership.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlowLeaderTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final Instant NOW = Instant.EPOCH;

  private final SlowLeader policy = new SlowLeader();

  private List<NodeId> successors(List<NodeId> voters, Map<NodeId, Verdict> others) {
    return policy.successors(voters, new TreeMap<>(others));
  }

  @Test
  void onlyALeaderWhoseDiskIsSlowAsks() {
    assertTrue(policy.asks(NOW, true, Verdict.SLOW));
    assertFalse(policy.asks(NOW, false, Verdict.SLOW));
    assertFalse(policy.asks(NOW, true, Verdict.WELL));
    assertFalse(policy.asks(NOW, true, Verdict.UNKNOWN));
  }

  @Test
  void leadershipGoesToAMajorityThatIsWellOrStays() {
    List<NodeId> three = List.of(N1, N2, N3);
    assertEquals(List.of(N2, N3), successors(three, Map.of(N2, Verdict.WELL, N3, Verdict.WELL)));
    assertEquals(List.of(), successors(three, Map.of(N2, Verdict.WELL)));
    assertEquals(List.of(), successors(three, Map.of(N2, Verdict.WELL, N3, Verdict.SLOW)));
    assertEquals(List.of(), successors(three, Map.of(N2, Verdict.WELL, N3, Verdict.UNKNOWN)));
    assertEquals(List.of(), successors(List.of(N1, N2), Map.of(N2, Verdict.WELL)));
    List<NodeId> five = List.of(N1, N2, N3, new NodeId("n4"), new NodeId("n5"));
    Map<NodeId, Verdict> some =
        Map.of(N2, Verdict.WELL, N3, Verdict.SLOW, five.get(3), Verdict.WELL);
    assertEquals(List.of(), successors(five, some));
    some = Map.of(N2, Verdict.WELL, five.get(4), Verdict.WELL, five.get(3), Verdict.WELL);
    assertEquals(List.of(N2, five.get(3), five.get(4)), successors(five, some));
  }

  @Test
  void itIsNotPassedRound() {
    policy.ended(NOW, false);
    assertFalse(policy.asks(NOW.plus(SlowLeader.AGAIN).minusMillis(1), true, Verdict.SLOW));
    assertTrue(policy.asks(NOW.plus(SlowLeader.AGAIN), true, Verdict.SLOW));
    policy.ended(NOW, true);
    assertFalse(policy.asks(NOW.plus(SlowLeader.PAUSE).minusMillis(1), true, Verdict.SLOW));
    assertTrue(policy.asks(NOW.plus(SlowLeader.PAUSE), true, Verdict.SLOW));
  }
}
