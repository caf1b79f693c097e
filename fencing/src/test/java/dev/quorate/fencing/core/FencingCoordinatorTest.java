package dev.quorate.fencing.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FenceAgentResult;
import dev.quorate.fencing.FenceDevice;
import dev.quorate.fencing.FencingConfig;
import dev.quorate.fencing.FencingOutcome;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.fencing.FencingTopology;
import dev.quorate.fencing.ProofLevel;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FencingCoordinatorTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final FenceAgentResult OK = new FenceAgentResult.Exited(0, "");
  private static final FenceAgentResult IS_OFF = new FenceAgentResult.Exited(2, "Status: OFF");
  private static final FenceAgentResult BAD = new FenceAgentResult.Exited(1, "no such plug");
  private static final FenceAgentResult LATE = new FenceAgentResult.Killed("");

  private FencingCoordinator coordinator =
      new FencingCoordinator(N1, FencingConfig.DEFAULT, new SplittableRandom(1));
  private Instant now = Instant.EPOCH;
  private final List<FencingEffect.RunAgent> asked = new ArrayList<>();
  private final List<FencingEffect> seen = new ArrayList<>();
  private final TreeMap<Long, Instant> timers = new TreeMap<>();

  @BeforeEach
  void oneDevice() {
    devices(device("a", Map.of()));
  }

  @Test
  void confirmsAfterOffAndALookThenSwitchesOn() {
    request("r1", N2, FenceAction.REBOOT);
    answer("a off n2", OK);
    assertTrue(outcomes().isEmpty());
    answer("a status n2", IS_OFF);
    assertEquals(
        List.of(new FencingOutcome.Confirmed("a", ProofLevel.DEVICE_VERIFIED)), outcomes());
    answer("a on n2", OK);
    assertEquals(1, coordinator.history().size());
    assertEquals(
        List.of("a off: exit 0", "a status: exit 2 (Status: OFF)"),
        coordinator.history().getFirst().steps());
    assertTrue(timers.isEmpty(), "no timer is left behind");
  }

  @Test
  void aChangedTimeoutHoldsForTheNextAttempt() {
    coordinator.handle(
        now,
        new FencingEvent.ConfigChanged(
            FencingConfig.DEFAULT.withTimeout(java.time.Duration.ofSeconds(7))));
    request("r1", N2, FenceAction.OFF);
    assertEquals(java.time.Duration.ofSeconds(7), asked.getFirst().call().timeout());
  }

  @Test
  void offStaysOff() {
    request("r1", N2, FenceAction.OFF);
    answer("a off n2", OK);
    answer("a status n2", IS_OFF);
    assertTrue(asked.isEmpty());
  }

  @Test
  void aFailedSwitchOnIsReportedAndChangesNothing() {
    request("r1", N2, FenceAction.REBOOT);
    answer("a off n2", OK);
    answer("a status n2", IS_OFF);
    answer("a on n2", BAD);
    assertInstanceOf(FencingEffect.ReportPowerOnFailed.class, seen.getLast());
    assertEquals(1, outcomes().size());
  }

  @Test
  void aDeviceThatLiesIsNotBelieved() {
    request("r1", N2, FenceAction.OFF);
    answer("a off n2", OK);
    for (int i = 0; i < FencingConfig.DEFAULT.verifyReads(); i++) {
      answer("a status n2", OK);
      fireNextTimer();
    }
    var failed = assertInstanceOf(FencingOutcome.Failed.class, outcomes().getFirst());
    assertTrue(failed.reason().contains("status says that the node is on"), failed.reason());
  }

  @Test
  void aSlowDeviceIsReadAgain() {
    request("r1", N2, FenceAction.OFF);
    answer("a off n2", OK);
    answer("a status n2", OK);
    fireNextTimer();
    answer("a status n2", IS_OFF);
    assertTrue(outcomes().getFirst().confirmed());
  }

  @Test
  void anUnknownStatusStaysUnknown() {
    request("r1", N2, FenceAction.OFF);
    answer("a off n2", OK);
    for (int i = 0; i < FencingConfig.DEFAULT.verifyReads(); i++) {
      answer("a status n2", BAD);
      fireNextTimer();
    }
    assertInstanceOf(FencingOutcome.Unknown.class, outcomes().getFirst());
  }

  @Test
  void aFailureIsTriedAgainWithinItsTimeThenTheNextDeviceIsAsked() {
    devices(device("a", Map.of("priority", "9")), device("b", Map.of()));
    request("r1", N2, FenceAction.OFF);
    answer("a off n2", BAD);
    answer("a off n2", BAD);
    answer("b off n2", OK);
    answer("b status n2", IS_OFF);
    assertEquals(
        List.of(new FencingOutcome.Confirmed("b", ProofLevel.DEVICE_VERIFIED)), outcomes());
  }

  @Test
  void noSecondTryWhenMostOfTheTimeIsSpent() {
    request("r1", N2, FenceAction.OFF);
    now = now.plusSeconds(43);
    answer("a off n2", BAD);
    assertInstanceOf(FencingOutcome.Failed.class, outcomes().getFirst());
  }

  @Test
  void aTimeoutIsUnknownAndNotTriedAgain() {
    request("r1", N2, FenceAction.OFF);
    answer("a off n2", LATE);
    assertInstanceOf(FencingOutcome.Unknown.class, outcomes().getFirst());
    assertTrue(asked.isEmpty());
  }

  @Test
  void aMissingAgentIsAPlainFailureThatNamesIt() {
    request("r1", N2, FenceAction.OFF);
    answer("a off n2", new FenceAgentResult.NotStarted("fence_x is not in /usr/sbin"));
    var failed = assertInstanceOf(FencingOutcome.Failed.class, outcomes().getFirst());
    assertEquals("a: off: not started: fence_x is not in /usr/sbin", failed.reason());
  }

  @Test
  void anUnknownHostFailsAtOnce() {
    request("r1", new NodeId("stranger"), FenceAction.OFF);
    var failed = assertInstanceOf(FencingOutcome.Failed.class, outcomes().getFirst());
    assertTrue(failed.reason().contains("no enabled device can fence stranger"));
    assertTrue(timers.isEmpty());
  }

  @Test
  void aDriverThatNeverAnswersEndsInUnknown() {
    request("r1", N2, FenceAction.OFF);
    fireNextTimer();
    assertInstanceOf(FencingOutcome.Unknown.class, outcomes().getFirst());
    assertTrue(seen.stream().anyMatch(FencingEffect.StopAgent.class::isInstance));
  }

  @Test
  void requestsForTheSameBootAreMergedAndAllAnswered() {
    request("r1", N2, FenceAction.REBOOT);
    request("r2", N2, FenceAction.OFF);
    answer("a off n2", OK);
    answer("a status n2", IS_OFF);
    assertEquals(2, outcomes().size());
    assertTrue(asked.isEmpty(), "off wins over reboot");
    request("r3", N2, FenceAction.REBOOT);
    assertEquals(3, outcomes().size(), "proven before");
    assertTrue(asked.isEmpty());
  }

  @Test
  void anotherBootWaitsForItsOwnProof() {
    request("r1", N2, FenceAction.REBOOT);
    send(
        new FencingEvent.Requested(
            FencingRequest.of("r2", N2, "boot-2", FenceAction.REBOOT, "n1")));
    answer("a off n2", OK);
    answer("a status n2", IS_OFF);
    assertEquals(1, outcomes().size());
    answer("a off n2", OK);
    answer("a status n2", IS_OFF);
    assertEquals(2, outcomes().size());
  }

  @Test
  void aNewRequestStopsTheSwitchOnOfTheLastOne() {
    request("r1", N2, FenceAction.REBOOT);
    answer("a off n2", OK);
    answer("a status n2", IS_OFF);
    send(new FencingEvent.Requested(FencingRequest.of("r2", N2, "boot-2", FenceAction.OFF, "n1")));
    assertTrue(seen.stream().anyMatch(FencingEffect.StopAgent.class::isInstance));
    assertEquals(FenceAction.OFF, asked.getLast().call().action());
  }

  @Test
  void proofFromElsewhereAnswersOnlyItsOwnBoot() {
    request("r1", N2, FenceAction.REBOOT);
    present(N2, "boot-0", ProofLevel.OPERATOR_OATH);
    present(N3, "boot-1", ProofLevel.OPERATOR_OATH);
    assertTrue(outcomes().isEmpty());
    present(N2, "boot-1", ProofLevel.OPERATOR_OATH);
    assertEquals(List.of(new FencingOutcome.Confirmed("op", ProofLevel.OPERATOR_OATH)), outcomes());
    assertEquals(FenceAction.ON, asked.getLast().call().action(), "it may have been cut off");
    assertThrows(
        IllegalArgumentException.class, () -> present(N2, "boot-1", ProofLevel.DEVICE_VERIFIED));
  }

  @Test
  void aNodeDoesNotFenceItselfUnlessNobodyElseCan() {
    request("r1", N1, FenceAction.REBOOT);
    assertInstanceOf(FencingOutcome.Failed.class, outcomes().getFirst());
    send(
        new FencingEvent.Requested(
            new FencingRequest("r2", N1, "boot-1", FenceAction.REBOOT, "n1", true)));
    assertEquals(1, asked.size());
  }

  @Test
  void delaysComeFirst() {
    devices(device("a", Map.of("pcmk_delay_base", "2", "pcmk_delay_max", "5")));
    request("r1", N2, FenceAction.OFF);
    assertTrue(asked.isEmpty());
    fireNextTimer();
    var waited = Duration.between(Instant.EPOCH, now);
    assertTrue(waited.toMillis() >= 2000 && waited.toMillis() < 5000, waited.toString());
    answer("a off n2", OK);
  }

  @Test
  void aDeviceTakesOneActionAtATime() {
    request("r1", N2, FenceAction.OFF);
    request("r2", N3, FenceAction.OFF);
    assertEquals(1, asked.size());
    answer("a off n2", OK);
    assertEquals(1, asked.size());
  }

  @Test
  void everyDeviceOfALevelMustSucceedElseTheNextLevelIsTried() {
    devices(
        new FencingTopology(
            new TreeMap<>(Map.of(N2, List.of(List.of("a", "b"), List.of("gone"), List.of("c"))))),
        device("a", Map.of()),
        device("b", Map.of()),
        device("c", Map.of()));
    request("r1", N2, FenceAction.REBOOT);
    answer("a off n2", OK);
    answer("a status n2", IS_OFF);
    answer("b off n2", LATE);
    answer("c off n2", OK);
    answer("c status n2", IS_OFF);
    assertEquals(
        List.of(new FencingOutcome.Confirmed("c", ProofLevel.DEVICE_VERIFIED)), outcomes());
  }

  /// Never for long: a device that works again is noticed within seconds, however long it was away.
  @Test
  void afterFailuresTheNextAttemptWaits() {
    for (int i = 0; i <= FencingConfig.DEFAULT.maxAttempts(); i++) {
      Instant before = now;
      request("r" + i, N2, FenceAction.OFF);
      if (asked.isEmpty()) {
        fireNextTimer();
      }
      int expected = i == 0 ? 0 : i == FencingConfig.DEFAULT.maxAttempts() ? 5 : 1;
      assertEquals(Duration.ofSeconds(expected), Duration.between(before, now), "attempt " + i);
      answer("a off n2", LATE);
    }
    assertFalse(outcomes().stream().anyMatch(FencingOutcome::confirmed));
    send(new FencingEvent.HistoryCleared(N2));
    assertTrue(coordinator.history().isEmpty());
    request("again", N2, FenceAction.OFF);
    assertEquals(1, asked.size());
  }

  @Test
  void theHistoryIsBounded() {
    coordinator =
        new FencingCoordinator(
            N1,
            new FencingConfig(
                Duration.ofSeconds(60), 1, Duration.ZERO, Duration.ZERO, 1, Duration.ZERO, 3, 1),
            new SplittableRandom(1));
    for (int i = 0; i < 10; i++) {
      request("r" + i, N2, FenceAction.OFF);
    }
    assertEquals(3, coordinator.history().size());
    assertEquals("r9", coordinator.history().getLast().request().id());
  }

  private void devices(FenceDevice... list) {
    devices(FencingTopology.NONE, list);
  }

  private void devices(FencingTopology topology, FenceDevice... list) {
    send(new FencingEvent.DevicesChanged(List.of(list), topology));
  }

  private static FenceDevice device(String id, Map<String, String> more) {
    var attributes = new TreeMap<>(more);
    attributes.put("pcmk_host_list", "n1 n2 n3");
    return FenceDevice.of(id, "fence_x", attributes);
  }

  private void request(String id, NodeId target, FenceAction action) {
    send(new FencingEvent.Requested(FencingRequest.of(id, target, "boot-1", action, "n1")));
  }

  private void present(NodeId target, String boot, ProofLevel level) {
    send(new FencingEvent.ProofPresented(target, boot, level, "op"));
  }

  private void send(FencingEvent event) {
    for (var effect : coordinator.handle(now, event)) {
      seen.add(effect);
      switch (effect) {
        case FencingEffect.RunAgent run -> asked.add(run);
        case FencingEffect.StopAgent(var operation) ->
            asked.removeIf(run -> run.operation() == operation);
        case FencingEffect.SetTimer(var timer, var at) -> timers.put(timer, at);
        case FencingEffect.CancelTimer(var timer) -> timers.remove(timer);
        case FencingEffect.Complete _,
            FencingEffect.RecordHistory _,
            FencingEffect.ReportPowerOnFailed _ -> {}
      }
    }
  }

  private void answer(String question, FenceAgentResult result) {
    var run = asked.removeFirst();
    var call = run.call();
    assertEquals(question, call.device().id() + " " + call.action().word() + " " + call.target());
    send(new FencingEvent.AgentFinished(run.operation(), result));
  }

  private void fireNextTimer() {
    timers.entrySet().stream()
        .min(Map.Entry.comparingByValue())
        .ifPresent(next -> {
          timers.remove(next.getKey());
          now = next.getValue().isAfter(now) ? next.getValue() : now;
          send(new FencingEvent.TimerFired(next.getKey()));
        });
  }

  private List<FencingOutcome> outcomes() {
    return seen.stream()
        .filter(FencingEffect.Complete.class::isInstance)
        .map(effect -> ((FencingEffect.Complete) effect).outcome())
        .toList();
  }
}
