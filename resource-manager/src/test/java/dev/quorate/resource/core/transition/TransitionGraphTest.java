package dev.quorate.resource.core.transition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceId;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransitionGraphTest {
  private static final Action STOP = action(OperationKind.STOP);
  private static final Action START = action(OperationKind.START);
  private static final Action PROMOTE = action(OperationKind.PROMOTE);

  private static Action action(OperationKind kind) {
    return new Action.OperationAction(kind, new ResourceId("r"), new NodeId("n1"));
  }

  @Test
  void ordersAndPrintsInAnyOrderOfInput() {
    List<Edge> edges = List.of(new Edge(START, PROMOTE, "b"), new Edge(STOP, START, "a"));
    TransitionGraph graph = new TransitionGraph(List.of(PROMOTE, START, STOP), edges);
    assertEquals(List.of(STOP, START, PROMOTE), graph.sequence());
    assertTrue(graph.precedes(STOP, PROMOTE));
    assertFalse(graph.precedes(PROMOTE, STOP));
    assertEquals(
        "stop r on n1\nstart r on n1 <- stop r on n1\npromote r on n1 <- start r on n1\n",
        graph.text());
    assertEquals(
        graph, new TransitionGraph(List.of(STOP, START, PROMOTE), List.copyOf(edges.reversed())));
  }

  @Test
  void refusesCirclesAndLooseEdges() {
    List<Edge> circle = List.of(new Edge(START, STOP, "a"), new Edge(STOP, START, "b"));
    assertThrows(
        IllegalArgumentException.class, () -> new TransitionGraph(List.of(START, STOP), circle));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TransitionGraph(List.of(START), List.of(new Edge(STOP, START, "a"))));
  }
}
