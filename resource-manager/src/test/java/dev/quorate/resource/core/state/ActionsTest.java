package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Ledger.CLONE;
import static dev.quorate.resource.core.state.Ledger.N1;
import static dev.quorate.resource.core.state.Ledger.N2;
import static dev.quorate.resource.core.state.Ledger.N3;
import static dev.quorate.resource.core.state.Ledger.PG;
import static dev.quorate.resource.core.state.Ledger.VIP;
import static dev.quorate.resource.core.state.Ledger.life;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.ClusterCommand.BeginAction;
import dev.quorate.resource.ClusterCommand.Cleanup;
import dev.quorate.resource.ClusterCommand.JoinNode;
import dev.quorate.resource.ClusterCommand.RecordResult;
import dev.quorate.resource.ClusterCommand.ReportObservation;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.ConfigurationChange.SetMeta;
import dev.quorate.resource.ConfigurationChange.SetNodeAttribute;
import dev.quorate.resource.ConfigurationChange.SetProperty;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ActionsTest {
  @Test
  void aStaleLeaderAndAnOldLifeAreRefused() {
    Ledger ledger = Ledger.three();
    ledger.refuse(
        "HA-ACT-001",
        new BeginAction(
            "old",
            0,
            1,
            new OperationAction(OperationKind.MONITOR, PG, N1),
            N1,
            life("a", 1),
            Duration.ofSeconds(1)));
    BeginAction begin = ledger.operation(OperationKind.MONITOR, PG, N1);
    ledger.accept(new JoinNode(N1, life("a", 2), 1));
    ledger.refuse("HA-ACT-002", begin);
  }

  @Test
  void oneIntentForAnInstance() {
    Ledger ledger = Ledger.three();
    ledger.accept(ledger.operation("one", OperationKind.MONITOR, PG, N1));
    ledger.refuse("HA-ACT-003", ledger.operation("one", OperationKind.MONITOR, VIP, N1));
    ledger.refuse("HA-ACT-003", ledger.operation("two", OperationKind.MONITOR, PG, N1));
    ledger.refuse("HA-ACT-003", ledger.operation("two", OperationKind.STOP, PG, N1));
    ledger.refuse(
        "HA-ACT-009", new RecordResult("one", N2, OperationResult.succeeded(Role.STOPPED)));
    ledger.accept(new RecordResult("one", N1, OperationResult.succeeded(Role.STOPPED)));
    ledger.is(PG, N1, Role.STOPPED, Certainty.KNOWN);
    ledger.accept(new RecordResult("one", N1, OperationResult.unknown("again")));
    ledger.is(PG, N1, Role.STOPPED, Certainty.KNOWN);
  }

  @Test
  void nothingStartsUnprobed() {
    Ledger ledger = Ledger.three();
    ledger.refuse("HA-ACT-004", ledger.operation(OperationKind.START, new ResourceId("x"), N1));
    ledger.refuse("HA-ACT-005", ledger.operation(OperationKind.START, PG, N1));
    ledger.run(OperationKind.MONITOR, VIP, N1);
    var refused = ledger.refuse("HA-ACT-008", ledger.operation(OperationKind.START, VIP, N1));
    assertTrue(refused.message().contains("n2"), refused::message);
    ledger.run(OperationKind.MONITOR, VIP, N2);
    ledger.run(OperationKind.MONITOR, VIP, N3);
    ledger.run(OperationKind.START, VIP, N1);
    ledger.refuse("HA-ACT-008", ledger.operation(OperationKind.START, VIP, N2));
    ledger.refuse("HA-ACT-006", ledger.operation(OperationKind.START, VIP, N1));
    ledger.refuse("HA-ACT-006", ledger.operation(OperationKind.PROMOTE, VIP, N1));
  }

  @Test
  void aResourceOfALostNodeIsNotStartedElsewhereBeforeProof() {
    Ledger ledger = Ledger.running();
    ledger.see(N2, N1);
    ledger.see(N3, N1);
    ledger.refuse("HA-ACT-008", ledger.operation(OperationKind.START, VIP, N2));
    ledger.accept(ledger.fence("f", N2, N1));
    ledger.accept(ledger.fenced("f", N2, N1, "a", true));
    ledger.run(OperationKind.START, VIP, N2);
  }

  @Test
  void resultsSayWhatAnInstanceIs() {
    Ledger ledger = Ledger.running();
    ledger.is(PG, N1, Role.PROMOTED, Certainty.KNOWN);
    ledger.run(OperationKind.DEMOTE, PG, N1);
    ledger.is(PG, N1, Role.UNPROMOTED, Certainty.KNOWN);
    ledger.run(OperationKind.STOP, PG, N1);
    ledger.is(PG, N1, Role.STOPPED, Certainty.KNOWN);
    ledger.run(OperationKind.MONITOR, PG, N2, OperationResult.failed(7, Role.STOPPED, "gone"));
    ledger.is(PG, N2, Role.STOPPED, Certainty.KNOWN);
    assertTrue(ledger.state.failCounts().isEmpty());
  }

  @Test
  void failuresAreCounted() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.STOP, VIP, N1);
    ledger.run(OperationKind.START, VIP, N1, OperationResult.failed(1, Role.STOPPED, "taken"));
    ledger.is(VIP, N1, Role.STOPPED, Certainty.FAILED);
    assertEquals(Score.INFINITY, failures(ledger, VIP).count());
    ledger.run(OperationKind.STOP, PG, N1);
    ledger.run(OperationKind.START, PG, N1, OperationResult.failed(1, Role.STOPPED, "busy"));
    ledger.run(OperationKind.START, PG, N1, OperationResult.failed(1, Role.STOPPED, "busy"));
    assertEquals(2, failures(ledger, PG).count());
    ledger.configure(new SetProperty("start-failure-is-fatal", "no"));
    ledger.accept(new Cleanup(VIP, List.of(), "test"));
    ledger.run(OperationKind.MONITOR, VIP, N1);
    ledger.run(OperationKind.START, VIP, N1, OperationResult.failed(1, Role.STOPPED, "taken"));
    assertEquals(1, failures(ledger, VIP).count());
  }

  @Test
  void whatCannotBeStoppedIsBlockedUntilCleanedUp() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.STOP, VIP, N1, OperationResult.failed(1, Role.STARTED, "stuck"));
    ledger.is(VIP, N1, Role.STARTED, Certainty.BLOCKED);
    ledger.refuse("HA-ACT-007", ledger.operation(OperationKind.STOP, VIP, N1));
    ledger.observe(N1, VIP, OperationResult.succeeded(Role.STARTED));
    ledger.is(VIP, N1, Role.STARTED, Certainty.BLOCKED);
    ledger.accept(new Cleanup(VIP, List.of(N1), "test"));
    ledger.is(VIP, N1, Role.STARTED, Certainty.UNKNOWN);
    assertTrue(ledger.state.failCounts().isEmpty());
  }

  @Test
  void aSecondStopInDoubtBlocksAndHasTheNodeFenced() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.STOP, VIP, N1, OperationResult.unknown("timed out"));
    ledger.is(VIP, N1, Role.STARTED, Certainty.UNKNOWN);
    ledger.run(OperationKind.MONITOR, VIP, N1, OperationResult.failed(1, Role.STARTED, "it hangs"));
    ledger.run(OperationKind.STOP, VIP, N1, OperationResult.unknown("timed out"));
    ledger.is(VIP, N1, Role.STARTED, Certainty.BLOCKED);
    assertEquals(
        Optional.of(OperationKind.STOP),
        Optional.ofNullable(ledger.state.failCounts().get(VIP))
            .map(counts -> counts.get(N1))
            .map(FailCount::operation),
        "the node is fenced for it");
  }

  @Test
  void aStopThatEndsInBetweenBeginsTheCountAnew() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.STOP, VIP, N1, OperationResult.unknown("timed out"));
    ledger.run(OperationKind.MONITOR, VIP, N1, OperationResult.succeeded(Role.STARTED));
    ledger.run(OperationKind.STOP, VIP, N1);
    ledger.run(OperationKind.START, VIP, N1);
    ledger.run(OperationKind.STOP, VIP, N1, OperationResult.unknown("timed out"));
    ledger.is(VIP, N1, Role.STARTED, Certainty.UNKNOWN);
  }

  @Test
  void unknownLeavesTheWorseRole() {
    Ledger ledger = Ledger.running();
    ledger.run(OperationKind.STOP, VIP, N1, OperationResult.unknown("timed out"));
    ledger.is(VIP, N1, Role.STARTED, Certainty.UNKNOWN);
    ledger.run(OperationKind.MONITOR, VIP, N1);
    ledger.run(OperationKind.START, VIP, N1, OperationResult.unknown("timed out"));
    ledger.is(VIP, N1, Role.STARTED, Certainty.UNKNOWN);
    ledger.run(OperationKind.DEMOTE, PG, N1);
    ledger.run(OperationKind.PROMOTE, PG, N1, OperationResult.unknown("timed out"));
    ledger.is(PG, N1, Role.PROMOTED, Certainty.UNKNOWN);
    ledger.refuse("HA-ACT-005", ledger.operation(OperationKind.PROMOTE, PG, N1));
  }

  @Test
  void anObservationCountsOnceAndInOrder() {
    Ledger ledger = Ledger.running();
    ReportObservation early =
        ledger.observation(N1, VIP, OperationResult.failed(7, Role.STOPPED, ""));
    ledger.run(OperationKind.STOP, VIP, N1);
    ledger.refuse("HA-ACT-011", early);
    ledger.run(OperationKind.START, VIP, N1);
    ledger.observe(N1, VIP, OperationResult.failed(7, Role.STOPPED, ""));
    ledger.is(VIP, N1, Role.STOPPED, Certainty.FAILED);
    assertEquals(1, failures(ledger, VIP).count());
    var before = ledger.instance(VIP, N1);
    ledger.observe(N1, VIP, OperationResult.failed(7, Role.STOPPED, ""));
    assertEquals(before, ledger.instance(VIP, N1));
    assertEquals(1, failures(ledger, VIP).count());
    ledger.observe(N2, PG, OperationResult.failed(1, Role.UNPROMOTED, "hangs"));
    ledger.observe(N2, PG, OperationResult.failed(1, Role.UNPROMOTED, "hangs"));
    ledger.is(PG, N2, Role.UNPROMOTED, Certainty.FAILED);
    ledger.observe(N2, PG, OperationResult.succeeded(Role.UNPROMOTED));
    ledger.is(PG, N2, Role.UNPROMOTED, Certainty.KNOWN);
    var same = ledger.instance(PG, N2);
    ledger.observe(N2, PG, OperationResult.succeeded(Role.UNPROMOTED));
    assertEquals(same, ledger.instance(PG, N2));
    assertTrue(ledger.last.changes().isEmpty());
    ledger.accept(ledger.operation("m", OperationKind.STOP, PG, N2));
    ledger.refuse(
        "HA-ACT-010", ledger.observation(N2, PG, OperationResult.succeeded(Role.STOPPED)));
    ledger.refuse(
        "HA-NODE-006",
        new ReportObservation(
            N3,
            life("z", 9),
            PG,
            ledger.state.position(),
            OperationResult.succeeded(Role.STOPPED)));
  }

  @Test
  void whatIsDoneByHandToWhatIsLeftAloneIsNoFailure() {
    for (ConfigurationChange alone :
        List.of(
            new SetProperty("maintenance-mode", "yes"),
            new SetNodeAttribute(N1, "maintenance", "on"),
            new SetMeta(CLONE, new TreeMap<>(Map.of("is-managed", "no"))),
            new SetMeta(CLONE, new TreeMap<>(Map.of("maintenance", "true"))))) {
      Ledger ledger = Ledger.running();
      ledger.configure(alone);
      ledger.observe(N1, PG, OperationResult.succeeded(Role.STOPPED));
      ledger.is(PG, N1, Role.STOPPED, Certainty.KNOWN);
      assertFalse(ledger.state.failCounts().containsKey(PG), alone::toString);
      assertTrue(ElectionSupervisor.due(ledger.state, new TreeSet<>()).isEmpty(), alone::toString);
      ledger.observe(N1, PG, OperationResult.succeeded(Role.PROMOTED));
      ledger.is(PG, N1, Role.PROMOTED, Certainty.KNOWN);
    }
  }

  @Test
  void cleanupNamesWhatItDoesNotKnow() {
    Ledger ledger = Ledger.three();
    ledger.refuse("HA-ACT-004", new Cleanup(new ResourceId("x"), List.of(), "test"));
    ledger.refuse(
        "HA-NODE-001", new Cleanup(PG, List.of(new dev.quorate.membership.NodeId("n9")), "test"));
  }

  private static FailCount failures(Ledger ledger, ResourceId resource) {
    var counts = ledger.state.failCounts().get(resource);
    FailCount count = counts == null ? null : counts.get(N1);
    if (count == null) {
      throw new AssertionError("no failures of " + resource);
    }
    return count;
  }
}
