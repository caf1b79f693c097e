package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.CLONE;
import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static dev.quorate.resource.core.state.Ledger.N3;
import static dev.quorate.resource.core.state.Ledger.PG;
import static dev.quorate.resource.core.state.Ledger.VIP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Absence;
import dev.quorate.resource.ClusterCommand.CastVote;
import dev.quorate.resource.ClusterCommand.CloseElection;
import dev.quorate.resource.ClusterCommand.OpenElection;
import dev.quorate.resource.ClusterCommand.ReleasePrimacy;
import dev.quorate.resource.ConfigurationChange.SetMeta;
import dev.quorate.resource.ConfigurationChange.SetNodeAttribute;
import dev.quorate.resource.ConfigurationChange.SetProperty;
import dev.quorate.resource.Election;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ElectionSupervisorTest {
  @Test
  void theFirstRoundWaitsUntilAllHaveShownWhatTheyHave() {
    Ledger ledger = Ledger.three();
    for (NodeId node : List.of(N1, N2, N3)) {
      assertEquals(List.of(), due(ledger));
      ledger.run(OperationKind.MONITOR, PG, node);
      ledger.run(OperationKind.START, PG, node);
    }
    assertEquals(List.of(N1, N2, N3), due(ledger).getFirst().expected());
    assertEquals(1, due(ledger).getFirst().round());
  }

  @Test
  void theFirstRoundWaitsForANodeThatIsNotUpYet() {
    Ledger ledger = Ledger.withoutFirst();
    for (NodeId node : List.of(N2, N3)) {
      ledger.run(OperationKind.MONITOR, PG, node);
      ledger.run(OperationKind.START, PG, node);
    }
    assertEquals(List.of(), due(ledger), "n1 may have the primary");
    ledger.configure(new SetNodeAttribute(N1, "standby", "on"));
    assertEquals(List.of(N2, N3), due(ledger).getFirst().expected(), "the operator's word");
  }

  @Test
  void aNodeThatVanishesInTheFirstRoundIsWaitedFor() {
    Ledger ledger = Ledger.three();
    ledger.startStandbys();
    ledger.open(1, ledger.vote(N1, 1, 100), ledger.vote(N2, 1, 100), ledger.vote(N3, 1, 100));
    ledger.accept(new OpenElection(PG, 2, "again", List.of(N1, N2, N3)));
    ledger.accept(new CastVote(PG, 2, ledger.vote(N2, 1, 100)));
    ledger.accept(new CastVote(PG, 2, ledger.vote(N3, 1, 100)));
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.refuse("HA-ELECT-018", new CloseElection(PG, 2, "n2", "most advanced"));
    ledger.configure(new SetNodeAttribute(N1, "standby", "on"));
    ledger.accept(new CloseElection(PG, 2, "n2", "most advanced"));
  }

  @Test
  void aWorkingHolderNeedsNone() {
    assertEquals(List.of(), due(Ledger.running()));
  }

  @Test
  void aLostHolderIsReplacedAtOnceAndOneWhoseDaemonIsGoneIsWaitedFor() {
    Ledger ledger = Ledger.running();
    ledger.accept(ledger.view(N2, Absence.DAEMON_GONE, N1));
    ledger.accept(ledger.view(N3, Absence.DAEMON_GONE, N1));
    assertEquals(List.of(), due(ledger));
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    assertEquals(List.of(new OpenElection(PG, 2, "n1 is LOST", List.of(N2, N3))), due(ledger));
    ledger.accept(due(ledger).getFirst());
    assertEquals(List.of(), due(ledger));
  }

  @Test
  void whoeverDoesNotWantAPromotedInstanceGetsNone() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.DEMOTE, PG, N1);
    ledger.accept(new ReleasePrimacy(PG, 1, N1, "a", 1, 300));
    assertEquals(1, due(ledger).size());
    ledger.configure(new SetMeta(CLONE, new TreeMap<>(Map.of("target-role", "Stopped"))));
    assertEquals(List.of(), due(ledger));
    ledger.configure(new SetMeta(CLONE, new TreeMap<>(Map.of("target-role", ""))));
    ledger.configure(new SetProperty("maintenance-mode", "true"));
    assertEquals(List.of(), due(ledger));
  }

  @Test
  void aRoundIsCompleteWhenNobodyElseCanVote() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.accept(due(ledger).getFirst());
    assertFalse(complete(ledger));
    ledger.accept(new CastVote(PG, 2, ledger.vote(N2, 1, 200)));
    assertFalse(complete(ledger));
    ledger.run(OperationKind.STOP, PG, N3);
    assertTrue(complete(ledger));
  }

  @Test
  void aBlockedRoundIsRepeatedWhenSomethingChanged() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.accept(due(ledger).getFirst());
    ledger.accept(new CloseElection(PG, 2, "", "too few"));
    assertEquals(List.of(), due(ledger));
    ledger.run(OperationKind.MONITOR, VIP, N2);
    assertEquals(List.of(), due(ledger));
    ledger.run(OperationKind.STOP, PG, N3);
    assertEquals(3, due(ledger).getFirst().round());
  }

  @Test
  void aBlockedRoundIsRepeatedAfterAPauseToo() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.accept(due(ledger).getFirst());
    ledger.accept(new CloseElection(PG, 2, "", "too few"));
    TreeSet<ResourceId> rested = new TreeSet<>(List.of(PG));
    assertEquals(3, ElectionSupervisor.due(ledger.state, rested).getFirst().round());
    ledger.configure(new SetProperty("maintenance-mode", "true"));
    assertEquals(List.of(), ElectionSupervisor.due(ledger.state, rested));
    assertEquals(
        List.of(2L, 4L, 8L, 16L, 32L, 32L),
        IntStream.rangeClosed(1, 6)
            .mapToObj(n -> ElectionSupervisor.pause(n).toSeconds())
            .toList());
    assertEquals(32, ElectionSupervisor.pause(Integer.MAX_VALUE).toSeconds());
  }

  @Test
  void aWinnerThatIsGoneIsReplaced() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.elect(2, N2, ledger.vote(N2, 1, 200), ledger.vote(N3, 1, 200));
    assertEquals(List.of(), due(ledger));
    ledger.run(OperationKind.STOP, PG, N2);
    assertEquals(List.of(N3), due(ledger).getFirst().expected());
  }

  @Test
  void aStoppedHolderThatMayNotStartAgainIsReplaced() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.STOP, PG, N1);
    assertEquals(List.of(), due(ledger));
    ledger.configure(new SetNodeAttribute(N1, "standby", "on"));
    assertEquals(List.of(N2, N3), due(ledger).getFirst().expected());
  }

  /// What is stopped by hand may be started by hand.
  @Test
  void aHolderThatSomebodyStoppedByHandIsNotReplaced() {
    Ledger ledger = Ledger.running();
    ledger.configure(
        new SetNodeAttribute(N1, "standby", "on"), new SetNodeAttribute(N1, "maintenance", "on"));
    ledger.observe(N1, PG, OperationResult.succeeded(Role.STOPPED));
    ledger.is(PG, N1, Role.STOPPED, Certainty.KNOWN);
    assertEquals(List.of(), due(ledger));
    ledger.configure(new SetNodeAttribute(N1, "maintenance", ""));
    assertEquals(List.of(N2, N3), due(ledger).getFirst().expected());
  }

  @Test
  void theFirstRoundWaitsForANodeInMaintenance() {
    Ledger ledger = Ledger.three();
    ledger.startStandbys();
    assertEquals(List.of(N1, N2, N3), due(ledger).getFirst().expected());
    ledger.configure(new SetNodeAttribute(N1, "maintenance", "on"));
    assertEquals(List.of(), due(ledger), "it would not say what it holds");
    ledger.configure(new SetNodeAttribute(N1, "standby", "on"));
    assertEquals(1, due(ledger).size(), "the operator's word");
  }

  private static List<OpenElection> due(Ledger ledger) {
    return ElectionSupervisor.due(ledger.state, new TreeSet<>());
  }

  private static boolean complete(Ledger ledger) {
    return ElectionSupervisor.complete(
        ledger.state, PG, assertInstanceOf(Election.Open.class, ledger.primacy().election()));
  }
}
