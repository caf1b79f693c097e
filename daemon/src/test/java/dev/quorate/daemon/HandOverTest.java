package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A leader that ends cleanly lets another lead first.
class HandOverTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final Duration SHORT = Duration.ofMillis(50);

  /// A log of three voters, led as is said.
  private static final class Script implements ReplicatedLog {
    final List<NodeId> asked = new ArrayList<>();
    final TreeSet<NodeId> behind = new TreeSet<>();
    Leadership leadership = new Leadership.Leader(1);
    Optional<Boolean> answer = Optional.of(true);

    @Override
    public CompletableFuture<ProposalOutcome> propose(CommandId id, byte[] command) {
      throw new AssertionError("a hand-over proposes nothing");
    }

    @Override
    public Leadership leadership() {
      return leadership;
    }

    @Override
    public LogPosition applied() {
      return LogPosition.NONE;
    }

    @Override
    public CompletableFuture<Boolean> transferLeadership(NodeId to) {
      asked.add(to);
      return answer.map(CompletableFuture::completedFuture).orElseGet(CompletableFuture::new);
    }

    @Override
    public LogMembers members() {
      LogMembers members = LogMembers.NONE;
      for (NodeId node : List.of(N1, N2, N3)) {
        ConsensusConfig.Endpoint endpoint = new ConsensusConfig.Endpoint(node.name(), 1);
        members = members.withListener(node, 1, endpoint).withVoter(node);
      }
      return members;
    }

    @Override
    public boolean caughtUp(NodeId node) {
      return !behind.contains(node);
    }

    @Override
    public CompletableFuture<MemberChangeOutcome> changeMembers(LogMembers target) {
      throw new AssertionError("a hand-over changes no members");
    }

    @Override
    public void close() {}
  }

  private final Script script = new Script();

  @TempDir Path directory = Path.of("");

  private Optional<NodeId> handOver(NodeId... there) {
    View view =
        new View(
            new RingId(1, N1),
            Stream.of(there).map(n -> new Member(n, new Incarnation("boot", 1))).toList());
    return new HandOver(script, N1).perform(Optional.of(view), SHORT);
  }

  @Test
  void asksAVoterThatIsThereAndHasCaughtUp() {
    assertEquals(Optional.of(N2), handOver(N1, N2, N3));
    assertEquals(Optional.of(N3), handOver(N1, N3));
    script.behind.add(N2);
    assertEquals(Optional.of(N3), handOver(N1, N2, N3));
    assertEquals(List.of(N2, N3, N3), script.asked);
    assertEquals(Optional.empty(), new HandOver(script, N1).perform(Optional.empty(), SHORT));
  }

  @Test
  void doesNothingWhereAnotherLeads() {
    script.leadership = new Leadership.Follower(1, N2);
    assertEquals(Optional.empty(), handOver(N1, N2, N3));
    assertEquals(List.of(), script.asked);
  }

  @Test
  void isBoundedAndTriesTheNext() {
    script.answer = Optional.of(false);
    assertEquals(Optional.empty(), handOver(N1, N2, N3));
    assertEquals(List.of(N2, N3), script.asked);
    script.answer = Optional.empty();
    long began = System.nanoTime();
    assertEquals(Optional.empty(), handOver(N1, N2, N3));
    assertTrue(System.nanoTime() - began < Duration.ofSeconds(5).toNanos());
  }

  @Test
  @Tag("slow")
  void aLeaderThatStopsOrIsTerminatedHandsOver() throws Exception {
    try (TestNodes nodes = new TestNodes(directory)) {
      nodes.found(3);
      int first = nodes.leader();
      nodes.at(first).handOver();
      nodes.await("another leads", () -> nodes.leader() != first);
      int second = nodes.leader();
      nodes.succeeds(second, "cluster stop");
      nodes.succeeds(second, "cluster start");
      nodes.succeeds(second, "history");
      assertTrue(nodes.said().contains("leadership handed over to n"), nodes::said);
    }
  }
}
