package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.RewindPolicy.Return;
import dev.quorate.membership.NodeId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TimelineHistoryTest {
  private static final TimelineHistory FIRST = TimelineHistory.root(Timeline.FIRST);
  private static final TimelineHistory THIRD =
      TimelineHistory.parse(
          new Timeline(3),
          "1\t0/5000000\tno recovery target specified\n\n2\t0/7000148\tno recovery target specified\n");

  @Test
  void readsAndWritesPositionsAsPostgresqlDoes() {
    assertEquals("16/B374D848", Lsn.parse("16/B374D848").toString());
    assertEquals("0/1", new Lsn(1).toString());
    assertTrue(Lsn.parse("FFFFFFFF/0").reaches(Lsn.parse("7FFFFFFF/FFFFFFFF")));
    for (String bad : new String[] {"", "/", "0/", "/1", "0/123456789", "x/1", "1"}) {
      assertThrows(IllegalArgumentException.class, () -> Lsn.parse(bad), bad);
    }
  }

  @Test
  void anAncestorIsContainedUpToTheSwitch() {
    assertTrue(THIRD.contains(FIRST, Lsn.parse("0/5000000")));
    assertFalse(THIRD.contains(FIRST, Lsn.parse("0/5000001")));
    TimelineHistory second = TimelineHistory.parse(new Timeline(2), "1\t0/5000000\tx\n");
    assertTrue(THIRD.contains(second, Lsn.parse("0/7000148")));
    assertFalse(second.contains(THIRD, Lsn.parse("0/7000148")));
    TimelineHistory otherSecond = TimelineHistory.parse(new Timeline(2), "1\t0/4000000\tx\n");
    assertFalse(THIRD.contains(otherSecond, Lsn.parse("0/4000001")));
    assertEquals(Optional.of(Lsn.parse("0/4000000")), THIRD.forkFrom(otherSecond));
    assertEquals(Optional.of(Lsn.parse("0/5000000")), THIRD.forkFrom(FIRST));
    assertEquals(Optional.empty(), THIRD.forkFrom(THIRD));
    assertEquals("00000003.history", THIRD.timeline().historyFile());
    assertEquals(THIRD, TimelineHistory.parse(new Timeline(3), THIRD.format()));
  }

  @Test
  void theWayBackFollowsFromTheHistories() {
    assertInstanceOf(Return.Follow.class, back(FIRST, "0/5000000", "42", true));
    assertEquals(new Return.Rewind(Lsn.parse("0/5000000")), back(FIRST, "0/5000100", "42", true));
    assertInstanceOf(Return.Rebuild.class, back(FIRST, "0/5000100", "42", false));
    assertInstanceOf(Return.Refuse.class, back(FIRST, "0/5000000", "43", true));
  }

  private static Return back(
      TimelineHistory mine, String end, String identity, boolean rewindable) {
    WalVote vote = new WalVote(new NodeId("a"), identity, mine, Lsn.parse(end));
    return RewindPolicy.decide(vote, rewindable, "42", THIRD);
  }
}
