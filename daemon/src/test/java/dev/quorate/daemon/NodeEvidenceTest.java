package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.membership.ViewListener;
import dev.quorate.membership.core.Payload;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NodeEvidenceTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final ResourceId PG = new ResourceId("pg");
  private static final String PRIMARY =
      "1 primary 3 0/5000 0/5000 0 - -\nto n2 10.0.0.2 streaming quorum 1 0/5000 0/5000 0/5000 0/4000";
  private static final String STANDBY = "1 standby 3 0/5000 0/4000 0 n1 streaming";

  private final List<NodeEvent> events = new ArrayList<>();
  private final List<String> passedOn = new ArrayList<>();
  private final NodeEvidence first = evidence(N1);
  private final NodeEvidence second = evidence(N2);
  private boolean refusing;
  private Instant now = Instant.EPOCH;

  private NodeEvidence evidence(NodeId self) {
    return new NodeEvidence(
        self,
        () -> now,
        new ViewListener() {
          @Override
          public void viewInstalled(View view, List<NodeId> left) {
            passedOn.add(self + " " + view.nodes());
          }

          @Override
          public void delivered(RingId ring, NodeId sender, byte[] payload) {
            passedOn.add(self + " hears " + sender);
          }

          @Override
          public void paused(Duration howLong) {
            passedOn.add(self + " paused");
          }

          @Override
          public void stopped(String reason) {
            passedOn.add(self + " " + reason);
          }
        },
        events::add);
  }

  private record Said(NodeId sender, Payload payload) {}

  private final List<Said> onTheWay = new ArrayList<>();

  private void connect() {
    first.connect(p -> !refusing && onTheWay.add(new Said(N1, Payload.of(p))));
    second.connect(p -> !refusing && onTheWay.add(new Said(N2, Payload.of(p))));
  }

  private void install(long sequence, NodeId... nodes) {
    View view =
        new View(
            new RingId(sequence, N1),
            Stream.of(nodes).map(n -> new Member(n, new Incarnation("boot", 1))).toList());
    for (NodeId node : nodes) {
      (node.equals(N1) ? first : second).viewInstalled(view, List.of());
    }
  }

  private void deliver(NodeEvidence... listeners) {
    while (!onTheWay.isEmpty()) {
      Said said = onTheWay.removeFirst();
      for (NodeEvidence listener : listeners) {
        listener.delivered(new RingId(1, N1), said.sender(), said.payload().toArray());
      }
    }
  }

  @Test
  void whatOneNodeSaysAllKnow() {
    connect();
    install(1, N1, N2);
    first.publish(PG, PRIMARY);
    second.publish(PG, STANDBY);
    deliver(first, second);
    Replication known = second.replication(PG);
    assertEquals(first.replication(PG), known);
    assertEquals(Optional.of(N1), known.primary());
    assertEquals(Set.of(N1, N2), known.members().keySet());
    NodeEvent.WriteHeard heard = assertInstanceOf(NodeEvent.WriteHeard.class, events.getLast());
    assertEquals(N1, heard.write().node());
    assertEquals(0x5000, heard.write().position());
    second.publish(PG, "");
    deliver(first, second);
    assertEquals(Set.of(N1), first.replication(PG).members().keySet());
  }

  @Test
  void whoComesLaterLearnsWhatIsKnown() {
    connect();
    install(1, N1);
    first.publish(PG, PRIMARY);
    deliver(first);
    assertEquals(Replication.UNKNOWN, second.replication(PG));
    install(2, N1, N2);
    deliver(first, second);
    assertEquals(Optional.of(N1), second.replication(PG).primary());
  }

  @Test
  void whatTheRingRefusesIsSaidAgain() {
    first.publish(PG, PRIMARY);
    connect();
    refusing = true;
    install(1, N1, N2);
    for (int i = 0; i < 1_000; i++) {
      first.publish(PG, PRIMARY);
    }
    assertEquals(1, onTheWay.size(), "what was said before there was a ring");
    refusing = false;
    first.publish(PG, PRIMARY);
    second.publish(PG, STANDBY);
    assertTrue(onTheWay.size() < 80, () -> "bounded: " + onTheWay.size());
    deliver(first, second);
    assertEquals(Set.of(N1, N2), first.replication(PG).members().keySet());
  }

  @Test
  void whatIsNoEvidenceIsIgnoredAndEverythingIsPassedOn() {
    connect();
    install(1, N1);
    onTheWay.clear();
    first.delivered(new RingId(1, N1), N1, new byte[] {9, 9});
    first.publish(PG, "x".repeat(5_000));
    assertEquals(List.of(), onTheWay, "what is too long is not said");
    first.paused(Duration.ofSeconds(1));
    first.stopped("broken");
    assertEquals(List.of("n1 [n1]", "n1 hears n1", "n1 paused", "n1 broken"), passedOn);
  }
}
