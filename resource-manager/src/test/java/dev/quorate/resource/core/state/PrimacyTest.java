package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.CLONE;
import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static dev.quorate.resource.core.state.Ledger.N3;
import static dev.quorate.resource.core.state.Ledger.PG;
import static dev.quorate.resource.core.state.Ledger.VIP;
import static dev.quorate.resource.core.state.Ledger.life;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.ClusterCommand.CancelSwitchover;
import dev.quorate.resource.ClusterCommand.CastVote;
import dev.quorate.resource.ClusterCommand.CloseElection;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.LeaveNode;
import dev.quorate.resource.ClusterCommand.OpenElection;
import dev.quorate.resource.ClusterCommand.ReleasePrimacy;
import dev.quorate.resource.ClusterCommand.RequestSwitchover;
import dev.quorate.resource.ClusterCommand.SetSyncPromise;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.ConfigurationChange.SetMeta;
import dev.quorate.resource.ConfigurationChange.SetNodeAttribute;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.LastWrite;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.Role;
import dev.quorate.resource.SyncPromise;
import dev.quorate.resource.Vote;
import dev.quorate.resource.Vote.TimelineSwitch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PrimacyTest {
  @Test
  void aPromotionNeedsAWonElection() {
    Ledger ledger = Ledger.three();
    ledger.startStandbys();
    ledger.refuse("HA-ELECT-001", ledger.operation(OperationKind.PROMOTE, PG, N1));
    ledger.elect(1, N1, ledger.vote(N1, 1, 100), ledger.vote(N2, 1, 90));
    ledger.refuse("HA-ELECT-001", ledger.operation(OperationKind.PROMOTE, PG, N2));
    ledger.accept(ledger.operation("p", OperationKind.PROMOTE, PG, N1));
    assertEquals(1, ledger.primacy().epoch());
    assertTrue(ledger.primacy().heldBy(N1, "a"));
    assertEquals(new Election.Idle(1, "round 1: n1, most advanced"), ledger.primacy().election());
    ledger.refuse("HA-ELECT-012", new OpenElection(PG, 2, "test", List.of(N2)));
  }

  @Test
  void theHolderIsPromotedAgainInPlace() {
    Ledger ledger = Ledger.running();
    ledger.observe(N1, PG, OperationResult.failed(7, Role.STOPPED, "crashed"));
    ledger.run(OperationKind.START, PG, N1);
    ledger.run(OperationKind.PROMOTE, PG, N1);
    assertEquals(2, ledger.primacy().epoch());
    assertTrue(ledger.primacy().heldBy(N1, "a"));
  }

  @Test
  void theNextEpochWaitsForTheProof() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.elect(2, N2, ledger.vote(N2, 1, 200), ledger.vote(N3, 1, 150));
    ledger.refuse("HA-ELECT-002", ledger.operation(OperationKind.PROMOTE, PG, N2));
    ledger.accept(ledger.fence("f", N3, N1));
    ledger.accept(ledger.fenced("f", N3, N1, "a", true));
    assertEquals(
        new Holder.Released(N1, "a", Holder.Proof.FENCED, 0, 0), ledger.primacy().holder());
    ledger.run(OperationKind.PROMOTE, PG, N2);
    assertEquals(2, ledger.primacy().epoch());
    assertTrue(ledger.primacy().heldBy(N2, "a"));
  }

  @Test
  void whatWasHeardOfTheHolderIsRecordedWithTheRoundAndTheOutcomeStays() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    LastWrite heard = new LastWrite(N1, 1, 300, List.of(new LastWrite.Mark(300, 0)));
    LastWrite strange = new LastWrite(N3, 1, 300, List.of());
    OpenElection round = new OpenElection(PG, 2, "test", List.of(N2, N3));
    ledger.accept(round.knowing(Optional.of(strange)));
    assertEquals(
        Optional.empty(), ((Election.Open) ledger.primacy().election()).lastWrite(), "not of n1");
    ledger.accept(new CloseElection(PG, 2, "", "nobody"));
    ledger.accept(new OpenElection(PG, 3, "test", List.of(N2, N3)).knowing(Optional.of(heard)));
    ledger.accept(new CastVote(PG, 3, ledger.vote(N2, 1, 200)));
    ledger.accept(new CastVote(PG, 3, ledger.vote(N3, 1, 150)));
    assertEquals(Optional.of(heard), ((Election.Open) ledger.primacy().election()).lastWrite());
    ledger.accept(new CloseElection(PG, 3, "n2", "lost: 100 bytes"));
    ledger.accept(ledger.fence("f", N3, N1));
    ledger.accept(ledger.fenced("f", N3, N1, "a", true));
    ledger.run(OperationKind.PROMOTE, PG, N2);
    assertEquals(new Election.Idle(3, "round 3: n2, lost: 100 bytes"), ledger.primacy().election());
  }

  @Test
  void aHolderThatIsStoppedForGoodLosesTheGrantToTheWinner() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.STOP, PG, N1);
    ledger.elect(2, N2, ledger.vote(N2, 1, 200), ledger.vote(N3, 1, 150));
    assertInstanceOf(Holder.Released.class, ledger.primacy().holder());
    ledger.run(OperationKind.PROMOTE, PG, N2);
  }

  /// Whoever stopped it by hand may start it by hand, and writes again.
  @Test
  void aHolderThatSomebodyStoppedByHandKeepsTheGrant() {
    for (ConfigurationChange alone :
        List.of(
            new SetNodeAttribute(N1, "maintenance", "on"),
            new SetMeta(CLONE, new TreeMap<>(Map.of("is-managed", "false"))))) {
      Ledger ledger = Ledger.running();
      ledger.configure(alone);
      ledger.observe(N1, PG, OperationResult.succeeded(Role.STOPPED));
      ledger.is(PG, N1, Role.STOPPED, Certainty.KNOWN);
      ledger.elect(2, N2, ledger.vote(N2, 1, 200), ledger.vote(N3, 1, 150));
      assertTrue(ledger.primacy().heldBy(N1, "a"), alone::toString);
      ledger.refuse("HA-ELECT-002", ledger.operation(OperationKind.PROMOTE, PG, N2));
      ledger.accept(new LeaveNode(N1, Ledger.life("a", 1)));
      assertTrue(ledger.primacy().heldBy(N1, "a"), "and so it is without its daemon");
    }
  }

  @Test
  void theFirstInstanceFoundPromotedIsAdoptedAndNoOther() {
    Ledger ledger = Ledger.three();
    ledger.run(OperationKind.MONITOR, PG, N2, OperationResult.succeeded(Role.PROMOTED));
    assertEquals(1, ledger.primacy().epoch());
    assertTrue(ledger.primacy().heldBy(N2, "a"));
    ledger.run(OperationKind.MONITOR, PG, N1, OperationResult.succeeded(Role.PROMOTED));
    ledger.is(PG, N1, Role.PROMOTED, Certainty.FAILED);
    assertEquals("promoted without the grant", ledger.instance(PG, N1).reason());
    assertEquals(1, ledger.primacy().epoch());
  }

  @Test
  void aHolderThatTurnsOutToWorkEndsTheElection() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.open(2, ledger.vote(N2, 1, 200));
    ledger.accept(new JoinNode(N1, life("a", 2), 1));
    ledger.run(OperationKind.MONITOR, PG, N1, OperationResult.succeeded(Role.PROMOTED));
    assertEquals(new Election.Idle(2), ledger.primacy().election());
    ledger.is(PG, N1, Role.PROMOTED, Certainty.KNOWN);
    ledger.refuse("HA-ELECT-013", new OpenElection(PG, 3, "test", List.of(N2)));
  }

  @Test
  void aSwitchoverIsCheckedAndClearedByThePromotion() {
    Ledger ledger = Ledger.running();
    ledger.refuse("HA-ELECT-000", new RequestSwitchover(VIP, "n2", "test"));
    ledger.refuse("HA-NODE-001", new RequestSwitchover(CLONE, "n9", "test"));
    ledger.refuse("HA-ELECT-004", new RequestSwitchover(CLONE, "n1", "test"));
    ledger.run(OperationKind.STOP, PG, N3);
    ledger.refuse("HA-ELECT-005", new RequestSwitchover(CLONE, "n3", "test"));
    ledger.refuse("HA-ELECT-006", new CancelSwitchover(CLONE, "none"));
    ledger.accept(new RequestSwitchover(CLONE, "", "test"));
    assertEquals(Primacy.BEST, ledger.primacy().switchoverTo());
    ledger.accept(new CancelSwitchover(CLONE, "changed my mind"));
    ledger.accept(new RequestSwitchover(CLONE, "n2", "test"));
    ledger.accept(ledger.operation("d", OperationKind.DEMOTE, PG, N1));
    ledger.accept(new ReleasePrimacy(PG, 1, N1, "a", 1, 300));
    ledger.accept(new ReleasePrimacy(PG, 1, N1, "a", 1, 300));
    ledger.open(2, ledger.vote(N2, 1, 300));
    assertEquals(
        "n2", assertInstanceOf(Election.Open.class, ledger.primacy().election()).preferred());
    ledger.accept(new CloseElection(PG, 2, "n2", "preferred"));
    ledger.run(OperationKind.PROMOTE, PG, N2);
    assertEquals("", ledger.primacy().switchoverTo());
    ledger.refuse("HA-ELECT-007", new ReleasePrimacy(PG, 1, N1, "a", 1, 300));
  }

  @Test
  void votesCountInTheOpenRoundAndThePresentBoot() {
    Ledger ledger = Ledger.three();
    ledger.startStandbys();
    ledger.refuse("HA-ELECT-015", new CastVote(PG, 1, ledger.vote(N1, 1, 1)));
    ledger.refuse("HA-ELECT-011", new OpenElection(PG, 2, "test", List.of(N1)));
    ledger.refuse("HA-ELECT-014", new OpenElection(PG, 1, "test", List.of()));
    ledger.accept(new OpenElection(PG, 1, "test", List.of(N1, N2)));
    Vote old = ledger.vote(N1, 1, 1);
    ledger.accept(new JoinNode(N1, life("b", 2), 1));
    ledger.refuse("HA-NODE-006", new CastVote(PG, 1, old));
    ledger.refuse("HA-ELECT-015", new CastVote(PG, 2, ledger.vote(N2, 1, 1)));
    ledger.accept(new CastVote(PG, 1, ledger.vote(N2, 1, 1)));
    ledger.refuse("HA-ELECT-016", new CloseElection(PG, 1, "n1", ""));
    ledger.accept(new CloseElection(PG, 1, "", "nobody can"));
    assertInstanceOf(Election.Blocked.class, ledger.primacy().election());
    ledger.accept(new OpenElection(PG, 2, "again", List.of(N2)));
  }

  @Test
  void aVoteEndsWithTheRunOfTheInstance() {
    Ledger ledger = lost(Ledger.running());
    ledger.open(2, ledger.vote(N2, 1, 200), ledger.vote(N3, 1, 250));
    ledger.observe(N3, PG, OperationResult.failed(7, Role.STOPPED, "crashed"));
    ledger.refuse("HA-ELECT-016", new CloseElection(PG, 2, "n3", ""));
    ledger.run(OperationKind.START, PG, N3);
    ledger.refuse("HA-ELECT-016", new CloseElection(PG, 2, "n3", ""));
    ledger.accept(new CastVote(PG, 2, ledger.vote(N3, 1, 250)));
    ledger.accept(new CloseElection(PG, 2, "n3", ""));
  }

  @Test
  void theWinnerHasWhatWasPromised() {
    Ledger ledger = lost(Ledger.running());
    ledger.open(2, ledger.vote(N2, 1, 200), ledger.vote(N3, 1, 250));
    ledger.refuse("HA-ELECT-017", new CloseElection(PG, 2, "n2", ""));
    ledger.accept(new CloseElection(PG, 2, "n3", ""));
  }

  @Test
  void tooFewVotersOfThePromiseBlock() {
    Ledger ledger = lost(Ledger.running());
    ledger.open(2, ledger.vote(N2, 1, 200));
    ledger.refuse("HA-ELECT-017", new CloseElection(PG, 2, "n2", ""));
    ledger.configure(new SetMeta(CLONE, new TreeMap<>(Map.of("durability", "async"))));
    ledger.accept(new CloseElection(PG, 2, "n2", ""));
  }

  @Test
  void bestEffortLetsABrokenPromisePass() {
    Ledger ledger = lost(Ledger.running());
    ledger.open(2, ledger.vote(N2, 1, 200));
    ledger.configure(new SetMeta(CLONE, new TreeMap<>(Map.of("no-candidate-policy", "block"))));
    ledger.refuse("HA-ELECT-017", new CloseElection(PG, 2, "n2", ""));
    ledger.configure(
        new SetMeta(CLONE, new TreeMap<>(Map.of("no-candidate-policy", "best-effort"))));
    ledger.accept(new CloseElection(PG, 2, "n2", ""));
  }

  @Test
  void withoutAPromiseOnlyTheHoldersOwnLogProves() {
    Ledger ledger = Ledger.running();
    ledger.accept(new SetSyncPromise(PG, 1, N1, 1, new SyncPromise(0, List.of(N2), 0)));
    lost(ledger);
    ledger.open(2, ledger.vote(N2, 1, 200), ledger.vote(N3, 1, 200));
    ledger.refuse("HA-ELECT-017", new CloseElection(PG, 2, "n2", ""));
    ledger.accept(new JoinNode(N1, life("b", 2), 1));
    ledger.accept(new CastVote(PG, 2, ledger.vote(N1, 1, 150)));
    ledger.accept(new CloseElection(PG, 2, "n2", ""));
  }

  @Test
  void aCleanStopProvesWhoeverHasItsEnd() {
    Ledger ledger = Ledger.running();
    ledger.accept(new SetSyncPromise(PG, 1, N1, 1, new SyncPromise(0, List.of(N2), 0)));
    ledger.run(OperationKind.DEMOTE, PG, N1);
    ledger.accept(new ReleasePrimacy(PG, 1, N1, "a", 1, 300));
    Vote ahead =
        new Vote(N3, "a", true, "sysid", 2, 400, List.of(new TimelineSwitch(1, 299)), false, 0, "");
    ledger.open(2, ledger.vote(N2, 1, 300), ahead);
    ledger.refuse("HA-ELECT-017", new CloseElection(PG, 2, "n3", ""));
    ledger.accept(new CloseElection(PG, 2, "n2", ""));
  }

  @Test
  void thePromiseIsTheHoldersAndVersioned() {
    Ledger ledger = Ledger.running();
    SyncPromise promise = new SyncPromise(0, List.of(N2), 1);
    ledger.refuse("HA-ELECT-007", new SetSyncPromise(PG, 1, N2, 1, promise));
    ledger.refuse("HA-ELECT-007", new SetSyncPromise(PG, 9, N1, 1, promise));
    ledger.refuse("HA-ELECT-008", new SetSyncPromise(PG, 1, N1, 0, promise));
    ledger.refuse(
        "HA-ELECT-010", new SetSyncPromise(PG, 1, N1, 1, new SyncPromise(0, List.of(N1), 1)));
    ledger.accept(new SetSyncPromise(PG, 1, N1, 1, promise));
    assertEquals(new SyncPromise(2, List.of(N2), 1), ledger.primacy().promise());
    lost(ledger);
    ledger.open(2, ledger.vote(N2, 1, 200));
    ledger.refuse("HA-ELECT-009", new SetSyncPromise(PG, 1, N1, 2, promise));
  }

  private static Ledger lost(Ledger ledger) {
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    return ledger;
  }
}
