package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.cli.HactlError;
import dev.quorate.membership.NodeId;
import org.junit.jupiter.api.Test;

class PairRefusalTest {
  private static final NodeId PEER = new NodeId("n2");

  /// A node that doubts cannot go on by an oath as long as the machine of the other answers.
  @Test
  void aPeerThatTakesNoPartIsSaidToBeRestartedOrSwitchedOff() {
    String said = TwoVoters.refusal(TwoVoters.unusable(PEER), PEER);
    for (String part :
        new String[] {"log of n2", "restart quorated there", "off", "'hactl quorum adopt n2'"}) {
      assertTrue(said.contains(part), said);
    }
    assertEquals("", TwoVoters.refusal(HactlError.failed("it is off", "see there"), PEER));
  }
}
