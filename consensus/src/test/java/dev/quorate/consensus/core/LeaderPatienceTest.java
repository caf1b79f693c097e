package dev.quorate.consensus.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LeaderPatienceTest {
  private static final LeaderPatience PATIENCE = LeaderPatience.of(Duration.ofMillis(300));

  private static long rest(int silence, int place) {
    return PATIENCE.rest(Duration.ofMillis(silence), place).toMillis();
  }

  @Test
  void theFirstWaitsForOneAndAHalfOfTheShortestTimeout() {
    assertEquals(450, rest(0, 0));
    assertEquals(1, rest(449, 0));
    assertEquals(0, rest(450, 0));
    assertEquals(-50, rest(500, 0));
  }

  @Test
  void theOthersWaitLongerEachThanTheOneBefore() {
    assertEquals(50, rest(450, 1));
    assertEquals(250, rest(450, 5));
  }

  @Test
  void anElectionWithoutALeaderIsFollowedByAnotherForAWhile() {
    Duration lately = Duration.ofMillis(700);
    assertEquals(
        Optional.of(Duration.ofMillis(200)),
        PATIENCE.again(lately, Duration.ZERO, 0, 2),
        "the first");
    assertEquals(
        Optional.of(Duration.ofMillis(-50)),
        PATIENCE.again(lately, Duration.ofMillis(300), 1, 2),
        "the second");
    assertEquals(Optional.empty(), PATIENCE.again(Duration.ofMillis(1801), Duration.ZERO, 0, 2));
  }

  @Test
  void whereMoreVotesAreNeededTheFirstLeavesTheOthersTheTimeToAsk() {
    assertEquals(
        Optional.of(Duration.ofMillis(350)),
        PATIENCE.again(Duration.ofMillis(700), Duration.ZERO, 0, 3));
  }

  @Test
  void allFollowsFromTheShortestTimeout() {
    assertEquals(
        new LeaderPatience(Duration.ofSeconds(15), Duration.ofMillis(1666), Duration.ofSeconds(5)),
        new LeaderPatience(
            LeaderPatience.of(Duration.ofSeconds(10)).longest(),
            Duration.ofMillis(LeaderPatience.of(Duration.ofSeconds(10)).stagger().toMillis()),
            LeaderPatience.of(Duration.ofSeconds(10)).signs()));
  }
}
