package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.core.state.Applied;
import dev.quorate.resource.core.state.ClusterStateMachine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChangeTellerTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final Incarnation BEFORE = new Incarnation("boot-1", 1);
  private static final Incarnation NOW = new Incarnation("boot-2", 2);
  private static final Instant BOOT = Instant.parse("2027-01-15T08:00:00Z");

  private final List<String> told = new ArrayList<>();
  private final ChangeTeller teller =
      new ChangeTeller(N1, NOW, () -> BOOT, (at, text) -> told.add(at + " " + text));
  private ClusterState state = ClusterState.initial("demo");
  private long index;

  private void apply(String at, ClusterCommand command) {
    Applied applied =
        ClusterStateMachine.apply(
            state, new LogPosition(1, 1, ++index), Instant.parse(at).toEpochMilli(), command);
    state = applied.state();
    teller.applied(state, applied.changes());
  }

  @Test
  void whatIsReadHasItsOwnTimeAndWhatIsSeenThePresentOne() {
    NodeDefinition node = new NodeDefinition(N1, "10.0.0.1", true, new TreeMap<>());
    apply(
        "2027-01-14T07:00:00Z",
        new ClusterCommand.ChangeConfiguration(
            0, "setup", List.of(new ConfigurationChange.PutNode(node))));
    apply(
        "2027-01-14T07:00:01Z",
        new ClusterCommand.JoinNode(N1, BEFORE, ClusterState.FEATURE_LEVEL));
    apply("2027-01-15T07:59:59Z", new ClusterCommand.JoinNode(N1, NOW, ClusterState.FEATURE_LEVEL));
    NodeDefinition moved = new NodeDefinition(N1, "10.0.0.2", true, new TreeMap<>());
    apply(
        "2027-01-15T07:59:59Z",
        new ClusterCommand.ChangeConfiguration(
            1, "root", List.of(new ConfigurationChange.PutNode(moved))));

    assertEquals("2027-01-14T07:00:00Z configuration changed to version 1 by setup", told.get(0));
    assertEquals("2027-01-14T07:00:01Z node n1 is online", told.get(1));
    assertEquals("2027-01-15T08:00:00Z configuration changed to version 2 by root", told.getLast());
  }

  @Test
  void theHistoryIsInTheOrderOfTime() {
    EventHistory history = new EventHistory();
    history.add(BOOT, "up");
    history.add(BOOT.minusSeconds(60), "read");
    assertEquals(List.of("2027-01-15T07:59:00Z read", "2027-01-15T08:00:00Z up"), history.lines());
  }
}
