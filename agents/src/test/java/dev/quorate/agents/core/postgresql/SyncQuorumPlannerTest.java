package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.SyncQuorumPlanner.Situation;
import dev.quorate.agents.core.postgresql.SyncQuorumPlanner.Step;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.SyncPromise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Walks every reachable situation and looks for a failover that could lose an acknowledged write.
class SyncQuorumPlannerTest {
  private static final Lsn BOUNDARY = new Lsn(100);

  /// Where the world stands. `alone` holds the sets of standbys, as bits, that may hold a write
  /// that was acknowledged because exactly they had it.
  private record World(
      int self, int recorded, int required, int named, int waits, Set<Integer> alone) {}

  private static final class Walk {
    private final int nodes;
    private final int most;
    private final boolean failovers;
    private final Function<Situation, Step> planner;
    private final Set<World> seen = new LinkedHashSet<>();
    private final Deque<World> queue = new ArrayDeque<>();
    private final List<String> losses = new ArrayList<>();

    Walk(int nodes, int most, boolean failovers, Function<Situation, Step> planner) {
      this.nodes = nodes;
      this.most = most;
      this.failovers = failovers;
      this.planner = planner;
    }

    Walk run() {
      visit(new World(0, 0, 0, 0, 0, Set.of(0)));
      while (!queue.isEmpty() && losses.isEmpty()) {
        World world = queue.remove();
        for (int wanted = 0; wanted < 1 << nodes; wanted++) {
          if (has(wanted, world.self)) {
            continue;
          }
          for (int required = 0; required <= Math.min(most, Integer.bitCount(wanted)); required++) {
            step(world, wanted, required, true);
            step(world, wanted, required, false);
          }
        }
        if (failovers) {
          failOver(world);
        }
      }
      return this;
    }

    private void step(World w, int wanted, int required, boolean flushed) {
      SortedMap<NodeId, Lsn> positions = new TreeMap<>();
      names(w.named).forEach(n -> positions.put(n, flushed ? BOUNDARY : Lsn.NONE));
      Situation now =
          new Situation(
              node(w.self),
              new SyncPromise(1, names(w.recorded), w.required),
              SyncNames.of(names(w.named), w.waits),
              BOUNDARY,
              positions,
              SyncNames.of(names(wanted), required));
      switch (planner.apply(now)) {
        case Step.Commit(var promise) ->
            visit(
                new World(
                    w.self,
                    bits(promise.members()),
                    promise.required(),
                    w.named,
                    w.waits,
                    // The wait for the flush, if there was one, has put older writes where the
                    // names say.
                    flushed ? acknowledging(w.named, w.waits) : w.alone));
        case Step.Apply(var names) -> {
          Set<Integer> alone = new TreeSet<>(w.alone);
          alone.addAll(acknowledging(bits(names.members()), names.required()));
          visit(
              new World(
                  w.self, w.recorded, w.required, bits(names.members()), names.required(), alone));
        }
        case Step.AwaitFlush(_), Step.Settled() -> {}
      }
    }

    private void failOver(World w) {
      for (int winner = 0; winner < nodes; winner++) {
        if (winner == w.self || !has(w.recorded, winner) || w.required == 0) {
          continue;
        }
        SyncNames names =
            SyncQuorumPlanner.onPromotion(
                node(winner), new SyncPromise(1, names(w.recorded), w.required));
        Set<Integer> alone = acknowledging(bits(names.members()), names.required());
        // The winner has every acknowledged write, and so have those who had it before.
        for (int holders : w.alone) {
          alone.add(holders | 1 << winner);
        }
        visit(
            new World(
                winner, w.recorded, w.required, bits(names.members()), names.required(), alone));
      }
    }

    private void visit(World world) {
      if (seen.add(world)) {
        queue.add(world);
        for (int voters = 0; voters < 1 << nodes; voters++) {
          if ((voters & ~world.recorded) == 0
              && !has(voters, world.self)
              && new SyncPromise(1, names(world.recorded), world.required)
                  .coveredBy(names(voters))) {
            for (int holders : world.alone) {
              if ((holders & voters) == 0) {
                losses.add(
                    "only " + names(holders) + " have it, " + names(voters) + " vote: " + world);
              }
            }
          }
        }
      }
    }

    /// Every set of standbys whose flush lets a commit return; when the standbys are too few, none.
    private Set<Integer> acknowledging(int named, int waits) {
      Set<Integer> sets = new TreeSet<>();
      for (int set = 0; set < 1 << nodes; set++) {
        if ((set & ~named) == 0 && Integer.bitCount(set) == waits) {
          sets.add(set);
        }
      }
      return sets;
    }

    private List<NodeId> names(int bits) {
      List<NodeId> names = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        if (has(bits, i)) {
          names.add(node(i));
        }
      }
      return names;
    }
  }

  private static boolean has(int bits, int node) {
    return (bits & 1 << node) != 0;
  }

  private static NodeId node(int number) {
    return new NodeId("n" + number);
  }

  private static int bits(Collection<NodeId> nodes) {
    return nodes.stream().mapToInt(n -> 1 << Integer.parseInt(n.name().substring(1))).sum();
  }

  @Test
  void noStepLetsAFailoverLoseAWrite() {
    Walk four = new Walk(5, 1, false, SyncQuorumPlanner::next).run();
    assertEquals(List.of(), four.losses);
    assertTrue(four.seen.size() > 300, () -> four.seen.size() + " situations");
  }

  @Test
  void nothingIsLostAcrossFailovers() {
    Walk two = new Walk(3, 2, true, SyncQuorumPlanner::next).run();
    assertEquals(List.of(), two.losses);
    Walk walk = new Walk(4, 1, true, SyncQuorumPlanner::next).run();
    assertEquals(List.of(), walk.losses);
    assertTrue(walk.seen.size() > 500, () -> walk.seen.size() + " situations");
  }

  @Test
  void growingInPostgresqlFirstIsCaught() {
    assertCaught(now ->
        now.recorded().required() == 1
                && now.wanted().members().containsAll(now.applied().members())
                && !now.wanted().members().equals(now.applied().members())
            ? new Step.Apply(now.applied().withMembers(now.wanted().members()))
            : SyncQuorumPlanner.next(now));
  }

  @Test
  void shrinkingInTheLogFirstIsCaught() {
    assertCaught(now ->
        !now.wanted().members().isEmpty()
                && now.recorded().members().size() > now.wanted().members().size()
                && now.recorded().members().containsAll(now.wanted().members())
                && now.recorded().required() == 1
            ? new Step.Commit(
                new SyncPromise(2, List.copyOf(now.wanted().members()), now.recorded().required()))
            : SyncQuorumPlanner.next(now));
  }

  @Test
  void raisingInTheLogFirstIsCaught() {
    assertCaught(now ->
        now.wanted().required() > now.recorded().required()
                && now.recorded().members().size() >= now.wanted().required()
            ? new Step.Commit(new SyncPromise(2, now.recorded().members(), now.wanted().required()))
            : SyncQuorumPlanner.next(now));
  }

  @Test
  void loweringInPostgresqlFirstIsCaught() {
    assertCaught(now ->
        now.wanted().required() < now.applied().required()
            ? new Step.Apply(now.applied().withRequired(now.wanted().required()))
            : SyncQuorumPlanner.next(now));
  }

  @Test
  void notWaitingForTheFlushIsCaught() {
    Walk walk =
        new Walk(
                4,
                2,
                true,
                now ->
                    SyncQuorumPlanner.next(now) instanceof Step.AwaitFlush
                            && now.applied().members().size() >= now.applied().required()
                        ? new Step.Commit(
                            new SyncPromise(
                                2, List.copyOf(now.applied().members()), now.applied().required()))
                        : SyncQuorumPlanner.next(now))
            .run();
    assertFalse(walk.losses.isEmpty());
  }

  private static void assertCaught(Function<Situation, Step> wrong) {
    assertFalse(new Walk(4, 2, false, wrong).run().losses.isEmpty());
  }

  @Test
  void twoStandbysBecomeSynchronousInFourSteps() {
    NodeId a = node(1);
    NodeId b = node(2);
    SyncPromise recorded = SyncPromise.NONE;
    SyncNames applied = SyncNames.of(List.of(), 0);
    SyncNames wanted = SyncNames.of(List.of(a, b), 1);
    SortedMap<NodeId, Lsn> flushed = new TreeMap<>(java.util.Map.of(a, BOUNDARY, b, Lsn.NONE));
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Step step =
          SyncQuorumPlanner.next(
              new Situation(node(0), recorded, applied, BOUNDARY, flushed, wanted));
      switch (step) {
        case Step.Commit(var promise) -> {
          recorded = promise;
          steps.add("commit " + promise.required() + " of " + promise.members());
        }
        case Step.Apply(var names) -> {
          applied = names;
          steps.add("apply " + names);
        }
        case Step.AwaitFlush(_), Step.Settled() -> steps.add("-");
      }
    }
    assertEquals(
        List.of(
            "commit 0 of [n1, n2]",
            "apply 0 of [n1, n2]",
            "apply 1 of [n1, n2]",
            "commit 1 of [n1, n2]"),
        steps.subList(0, 4));
    assertEquals("-", steps.get(4));
  }

  @Test
  void whoIsLostBeforeItFlushedGivesWayToAnother() {
    NodeId lost = node(1);
    NodeId other = node(2);
    Situation situation =
        new Situation(
            node(0),
            new SyncPromise(1, List.of(lost), 0),
            SyncNames.of(List.of(lost), 1),
            BOUNDARY,
            new TreeMap<>(java.util.Map.of(other, BOUNDARY)),
            SyncNames.of(List.of(other), 1));

    assertEquals(
        new Step.Apply(SyncNames.of(List.of(lost), 0)),
        SyncQuorumPlanner.next(situation),
        "commits would wait for ever for the flush of who is gone");
  }

  @Test
  void aPrimaryWithoutStandbysMakesCommitsWait() {
    SyncNames names =
        SyncQuorumPlanner.onPromotion(node(1), new SyncPromise(7, List.of(node(1)), 1));
    assertEquals("ANY 1 (\"quorate:nobody\")", names.setting());
    assertEquals("ANY 1 (\"n1\", \"n2\")", SyncNames.of(List.of(node(1), node(2)), 1).setting());
    assertEquals("", SyncNames.of(List.of(node(1)), 0).setting());
  }
}
