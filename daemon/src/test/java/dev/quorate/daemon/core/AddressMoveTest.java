package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.daemon.core.AddressMove.Facts;
import dev.quorate.daemon.core.AddressMove.Note;
import dev.quorate.daemon.core.AddressMove.Step;
import org.junit.jupiter.api.Test;

class AddressMoveTest {
  private static final String OLD = "10.0.0.2";
  private static final String NEW = "10.9.0.2";
  private static final Note ASKED = new Note(NEW, 7, 0);

  private static Step next(long version, String agreed, boolean certified, boolean leads) {
    return AddressMove.next(ASKED, new Facts(version, agreed, OLD, 1, certified, leads, true));
  }

  @Test
  void nothingIsGivenUpBeforeTheChangeIsAgreedOn() {
    assertEquals(Step.WAIT, next(7, OLD, true, false));
    assertEquals(Step.WAIT, next(6, NEW, true, false));
  }

  @Test
  void whatWasNotAgreedOnIsForgotten() {
    assertEquals(Step.FORGET, next(8, OLD, true, false));
    assertEquals(Step.FORGET, next(9, "10.8.0.2", true, false));
    assertEquals(Step.FORGET, next(9, "", true, false));
  }

  @Test
  void theOthersCanConnectAndAnotherLeadsBeforeTheLogIsLeft() {
    assertEquals(Step.CERTIFY, next(8, NEW, false, true));
    assertEquals(Step.HAND_OVER, next(8, NEW, true, true));
    assertEquals(Step.LEAVE, next(8, NEW, true, false));
    assertEquals(Step.WAIT, AddressMove.next(ASKED, new Facts(8, NEW, OLD, 1, true, false, false)));
  }

  /// What this node's log knows of the configuration may be older then.
  @Test
  void whatWasBegunIsFinished() {
    Note leaving = ASKED.leaving(3);
    Facts restarted = new Facts(2, OLD, OLD, 3, false, false, false);
    assertEquals(Step.LEAVE, AddressMove.next(leaving, restarted));
    assertEquals(
        Step.LEAVE, AddressMove.next(leaving, new Facts(2, OLD, NEW, 3, true, false, false)));
    assertEquals(
        Step.LEAVE, AddressMove.next(leaving, new Facts(2, OLD, OLD, 4, true, false, false)));
    assertEquals(
        Step.ARRIVED, AddressMove.next(leaving, new Facts(0, "", NEW, 4, true, false, false)));
  }
}
