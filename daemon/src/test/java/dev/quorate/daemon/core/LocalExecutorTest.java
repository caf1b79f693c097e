package dev.quorate.daemon.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterCommand.RecordResult;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Intent;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What was decided in a term that is over is not begun, be it an operation or a fencing.
class LocalExecutorTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final Incarnation LIFE = new Incarnation("boot-n1", 1);
  private static final Action START =
      new Action.OperationAction(OperationKind.START, new ResourceId("vip"), N1);
  private static final Action FENCE = new Action.FenceAction(new NodeId("n2"), "boot-n2", true);

  private final LocalExecutor executor = new LocalExecutor(N1, LIFE);
  private final Outbox outbox = new Outbox();

  private static Intent intent(long term, long index, Action action) {
    return new Intent(
        term + "-" + index,
        term,
        1,
        action,
        N1,
        LIFE,
        Duration.ofSeconds(5),
        new LogPosition(1, term, index));
  }

  private List<NodeEffect> apply(Intent... intents) {
    TreeMap<String, Intent> all = new TreeMap<>();
    for (Intent intent : intents) {
      all.put(intent.id(), intent);
    }
    ClusterState s = ClusterState.initial("test");
    ClusterState state =
        new ClusterState(
            s.featureLevel(),
            s.position(),
            s.wallMillis(),
            s.lastChangeBy(),
            s.configuration(),
            s.nodes(),
            s.views(),
            s.instances(),
            s.failCounts(),
            s.attributes(),
            all,
            s.primacies(),
            s.fencings(),
            s.trust());
    return executor.stateApplied(state, false, outbox);
  }

  private static void refused(List<NodeEffect> effects) {
    assertEquals(1, effects.size(), effects.toString());
    var proposal = assertInstanceOf(NodeEffect.Propose.class, effects.getFirst());
    var result = assertInstanceOf(RecordResult.class, proposal.command()).result();
    assertEquals(OperationResult.Status.UNKNOWN, result.status());
  }

  @Test
  void anOperationOfAnOlderTermIsNotBegun() {
    assertInstanceOf(NodeEffect.RunOperation.class, apply(intent(10, 7, START)).getFirst());
    refused(apply(intent(10, 7, START), intent(9, 8, START)));
  }

  @Test
  void aFencingOfAnOlderTermIsNotBegun() {
    assertInstanceOf(NodeEffect.RunOperation.class, apply(intent(10, 7, START)).getFirst());
    refused(apply(intent(10, 7, START), intent(9, 8, FENCE)));
    assertInstanceOf(
        NodeEffect.Fence.class, apply(intent(10, 7, START), intent(10, 9, FENCE)).getFirst());
  }

  /// Ids are texts: that of term 10 comes before that of term 9.
  @Test
  void whatIsHeardOfAtOnceIsBegunInTheOrderOfTheLog() {
    List<NodeEffect> effects = apply(intent(9, 5, START), intent(10, 7, FENCE));
    assertInstanceOf(NodeEffect.RunOperation.class, effects.get(0));
    assertInstanceOf(NodeEffect.Fence.class, effects.get(1));
  }
}
