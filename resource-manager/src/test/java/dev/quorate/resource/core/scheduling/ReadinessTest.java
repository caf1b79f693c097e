package dev.quorate.resource.core.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.core.transition.TransitionExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What can begin of the plan of a cluster, and what has been silent for too long.
class ReadinessTest {
  private static final String THREE = "node n1\nnode n2\nnode n3\n";
  private static final Instant NOW = Instant.EPOCH;

  private static List<String> ready(Scenario scenario) {
    return readiness(scenario, 0).actions().stream().map(Action::key).toList();
  }

  private static TransitionExecutor.Readiness readiness(Scenario scenario, long wallMillis) {
    return TransitionExecutor.STANDARD.ready(scenario.state(), scenario.plan().graph(), wallMillis);
  }

  @Test
  void onlyWhatWaitsForNothingBegins() {
    Scenario scenario = Scenario.of(THREE + "primitive a\nis a n1 STARTED FAILED\n");
    assertEquals(List.of("stop a on n1"), ready(scenario));
  }

  @Test
  void nothingBeginsTwice() {
    Scenario scenario =
        Scenario.of(THREE + "primitive a\nis a n1 STARTED FAILED\nrunning STOP a n1\n");
    assertEquals(List.of(), ready(scenario));
  }

  @Test
  void anInstanceHasOneOperationAtATime() {
    Scenario scenario =
        Scenario.of(THREE + "primitive a\nlocation l a n2 INFINITY\nrunning START a n1\n");
    assertEquals(List.of(), ready(scenario));
  }

  @Test
  void aBatchIsLimitedButFencingIsNot() {
    Scenario scenario =
        Scenario.of(
            """
            node n1
            node n2
            node n3 LOST
            primitive a
            primitive b
            primitive c
            property batch-limit 2
            """);
    assertEquals(List.of("fence n3", "start a on n1"), ready(scenario));
  }

  @Test
  void aFailedFencingIsRepeatedAfterAPause() {
    Scenario scenario = Scenario.of("node n1 LOST\nnode n2\nnode n3\nprimitive a\nis a n2 STARTED");
    scenario.fencings.add(
        new FencingRecord(
            new NodeId("n1"),
            "b1",
            true,
            false,
            "",
            "",
            "no answer",
            new NodeId("n2"),
            "cluster",
            10_000,
            LogPosition.NONE));
    TransitionExecutor.Readiness paused = readiness(scenario, 10_500);
    assertEquals(List.of(), paused.actions());
    assertEquals(OptionalLong.of(12_000), paused.recheckWallMillis());
    assertEquals(1, readiness(scenario, 12_000).actions().size());
    assertEquals(1, readiness(scenario, 5_000).actions().size(), "the clock was set back");
  }

  @Test
  void aFencingIsTakenOverFromADeadExecutor() {
    String cluster = "node n1 LOST\nnode n2\nnode n3%s\nprimitive a\nis a n2 STARTED\nfencing n1\n";
    assertEquals(List.of(), ready(Scenario.of(cluster.formatted(""))));
    assertEquals(List.of("fence n1"), ready(Scenario.of(cluster.formatted(" DAEMON_GONE"))));
  }

  @Test
  void silenceMakesAnOperationUnknownAndAFencingFailed() {
    Scenario scenario =
        Scenario.of(
            "node n1 LOST\nnode n2\nnode n3\nprimitive a\nrunning START a n2\nfencing n1\n");
    TreeMap<String, Instant> seen = new TreeMap<>();
    scenario.intents.keySet().forEach(id -> seen.put(id, NOW));
    TransitionExecutor executor = TransitionExecutor.STANDARD;
    assertTrue(executor.overdue(scenario.state(), seen, NOW.plusSeconds(25), 0).isEmpty());
    List<ClusterCommand> commands =
        executor.overdue(scenario.state(), seen, NOW.plusSeconds(26), 7);
    assertEquals(2, commands.size());
    assertTrue(
        commands.getFirst() instanceof ClusterCommand.RecordFencing f && !f.outcome().confirmed());
    assertTrue(commands.getLast() instanceof ClusterCommand.RecordResult);
  }

  @Test
  void silenceOfANodeThatIsAwayMeansNothing() {
    Scenario scenario =
        Scenario.of("node n1\nnode n2 DAEMON_GONE\nprimitive a\nrunning START a n2\n");
    TreeMap<String, Instant> seen = new TreeMap<>();
    scenario.intents.keySet().forEach(id -> seen.put(id, NOW));
    assertTrue(
        TransitionExecutor.STANDARD
            .overdue(scenario.state(), seen, NOW.plus(Duration.ofHours(1)), 0)
            .isEmpty());
  }

  @Test
  void timeoutsAreThoseConfigured() {
    Scenario scenario =
        Scenario.of(THREE + "primitive a on-fail:START=RESTART\nproperty stonith-timeout 7s\n");
    var configuration = scenario.state().configuration();
    var start = scenario.plan().graph().actions().getFirst();
    assertEquals(Duration.ofSeconds(9), TransitionExecutor.timeout(configuration, start));
    assertEquals(
        Duration.ofSeconds(7),
        TransitionExecutor.timeout(
            configuration, new Action.FenceAction(new NodeId("n1"), "b1", true)));
  }
}
