package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.MemberOrder.Kind;
import dev.quorate.agents.core.postgresql.OrderAnswer.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OrderFateTest {
  private static final MemberOrder MINE = new MemberOrder(Kind.RESTART, "1000000");
  private static final MemberOrder OTHER = new MemberOrder(Kind.RELOAD, "1000001");

  @Test
  void onlyTheMembersAnswerSaysThatAnOrderWasCarriedOut() {
    assertInstanceOf(OrderFate.Waits.class, OrderFate.of(MINE, MINE.format(), ""));
    assertInstanceOf(OrderFate.Waits.class, OrderFate.of(MINE, MINE.format(), done(OTHER)));
    assertInstanceOf(OrderFate.Done.class, OrderFate.of(MINE, "", done(MINE)));
    assertInstanceOf(OrderFate.Done.class, OrderFate.of(MINE, OTHER.format(), done(MINE)));
    assertInstanceOf(OrderFate.Unknown.class, OrderFate.of(MINE, "", ""), "a boot");
    assertInstanceOf(OrderFate.Unknown.class, OrderFate.of(MINE, "", done(OTHER)));
    OrderFate replaced = OrderFate.of(MINE, OTHER.format(), "");
    assertEquals(new OrderFate.Unknown("another order took its place: reload:1000001"), replaced);
    assertEquals(
        "the member refused: it is the primary",
        reason(OrderFate.of(MINE, "", answer(Outcome.REFUSED, "it is the primary"))));
    assertEquals(
        "the order was withdrawn: too late",
        reason(OrderFate.of(MINE, "", answer(Outcome.WITHDRAWN, "too late"))));
  }

  /// The answer may be that of an earlier one of the same number.
  @Test
  void whatStandsThereIsNotDone() {
    assertInstanceOf(OrderFate.Waits.class, OrderFate.of(MINE, MINE.format(), done(MINE)));
    assertInstanceOf(
        OrderFate.Waits.class,
        OrderFate.of(MINE, MINE.format(), answer(Outcome.REFUSED, "it is the primary")));
  }

  private static String done(MemberOrder order) {
    return new OrderAnswer(order, Outcome.DONE, "").format();
  }

  private static String answer(Outcome outcome, String reason) {
    return new OrderAnswer(MINE, outcome, reason).format();
  }

  private static String reason(OrderFate fate) {
    return assertInstanceOf(OrderFate.NotDone.class, fate).reason();
  }

  @Test
  void anOrderDoesNotWaitForEver() {
    long given = 1_000_000;
    long valid = MemberOrder.VALID.toMillis();
    assertFalse(MINE.expired(given + valid, Duration.ZERO));
    assertTrue(MINE.expired(given + valid + 1, Duration.ZERO), "by the cluster's time");
    assertFalse(MINE.expired(given, MemberOrder.VALID));
    assertTrue(MINE.expired(given, MemberOrder.VALID.plusMillis(1)), "while nothing is commanded");
    assertFalse(MINE.expired(0, Duration.ZERO), "whose giver's clock is ahead");
  }
}
