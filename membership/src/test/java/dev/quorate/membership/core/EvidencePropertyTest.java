package dev.quorate.membership.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.membership.core.evidence.EvidenceBoard;
import dev.quorate.membership.core.evidence.EvidenceMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// Boards of evidence over real rings under faults: complete boards of one view are equal after
/// equal histories, and in the end all boards are one.
///
/// One seed is replayed by `-Dseed=N`.
class EvidencePropertyTest {
  private static final int SEEDS = 60;
  private static final List<String> NAMES = List.of("a", "b", "c", "d");

  /// The boards of a bench, renewed with each life of a node.
  private static final class Boards implements RingBench.Ear {
    final TreeMap<NodeId, EvidenceBoard> boards = new TreeMap<>();
    final TreeMap<NodeId, Long> lives = new TreeMap<>();
    final TreeMap<RingId, TreeMap<Integer, SortedMap<NodeId, SortedMap<String, String>>>> seen =
        new TreeMap<>();

    /// A digest of what was delivered in the present view. Who was cut off may deliver what it said
    /// itself without what the others said before: it has another history from there on.
    final TreeMap<NodeId, Integer> histories = new TreeMap<>();

    int compared;

    EvidenceBoard board(RingBench.Node node) {
      if (!Long.valueOf(node.run).equals(lives.put(node.id, node.run))) {
        boards.put(node.id, new EvidenceBoard(node.id));
      }
      return java.util.Objects.requireNonNull(boards.get(node.id));
    }

    @Override
    public void installed(RingBench.Node node, View view) {
      histories.put(node.id, 0);
      node.say(board(node).installed(view));
    }

    @Override
    public void delivered(RingBench.Node node, NodeId sender, Payload payload) {
      var board = board(node);
      board.delivered(sender, payload);
      var message = 31 * sender.hashCode() + java.util.Arrays.hashCode(payload.toArray());
      var history = histories.merge(node.id, message, (past, now) -> 31 * past + now);
      if (board.isComplete()) {
        var ring = node.current.orElseThrow().id();
        var first =
            seen.computeIfAbsent(ring, _ -> new TreeMap<>()).putIfAbsent(history, board.facts());
        if (first != null) {
          compared++;
          assertEquals(first, board.facts(), "boards of " + ring);
        }
      }
    }
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  @Test
  void boardsAreEqualUnderFaultsAndAllInTheEnd() {
    var only = Long.getLong("seed");
    var compared = 0;
    for (long seed = only == null ? 1 : only; seed <= (only == null ? SEEDS : only); seed++) {
      compared += run(seed);
    }
    assertTrue(compared > 1_000, "something was compared: " + compared);
  }

  private static int run(long seed) {
    var random = random(seed + 9_000);
    var bench =
        new RingBench(
            random(seed),
            MembershipConfig.withTokenTimeout(Duration.ofMillis(400)),
            NAMES.toArray(String[]::new));
    var boards = new Boards();
    bench.ear = boards;
    bench.startAll();
    for (int step = 0; step < 25; step++) {
      switch (random.nextInt(5)) {
        case 0 -> bench.loss = random.nextDouble() * 0.2;
        case 1 -> {
          var at = 1 + random.nextInt(NAMES.size() - 1);
          bench.partition(List.of(NAMES.subList(0, at), NAMES.subList(at, NAMES.size())));
        }
        case 2 -> bench.node(NAMES.get(random.nextInt(4))).crash();
        case 3 -> bench.cut.clear();
        default ->
            bench.nodes.values().stream().filter(n -> !n.isUp()).forEach(RingBench.Node::start);
      }
      for (int i = random.nextInt(20); i > 0; i--) {
        var value =
            random.nextInt(4) == 0
                ? Optional.<String>empty()
                : Optional.of("v" + random.nextInt(99));
        var subject = new NodeId(NAMES.get(random.nextInt(4)));
        bench
            .node(NAMES.get(random.nextInt(4)))
            .say(EvidenceBoard.change(subject, "fact" + random.nextInt(5), value));
        bench.runFor(Duration.ofNanos(random.nextInt(5_000_000)));
      }
      bench.runFor(Duration.ofMillis(random.nextInt(1_500)));
    }
    bench.loss = 0;
    bench.cut.clear();
    bench.nodes.values().stream().filter(n -> !n.isUp()).forEach(RingBench.Node::start);
    bench.runUntil(Duration.ofSeconds(60), bench::agree);
    bench.runFor(Duration.ofSeconds(2));
    var all = bench.nodes.values().stream().map(boards::board).toList();
    assertTrue(all.stream().allMatch(EvidenceBoard::isComplete), "seed " + seed);
    assertEquals(1, all.stream().map(EvidenceBoard::facts).distinct().count(), "seed " + seed);
    return boards.compared;
  }

  @Test
  void whoComesLaterHasWhatWasSaidBefore() {
    var bench = new RingBench(random(1), MembershipConfig.defaults(), "a", "b", "c");
    var boards = new Boards();
    bench.ear = boards;
    bench.node("a").start();
    bench.node("b").start();
    bench.runFor(Duration.ofSeconds(2));
    bench.node("a").say(EvidenceBoard.change(new NodeId("a"), "wal", Optional.of("0/5000")));
    bench.node("a").say(EvidenceBoard.change(new NodeId("b"), "lag", Optional.of("3")));
    bench.runFor(Duration.ofSeconds(1));
    bench.node("c").start();
    bench.runUntil(Duration.ofSeconds(3), bench::agree);
    bench.runFor(Duration.ofSeconds(1));
    var facts = boards.board(bench.node("c")).facts();
    assertEquals("{a={wal=0/5000}, b={lag=3}}", facts.toString());
    bench.node("b").crash();
    bench.runFor(Duration.ofSeconds(2));
    assertFalse(boards.board(bench.node("c")).facts().containsKey(new NodeId("b")));
  }

  @Test
  void factsAreBoundedAndTheFullestBoardFitsIntoAMessage() {
    var a = new Member(new NodeId("a"), new Incarnation("boot", 1));
    var board = new EvidenceBoard(a.node());
    var largest = Optional.of("v".repeat(EvidenceMessage.MAX_VALUE));
    for (int round = 1; round <= 3; round++) {
      var view = new View(new RingId(round, a.node()), List.of(a));
      var said = board.installed(view);
      assertTrue(said.size() < MembershipConfig.MAX_MESSAGE);
      for (int i = 0; i < 400; i++) {
        if (i == 200) {
          board.delivered(a.node(), said);
        }
        var name = "r" + round + "-" + i + "n".repeat(100);
        board.delivered(a.node(), EvidenceBoard.change(a.node(), name, largest));
      }
      assertTrue(board.isComplete());
      assertEquals(
          EvidenceMessage.MAX_FACTS,
          java.util.Objects.requireNonNull(board.facts().get(a.node())).size());
    }
  }

  @Test
  void badMessagesAreIgnored() {
    var random = random(3);
    assertThrows(
        IllegalArgumentException.class,
        () -> EvidenceBoard.change(new NodeId("a"), "n".repeat(129), Optional.empty()));
    for (int i = 0; i < 20_000; i++) {
      var good = EvidenceBoard.change(new NodeId("a"), "name", Optional.of("value")).toArray();
      good[random.nextInt(good.length)] = (byte) random.nextInt();
      EvidenceMessage.decode(Payload.of(java.util.Arrays.copyOf(good, random.nextInt(40))));
    }
  }
}
