package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static dev.quorate.resource.core.state.Ledger.N3;
import static dev.quorate.resource.core.state.Ledger.PG;
import static dev.quorate.resource.core.state.Ledger.VIP;
import static dev.quorate.resource.core.state.Ledger.life;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.ClusterCommand.ConfirmFencing;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.RequestFencing;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.NodeStatus.Verdict;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Role;
import org.junit.jupiter.api.Test;

class FencingTest {
  @Test
  void onlyLostNodesAreFencedAndNotByThemselves() {
    Ledger ledger = Ledger.running();
    ledger.refuse("HA-FENCE-005", ledger.fence("f", N1, N3));
    ledger.see(N1, N3);
    ledger.see(N2, N3);
    ledger.refuse("HA-ACT-002", ledger.fence("f", N3, N3));
    ledger.refuse("HA-FENCE-003", ledger.fence("f", N1, N1));
    ledger.accept(ledger.fence("f", N1, N3));
    ledger.refuse("HA-ACT-003", ledger.fence("g", N2, N3));
  }

  @Test
  void aNodeWithAnInstanceThatCannotBeControlledIsCondemned() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.STOP, VIP, N1, OperationResult.failed(1, Role.STARTED, "stuck"));
    ledger.accept(ledger.fence("f", N2, N1));
    assertEquals(Presence.LOST, ledger.presence(N1));
    assertEquals(Verdict.FENCE, ledger.status(N1).verdict());
    ledger.refuse("HA-NODE-005", new JoinNode(N1, life("a", 2), 1));
  }

  @Test
  void aRequestCondemnsALife() {
    Ledger ledger = Ledger.running();
    ledger.accept(new RequestFencing(N3, false, "alice"));
    assertEquals(Verdict.OFF, ledger.status(N3).verdict());
    assertEquals("fencing requested by alice", ledger.status(N3).reason());
    ledger.see(N1);
    ledger.see(N2);
    assertEquals(Presence.LOST, ledger.presence(N3));
    ledger.refuse("HA-FENCE-002", new RequestFencing(N2, true, "alice"));
    ledger.refuse("HA-NODE-005", new JoinNode(N3, life("a", 1), 1));
    ledger.accept(new JoinNode(N3, life("b", 2), 1));
    assertEquals(Verdict.NONE, ledger.status(N3).verdict());
  }

  @Test
  void anExecutorThatIsGoneIsReplaced() {
    Ledger ledger = Ledger.of(5);
    ledger.accept(new RequestFencing(N3, true, "alice"));
    ledger.accept(ledger.fence("f", N2, N3));
    ledger.accept(new RequestFencing(N2, true, "alice"));
    ledger.accept(ledger.fence("g", N1, N3));
    assertTrue(ledger.state.intents().containsKey("g"));
    assertEquals(1, ledger.state.intents().size());
  }

  @Test
  void aProofEndsTheBootThatItNames() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.accept(ledger.fence("f", N2, N1));
    ledger.accept(ledger.fenced("f", N2, N1, "a", false));
    assertEquals(Presence.LOST, ledger.presence(N1));
    assertTrue(ledger.state.intents().isEmpty());
    ledger.accept(ledger.fence("g", N2, N1));
    ledger.refuse("HA-FENCE-006", ledger.fenced("g", N2, N3, "a", true));
    ledger.accept(ledger.fenced("g", N2, N1, "a", true));
    assertEquals(Presence.FENCED, ledger.presence(N1));
    ledger.is(PG, N1, Role.STOPPED, Certainty.KNOWN);
    ledger.is(VIP, N1, Role.STOPPED, Certainty.KNOWN);
    assertEquals(2, ledger.state.fencings().size());
    assertEquals(ledger.state.position(), ledger.state.fencings().getLast().position());
  }

  @Test
  void aNewerBootHasSatisfiedTheFencing() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.accept(ledger.fence("f", N2, N1));
    ledger.accept(new JoinNode(N1, life("b", 2), 1));
    ledger.accept(ledger.fenced("f", N2, N1, "a", true));
    assertEquals(Presence.ONLINE, ledger.presence(N1));
    assertEquals(
        new Holder.Released(N1, "a", Holder.Proof.NEW_BOOT, 0, 0), ledger.primacy().holder());
    ledger.refuse(
        "HA-FENCE-004",
        new dev.quorate.resource.ClusterCommand.BeginAction(
            "h",
            1,
            1,
            new dev.quorate.resource.Action.FenceAction(N1, "a", true),
            N2,
            life("a", 1),
            java.time.Duration.ofSeconds(60)));
  }

  @Test
  void anOathIsTakenOnlyForLostNodes() {
    Ledger ledger = Ledger.running();
    var refused = ledger.refuse("HA-FENCE-007", new ConfirmFencing(N1, "alice"));
    assertTrue(refused.hint().contains("hactl"), refused::hint);
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.accept(new ConfirmFencing(N1, "alice"));
    assertEquals(Presence.FENCED, ledger.presence(N1));
    assertEquals(
        new Holder.Released(N1, "a", Holder.Proof.OPERATOR_OATH, 0, 0), ledger.primacy().holder());
    assertEquals("operator-oath", ledger.state.fencings().getLast().proof());
    ledger.refuse("HA-FENCE-007", new ConfirmFencing(N1, "alice"));
  }

  @Test
  void historyIsBounded() {
    Ledger ledger = Ledger.running();
    for (int i = 0; i < 60; i++) {
      ledger.accept(ledger.fenced("none" + i, N2, N1, "other", false));
    }
    assertEquals(50, ledger.state.fencings().size());
  }
}
