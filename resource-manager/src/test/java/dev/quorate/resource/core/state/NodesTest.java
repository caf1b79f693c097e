package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static dev.quorate.resource.core.state.Ledger.N3;
import static dev.quorate.resource.core.state.Ledger.PG;
import static dev.quorate.resource.core.state.Ledger.VIP;
import static dev.quorate.resource.core.state.Ledger.life;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand.ExpireGrace;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.LeaveNode;
import dev.quorate.resource.ClusterCommand.RecordResult;
import dev.quorate.resource.ClusterCommand.SetAttribute;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import org.junit.jupiter.api.Test;

class NodesTest {
  @Test
  void onlyConfiguredNodesThatUnderstandTheLevelJoin() {
    Ledger ledger = Ledger.three();
    ledger.refuse("HA-NODE-001", new JoinNode(new NodeId("n9"), life("a", 1), 1));
    ledger.refuse("HA-NODE-002", new JoinNode(N1, life("b", 2), 0));
  }

  @Test
  void aNewBootEndsEverythingOfTheOldOne() {
    Ledger ledger = Ledger.running();
    ledger.accept(new SetAttribute(N1, life("a", 1), "ping", "100"));
    ledger.run(OperationKind.RELOAD, PG, N1, OperationResult.failed(1, Role.PROMOTED, "broken"));
    ledger.accept(ledger.operation("stop", OperationKind.STOP, VIP, N1));
    ledger.accept(new JoinNode(N1, life("b", 2), 1));
    ledger.is(PG, N1, Role.STOPPED, Certainty.UNKNOWN);
    ledger.is(VIP, N1, Role.STOPPED, Certainty.UNKNOWN);
    assertTrue(ledger.state.intents().isEmpty());
    assertTrue(ledger.state.attributes().isEmpty());
    assertTrue(ledger.state.failCounts().isEmpty());
    assertEquals(
        new Holder.Released(N1, "a", Holder.Proof.NEW_BOOT, 0, 0), ledger.primacy().holder());
  }

  @Test
  void aNewRunLosesOnlyWhatWasInFlight() {
    Ledger ledger = Ledger.running();
    ledger.accept(ledger.operation("stop", OperationKind.STOP, VIP, N1));
    ledger.accept(new JoinNode(N1, life("a", 2), 1));
    ledger.is(PG, N1, Role.PROMOTED, Certainty.KNOWN);
    ledger.is(VIP, N1, Role.STARTED, Certainty.UNKNOWN);
    assertTrue(ledger.primacy().heldBy(N1, "a"));
    ledger.accept(new RecordResult("stop", N1, OperationResult.succeeded(Role.STOPPED)));
    ledger.is(VIP, N1, Role.STARTED, Certainty.UNKNOWN);
  }

  @Test
  void joiningAgainInTheSameLifeMeansThatTheNodeStoppedByItself() {
    Ledger ledger = Ledger.running();
    ledger.accept(new JoinNode(N1, life("a", 1), 1));
    ledger.is(PG, N1, Role.PROMOTED, Certainty.UNKNOWN);
    ledger.is(VIP, N1, Role.STARTED, Certainty.UNKNOWN);
    assertTrue(ledger.primacy().heldBy(N1, "a"));
  }

  @Test
  void anOlderLifeDoesNotJoin() {
    Ledger ledger = Ledger.three();
    ledger.accept(new JoinNode(N1, life("b", 2), 1));
    ledger.refuse("HA-NODE-003", new JoinNode(N1, life("a", 1), 1));
    ledger.refuse("HA-NODE-003", new JoinNode(N1, life("b", 1), 1));
    ledger.refuse("HA-NODE-003", new JoinNode(N1, life("c", 2), 1));
  }

  @Test
  void aLostNodeJoinsAgainUnlessItIsBeingFenced() {
    Ledger ledger = Ledger.running();
    ledger.see(N1, N3);
    ledger.see(N2, N3);
    assertEquals(Presence.LOST, ledger.presence(N3));
    ledger.accept(new JoinNode(N3, life("a", 1), 1));
    ledger.is(PG, N3, Role.UNPROMOTED, Certainty.UNKNOWN);
    assertEquals(Presence.ONLINE, ledger.presence(N3));

    ledger.see(N1, N3);
    ledger.see(N2, N3);
    ledger.accept(ledger.fence("f", N1, N3));
    ledger.refuse("HA-NODE-005", new JoinNode(N3, life("a", 2), 1));
    ledger.accept(ledger.fenced("f", N1, N3, "a", true));
    assertEquals(Presence.FENCED, ledger.presence(N3));
    ledger.refuse("HA-NODE-004", new JoinNode(N3, life("a", 2), 1));
    ledger.accept(new JoinNode(N3, life("b", 2), 1));
    ledger.is(PG, N3, Role.STOPPED, Certainty.UNKNOWN);
  }

  @Test
  void joiningVoidsWhatWasSaidOfTheOldLife() {
    Ledger ledger = Ledger.running();
    ledger.see(N1, N3);
    ledger.see(N2, N3);
    ledger.accept(new JoinNode(N3, life("b", 2), 1));
    ledger.see(N3);
    assertEquals(Presence.ONLINE, ledger.presence(N3));
  }

  @Test
  void leavingCleanlyReleasesWhatIsStopped() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.STOP, PG, N1);
    ledger.accept(new LeaveNode(N1, life("a", 1)));
    assertEquals(Presence.LEFT, ledger.presence(N1));
    ledger.is(VIP, N1, Role.STOPPED, Certainty.KNOWN);
    assertInstanceOf(Holder.Released.class, ledger.primacy().holder());
    ledger.refuse("HA-NODE-006", new LeaveNode(N1, life("a", 1)));
  }

  @Test
  void leavingWithAnActiveInstanceReleasesNothing() {
    Ledger ledger = Ledger.running();
    ledger.accept(new LeaveNode(N1, life("a", 1)));
    assertTrue(ledger.primacy().heldBy(N1, "a"));
  }

  @Test
  void graceExpiresOnlyForTheBootThatIsWaitedFor() {
    Ledger ledger = Ledger.running();
    ledger.refuse("HA-NODE-007", new ExpireGrace(N3, "a"));
    ledger.accept(ledger.view(N1, dev.quorate.resource.Absence.DAEMON_GONE, N3));
    ledger.accept(ledger.view(N2, dev.quorate.resource.Absence.DAEMON_GONE, N3));
    assertEquals(Presence.DAEMON_GONE, ledger.presence(N3));
    ledger.refuse("HA-NODE-007", new ExpireGrace(N3, "z"));
    ledger.accept(new ExpireGrace(N3, "a"));
    assertEquals(Presence.LOST, ledger.presence(N3));
  }

  @Test
  void attributesBelongToALife() {
    Ledger ledger = Ledger.three();
    ledger.refuse("HA-NODE-006", new SetAttribute(N1, life("z", 1), "a", "1"));
    ledger.accept(new SetAttribute(N1, life("a", 1), "a", "1"));
    ledger.accept(new SetAttribute(N1, life("a", 1), "a", ""));
    assertTrue(ledger.state.attributes().isEmpty());
  }
}
