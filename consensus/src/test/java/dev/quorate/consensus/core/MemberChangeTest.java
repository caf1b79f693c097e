package dev.quorate.consensus.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.LogMembers;
import dev.quorate.membership.NodeId;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class MemberChangeTest {
  private static final ConsensusConfig.Endpoint ENDPOINT =
      new ConsensusConfig.Endpoint("10.0.0.1", 5416);

  private final TreeSet<NodeId> reachable = new TreeSet<>();
  private final TreeSet<NodeId> caughtUp = new TreeSet<>();

  private static NodeId node(int number) {
    return new NodeId("n" + number);
  }

  private static LogMembers listeners(int count) {
    LogMembers members = new LogMembers(new TreeMap<>());
    for (int i = 1; i <= count; i++) {
      members = members.withListener(node(i), 1, ENDPOINT);
    }
    return members;
  }

  private static LogMembers voters(int count) {
    LogMembers members = listeners(count);
    for (int i = 1; i <= count; i++) {
      members = members.withVoter(node(i));
    }
    return members;
  }

  private Optional<String> refusal(LogMembers from, LogMembers to) {
    return new MemberChange(from, to, node(1), reachable, caughtUp).refusal();
  }

  private void reach(int count) {
    reachable.addAll(voters(count).all().keySet());
  }

  private static void assertRefused(String why, Optional<String> refusal) {
    assertTrue(refusal.orElse("allowed").contains(why), () -> refusal.orElse("allowed"));
  }

  @Test
  void takesAnyNumberOfListenersAndSevenVoters() {
    reach(8);
    LogMembers seven = voters(7);
    LogMembers more = seven.withListener(node(8), 1, ENDPOINT);
    assertEquals(Optional.empty(), refusal(seven, more));
    caughtUp.add(node(8));
    assertRefused("7 voters", refusal(more, more.withVoter(node(8))));
    LogMembers six = voters(6).withListener(node(8), 1, ENDPOINT);
    assertEquals(Optional.empty(), refusal(six, six.withVoter(node(8))));
  }

  @Test
  void letsVoteOnlyWhoHasCaughtUp() {
    reach(4);
    LogMembers before = voters(3).withListener(node(4), 1, ENDPOINT);
    assertRefused("caught up", refusal(before, before.withVoter(node(4))));
    assertRefused("listen first", refusal(voters(3), before.withVoter(node(4))));
  }

  @Test
  void keepsAMajorityThatCanBeReached() {
    reach(2);
    assertEquals(Optional.empty(), refusal(voters(3), voters(3).without(node(3))));
    assertRefused("can be reached", refusal(voters(3), voters(3).without(node(2))));
    assertRefused("can be reached", refusal(voters(4), voters(4).without(node(2))));
  }

  @Test
  void keepsTheLeaderAndTheLastVoter() {
    reach(1);
    assertRefused("leads", refusal(voters(1), voters(1).without(node(1))));
    LogMembers other = listeners(1).withListener(node(2), 1, ENDPOINT).withVoter(node(2));
    assertRefused("last voter", refusal(other, other.without(node(2))));
  }

  @Test
  void changesOneMemberAtATimeAndNeverItsIdentity() {
    reach(3);
    assertRefused("one member", refusal(voters(3), voters(1)));
    assertRefused("one member", refusal(voters(3), voters(3)));
    LogMembers renewed = voters(3).withListener(node(3), 2, ENDPOINT);
    assertRefused("remove it first", refusal(voters(3), renewed));
    LogMembers demoted = voters(3).withListener(node(3), 1, ENDPOINT);
    assertRefused("votes", refusal(voters(3), demoted));
  }
}
