package dev.quorate.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.daemon.core.survivor.LastSeen;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.TwoNodes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// n1 goes on alone since n2 was sworn to be off.
class FreshOathTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");

  private final TypedCluster cluster = new TypedCluster();

  private void apply(ClusterCommand command) {
    assertInstanceOf(CommandAnswer.Accepted.class, cluster.apply(command));
  }

  private void fenced(String proof) {
    apply(
        new ClusterCommand.RecordFencing(
            "pair@n1",
            new FencingRecord(
                N2, "boot-2", false, true, "", proof, "burnt", N1, "root", 0, LogPosition.NONE)));
    apply(
        new ClusterCommand.SetAttribute(N1, new Incarnation("boot-1", 1), TwoNodes.ALONE, "alone"));
  }

  private static String warning(ClusterState state, NodeId target, Instant now) {
    return FreshOath.warning(state, List.of(target), now).orElse("");
  }

  @Test
  void whoGoesOnByAFreshOathIsNotStoppedWithoutAWord() {
    fenced("operator-oath");
    ClusterState state = cluster.state();
    Instant sworn = Instant.ofEpochMilli(state.fencings().getLast().wallMillis());
    String said = warning(state, N1, sworn.plusSeconds(1));
    assertTrue(said.contains("if n2 is switched on while n1 is off"), said);
    assertTrue(said.contains("for another 600 s"), said);
    assertEquals("", warning(state, N2, sworn));
    assertEquals("", warning(state, N1, sworn.plus(LastSeen.SHORT)));
    assertEquals("", warning(state, N1, sworn.plus(Duration.ofDays(2))));
    cluster.type("cluster stop n1 --force");
    assertTrue(cluster.remarks().contains("sworn to be off"), cluster.remarks());

    apply(new ClusterCommand.JoinNode(N2, new Incarnation("boot-2b", 2), 1));
    assertEquals("", warning(cluster.state(), N1, sworn), "it copies");
  }

  @Test
  void aDeviceIsNoOath() {
    fenced("device-verified");
    Instant sworn = Instant.ofEpochMilli(cluster.state().fencings().getLast().wallMillis());
    assertEquals("", warning(cluster.state(), N1, sworn));
  }
}
