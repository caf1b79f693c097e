package dev.quorate.agents.core.postgresql.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.replication.Replication.Branch;
import dev.quorate.agents.core.postgresql.replication.Replication.Lag;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReplicationTest {
  private static final ResourceId PG = new ResourceId("pg");
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");
  private static final NodeId C = new NodeId("c");

  private final Hearsay hearsay = new Hearsay();
  private final SortedMap<NodeId, SortedMap<String, String>> board = new TreeMap<>();

  private void says(long seconds, NodeId node, InstanceReport report) {
    board
        .computeIfAbsent(node, _ -> new TreeMap<>())
        .put(Hearsay.name(PG), ReportText.format(report));
    hearsay.heard(Instant.ofEpochSecond(seconds), board);
  }

  private Replication at(long seconds) {
    return hearsay.replication(Instant.ofEpochSecond(seconds), PG);
  }

  private Optional<Lag> lag(Replication replication, NodeId node) {
    return Optional.ofNullable(replication.members().get(node)).flatMap(m -> m.lag());
  }

  @Test
  @DisplayName("S4-14: lag in bytes and seconds is measured against the primary, cascaded or not")
  void cascadedStandbysAreMeasuredAgainstThePrimary() {
    says(0, A, Reports.primary(1, 1_000, "b"));
    says(1, A, Reports.primary(1, 5_000, "b"));
    says(1, B, Reports.standby("a", 5_000, 4_000, "c"));
    says(1, C, Reports.standby("b", 1_000, 500));
    Replication now = at(3);
    assertEquals(Optional.empty(), lag(now, A));
    assertEquals(Optional.of(new Lag(0, 1_000, Duration.ofSeconds(2))), lag(now, B));
    assertEquals(Optional.of(new Lag(4_000, 4_500, Duration.ofSeconds(3))), lag(now, C));
  }

  @Test
  @DisplayName("S4-13: the topology is a tree with the upstream's view of each standby")
  void theTreeShowsWhoStreamsFromWhom() {
    says(0, A, Reports.primary(1, 1_000, "b"));
    says(0, B, Reports.standby("a", 1_000, 1_000, "c"));
    says(0, C, Reports.standby("b", 1_000, 1_000));
    Branch root = at(0).trees().getFirst();
    assertEquals(A, root.node());
    Branch middle = root.children().getFirst();
    assertEquals(B, middle.node());
    assertEquals("quorum", middle.link().orElseThrow().sync());
    Branch leaf = middle.children().getFirst();
    assertEquals(C, leaf.node());
    assertEquals("async", leaf.link().orElseThrow().sync());
    assertEquals(List.of(), leaf.children());
  }

  @Test
  void whoHasNoUpstreamIsARootAndACircleIsShownOnce() {
    says(0, A, Reports.primary(1, 1_000));
    says(0, B, Reports.standby("c", 1_000, 1_000));
    says(0, C, Reports.standby("b", 1_000, 1_000));
    List<Branch> trees = at(0).trees();
    assertEquals(2, trees.size(), trees::toString);
    assertEquals(A, trees.getFirst().node());
    board.remove(A);
    says(1, B, Reports.standby("a", 1_000, 1_000));
    assertEquals(B, at(1).trees().getFirst().node());
  }

  @Test
  void aPrimaryThatIsGoneIsRememberedByItsFootprintsOnly() {
    says(0, A, Reports.primary(1, 1_000));
    says(1, B, Reports.standby("a", 400, 400));
    board.remove(A);
    assertEquals(Set.of(PG), hearsay.heard(Instant.ofEpochSecond(2), board));
    assertEquals(Set.of(), hearsay.heard(Instant.ofEpochSecond(3), board));
    Replication now = at(60);
    assertEquals(Optional.empty(), now.primary());
    assertEquals(Set.of(B), now.members().keySet());
    assertEquals(Optional.of(new Lag(600, 600, Duration.ofSeconds(2))), lag(now, B));
  }

  @Test
  void whatIsNoReportIsNotHeard() {
    board.put(A, new TreeMap<>());
    board.get(A).put("instance:pg", "nonsense");
    board.get(A).put("instance:not legal", "nonsense");
    board.get(A).put("other", "1 primary 1 0/1 0/1 0 - -");
    hearsay.heard(Instant.EPOCH, board);
    assertTrue(at(0).members().isEmpty());
  }
}
