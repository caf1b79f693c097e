package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final ClusterCommand FIRST =
      new ClusterCommand.ConfirmFencing(new NodeId("n1"), "test");
  private static final ClusterCommand SECOND =
      new ClusterCommand.ConfirmFencing(new NodeId("n2"), "test");

  private final Outbox outbox = new Outbox();

  @Test
  void theSameCommandIsNotProposedTwiceAtATime() {
    assertEquals(1, outbox.propose("k", FIRST, true).size());
    assertEquals(List.of(), outbox.propose("k", FIRST, true));
  }

  @Test
  void aNewerCommandTakesThePlaceOfTheOlder() {
    outbox.propose("k", FIRST, true);
    assertEquals(
        List.of(new NodeEffect.ForgetTicket(1), new NodeEffect.Propose(2, SECOND)),
        outbox.propose("k", SECOND, true));

    assertFalse(outbox.unsettled(1), "the older one is forgotten");
    assertTrue(outbox.unsettled(2));
    assertEquals(List.of(new NodeEffect.Propose(2, SECOND)), outbox.resend());
  }

  @Test
  void aDurableProposalKeepsItsTicketUntilItIsCommitted() {
    outbox.propose("k", FIRST, true);
    assertTrue(outbox.unsettled(1));
    assertEquals(List.of(new NodeEffect.Propose(1, FIRST)), outbox.resend());
    assertEquals(List.of(), outbox.resend(), "it is under way again");

    assertTrue(outbox.committed(1, new LogPosition(1, 1, 7)).isPresent());
    outbox.applied(new LogPosition(1, 1, 7));
    assertFalse(outbox.isPending("k"));
  }

  @Test
  void aCommittedProposalIsPendingUntilTheStateShowsIt() {
    outbox.propose("k", FIRST, false);
    outbox.committed(1, new LogPosition(1, 1, 7));
    outbox.applied(new LogPosition(1, 1, 6));
    assertEquals(List.of(), outbox.propose("k", FIRST, false));
    assertEquals(List.of(), outbox.resend());

    outbox.applied(new LogPosition(1, 1, 7));
    assertEquals(1, outbox.propose("k", FIRST, false).size());
  }

  @Test
  void whatWasRefusedIsPendingUntilItMayBeTriedAgain() {
    outbox.propose("k", FIRST, false);
    outbox.committed(1, new LogPosition(1, 1, 7));
    outbox.refused(1);
    outbox.applied(new LogPosition(1, 1, 7));
    assertTrue(outbox.isPending("k"));
    assertEquals(List.of(), outbox.propose("k", FIRST, false));
    outbox.resend();
    assertFalse(outbox.isPending("k"));
  }

  @Test
  void aPassingProposalIsForgottenWhenItFails() {
    outbox.propose("k", FIRST, false);
    assertFalse(outbox.unsettled(1));
    assertFalse(outbox.isPending("k"));
  }
}
