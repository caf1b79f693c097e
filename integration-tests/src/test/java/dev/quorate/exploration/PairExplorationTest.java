package dev.quorate.exploration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Everything that can happen to two nodes, in every order up to a depth: never two writers, never
/// two who decide alone, no acknowledged commit lost. `-Dpair.depth=N` goes deeper.
class PairExplorationTest {
  private static final int DEPTH = Integer.getInteger("pair.depth", 14);
  private static final int CONTROL_DEPTH = 12;
  private static final int SWORN_DEPTH = Integer.getInteger("pair.depth", 13);
  private static final int RECOVERY_DEPTH = 9;
  private static final int LEAVING_DEPTH = Integer.getInteger("pair.depth", 11);
  private static final int HANGING_DEPTH = Integer.getInteger("pair.depth", 10);

  /// The standby's machine has crashed, and the primary's goes on alone.
  private static final List<String> ALONE =
      List.of(
          "B crashes",
          "A loses",
          "A delay",
          "A fences",
          "A is told off",
          "A writes",
          "A withdraws its promise",
          "A goes on");

  /// It has written more, and the other is back and copies.
  private static final List<String> LEARNING =
      then(ALONE, "A commits", "B boots", "B hears", "B writes");

  /// Both vote again, and the standby has everything.
  private static final List<String> TOGETHER =
      then(
          then(
              then(LEARNING, "B has caught up", "A writes", "A changes members", "A flushes"),
              "A sends",
              "A ends the change",
              "A flushes",
              "A sends",
              "B is taken in",
              "B writes"),
          "A gains",
          "B gains",
          "B attaches",
          "A waits",
          "A promises");

  private record Reached(PairWorld from, String by) {}

  /// What an exploration came to.
  private record Found(long states, int depth, Optional<List<String>> violation) {}

  static Stream<Arguments> starts() {
    return Stream.of(
        Arguments.of("paired", List.of()),
        Arguments.of("alone", ALONE),
        Arguments.of("learning", LEARNING),
        Arguments.of("together again", TOGETHER));
  }

  @ParameterizedTest
  @MethodSource("starts")
  void neverTwoWritersAndNothingLost(String name, List<String> path) {
    Found found = explore(Weakness.NONE, path, DEPTH);
    System.out.printf("%s: %d states to depth %d%n", name, found.states(), found.depth());
    assertEquals(Optional.empty(), found.violation());
  }

  static Stream<Arguments> weaknesses() {
    List<String> unseen = List.of("B crashes", "A loses", "A delay", "A fences");
    List<String> votes = then(unseen, "B boots", "B hears", "B gains", "A is told off");
    List<String> hasty =
        then(
            then(unseen, "A is told off", "A is hasty", "A withdraws its promise", "A goes on"),
            "A commits",
            "A crashes",
            "A boots",
            "B boots");
    List<String> keeps =
        then(
            then(LEARNING, "B has caught up", "B is taken in", "B writes", "A gains", "B gains"),
            "B attaches",
            "A waits",
            "A promises",
            "A crashes",
            "B loses",
            "B delay",
            "B fences");
    return Stream.of(
        Arguments.of(Weakness.LYING_DEVICE, List.of()),
        Arguments.of(Weakness.FAILED_IS_DONE, List.of()),
        Arguments.of(Weakness.FALSE_OATH, List.of()),
        Arguments.of(Weakness.OATH_OVER_NEWER, then(ALONE, "A commits", "A crashes", "B boots")),
        Arguments.of(Weakness.BOOTED_MAY_FENCE, LEARNING),
        Arguments.of(Weakness.VOTES_WHILE_FENCING, votes),
        Arguments.of(Weakness.ALONE_BEFORE_WRITTEN, hasty),
        Arguments.of(Weakness.KEEPS_SOLE, keeps));
  }

  private static List<String> then(List<String> path, String... further) {
    return Stream.concat(path.stream(), Stream.of(further)).toList();
  }

  @ParameterizedTest
  @MethodSource("weaknesses")
  void aBrokenRuleIsCaught(Weakness weakness, List<String> path) {
    Found found = explore(weakness, path, CONTROL_DEPTH);
    System.out.printf("%s: %d states, %s%n", weakness, found.states(), found.violation());
    assertTrue(found.violation().isPresent(), weakness + " was not noticed");
  }

  @Test
  void thePrimaryGoesOnAloneAndTheOtherComesBack() {
    PairWorld alone = PairWorld.paired().after(Weakness.NONE, ALONE);
    assertTrue(alone.a().primary());
    assertEquals(2, alone.a().disk().epoch());
    PairWorld together = PairWorld.paired().after(Weakness.NONE, TOGETHER);
    assertEquals(together.a().disk(), together.b().disk());
    assertTrue(together.b().promise());
  }

  @Test
  void theStandbyTakesOver() {
    PairWorld taken =
        PairWorld.paired()
            .after(
                Weakness.NONE,
                List.of(
                    "A commits",
                    "A crashes",
                    "B loses",
                    "B delay",
                    "B fences",
                    "B is told off",
                    "B writes",
                    "B promotes"));
    assertTrue(taken.b().primary());
    assertEquals(taken.acknowledged(), taken.b().data());
  }

  /// Both were down, one machine is burnt, and the other is sworn to.
  @Test
  void theOneThatComesBackGoesOnByAnOath() {
    PairWorld sworn =
        PairWorld.paired()
            .after(
                Weakness.NONE,
                List.of(
                    "A commits",
                    "A crashes",
                    "B crashes",
                    "B boots",
                    "B is sworn to",
                    "B writes",
                    "B promotes"));
    assertTrue(sworn.b().primary());
    assertEquals(sworn.acknowledged(), sworn.b().data());
    assertEquals(4, sworn.b().disk().epoch());
  }

  /// It was lost between the record and the new log, and so was the other for good.
  @Test
  void theOneWhoseNewLogWasNeverPutInPlaceGoesOnByAnOath() {
    PairWorld sworn =
        PairWorld.paired()
            .after(
                Weakness.NONE,
                List.of(
                    "A commits",
                    "B crashes",
                    "A loses",
                    "A delay",
                    "A fences",
                    "A is told off",
                    "A crashes once it has written",
                    "A boots late",
                    "A is sworn to",
                    "A writes",
                    "A promotes"));
    assertEquals(7, sworn.a().disk().epoch());
    assertEquals(sworn.acknowledged(), sworn.a().data());
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whoseDiskHangsLeavesAndBothNever(String name, List<String> path) {
    PairWorld start = PairWorld.paired().after(Weakness.NONE, path).with(PairDisks.hanging(2));
    isSafeAndEnds(name + ", disks", start, HANGING_DEPTH);
  }

  private static void isSafeAndEnds(String what, PairWorld start, int depth) {
    Found found = explore(Weakness.NONE, start, depth, PairWorld::violation);
    System.out.printf("%s: %d states to depth %d%n", what, found.states(), found.depth());
    assertEquals(Optional.empty(), found.violation());
    Found ended =
        explore(Weakness.NONE, start, RECOVERY_DEPTH - 1, world -> stuck(world, Weakness.NONE));
    assertEquals(Optional.empty(), ended.violation());
  }

  static Stream<Arguments> pairs() {
    return Stream.of(Arguments.of("paired", List.of()), Arguments.of("together again", TOGETHER));
  }

  @Test
  void whoseDiskHangsIsFencedAndTheOtherTakesOver() {
    PairWorld taken =
        PairWorld.paired()
            .with(PairDisks.hanging(1))
            .after(
                Weakness.NONE,
                List.of(
                    "A commits",
                    "A has a disk that hangs",
                    "A leaves",
                    "B loses",
                    "B delay",
                    "B fences",
                    "B is told off",
                    "B writes",
                    "B promotes"));
    assertTrue(taken.b().primary());
    assertEquals(taken.acknowledged(), taken.b().data());
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whoLeavesInPeaceLeavesTheVoteToTheOther(String name, List<String> path) {
    PairWorld start = PairWorld.paired().after(Weakness.NONE, path).with(PairLeaving.often(2));
    isSafeAndEnds(name + ", leaving", start, LEAVING_DEPTH);
  }

  @Test
  void thePrimaryLeavesInPeaceAndTheOtherTakesOver() {
    PairWorld taken =
        PairWorld.paired()
            .with(PairLeaving.often(1))
            .after(
                Weakness.NONE,
                List.of(
                    "A commits",
                    "A stops its database",
                    "A leaves in peace",
                    "A leaves its vote",
                    "A writes",
                    "B hears",
                    "B writes",
                    "B promotes"));
    assertTrue(taken.b().primary());
    assertEquals(taken.acknowledged(), taken.b().data());
    assertEquals(2, taken.b().disk().epoch());
  }

  @Test
  void twoWhoLeaveTheirVotesLeaveNobodyToDecide() {
    PairWorld start = PairWorld.paired().with(PairLeaving.often(2));
    caughtStuck(Weakness.BOTH_LEAVE_THEIR_VOTE, start);
    PairWorld offering =
        PairWorld.paired()
            .after(
                Weakness.NONE,
                then(
                    then(LEARNING, "B has caught up", "A writes", "A changes members", "A flushes"),
                    "A sends",
                    "A ends the change",
                    "A flushes",
                    "A sends",
                    "A gains"))
            .with(PairLeaving.often(1));
    caughtStuck(Weakness.LEAVES_TO_A_LEARNER, offering);
  }

  private static void caughtStuck(Weakness weakness, PairWorld start) {
    Found found = explore(weakness, start, RECOVERY_DEPTH, world -> stuck(world, weakness));
    System.out.printf("%s: %d states, %s%n", weakness, found.states(), found.violation());
    assertTrue(found.violation().isPresent(), weakness + " was not noticed");
  }

  /// The other is sworn to, and goes on from what was before.
  private static final List<String> OUTDONE =
      then(ALONE, "A commits", "A crashes", "B boots", "B is sworn to", "B writes", "B promotes");

  @Test
  void whoComesBackWhenTheOtherWasSwornToGoesOnWithNothingOld() {
    for (List<String> path : List.of(ALONE, OUTDONE)) {
      Found found = explore(Weakness.LOSS_ACCEPTED, path, SWORN_DEPTH);
      System.out.printf("loss accepted: %d states to depth %d%n", found.states(), found.depth());
      assertEquals(Optional.empty(), found.violation());
    }
    Weakness accepted = Weakness.LOSS_ACCEPTED;
    Found ended = explore(accepted, OUTDONE, RECOVERY_DEPTH - 1, world -> stuck(world, accepted));
    assertEquals(Optional.empty(), ended.violation());
  }

  @ParameterizedTest
  @EnumSource(names = {"NEVER_DOUBTS", "BELIEVES_ONE_HELLO"})
  void whoGoesOnTooSoonAfterAnOathIsCaught(Weakness weakness) {
    Found found = explore(weakness, OUTDONE, CONTROL_DEPTH);
    System.out.printf("%s: %s%n", weakness, found.violation());
    assertTrue(found.violation().isPresent(), weakness + " was not noticed");
  }

  @Test
  void whoLeavesUnaskedIsCaught() {
    PairWorld start = PairWorld.paired().with(PairDisks.hanging(2));
    Found found = explore(Weakness.LEAVES_UNASKED, start, CONTROL_DEPTH, PairWorld::violation);
    System.out.printf("%s: %s%n", Weakness.LEAVES_UNASKED, found.violation());
    assertTrue(found.violation().isPresent());
  }

  private static Optional<String> stuck(PairWorld world, Weakness weakness) {
    return PairRecovery.comes(world, weakness)
        ? Optional.empty()
        : Optional.of("nobody decides any more");
  }

  @ParameterizedTest
  @MethodSource("starts")
  void whateverHappenedSomebodyDecidesInTheEnd(String name, List<String> path) {
    Found found =
        explore(Weakness.NONE, path, RECOVERY_DEPTH, world -> stuck(world, Weakness.NONE));
    System.out.printf("%s: %d states to depth %d%n", name, found.states(), found.depth());
    assertEquals(Optional.empty(), found.violation());
  }

  @ParameterizedTest
  @EnumSource(names = {"COUNTS_TOO_EARLY", "NEVER_ASKS"})
  void aRuleWhoseBreachLeavesNobodyToDecideIsCaught(Weakness weakness) {
    Found found =
        explore(
            weakness,
            then(LEARNING, "B has caught up", "A writes", "A changes members"),
            RECOVERY_DEPTH,
            world -> stuck(world, weakness));
    System.out.printf("%s: %d states, %s%n", weakness, found.states(), found.violation());
    assertTrue(found.violation().isPresent(), weakness + " was not noticed");
  }

  private static Found explore(Weakness weakness, List<String> path, int depth) {
    return explore(weakness, path, depth, PairWorld::violation);
  }

  private static Found explore(
      Weakness weakness,
      List<String> path,
      int depth,
      Function<PairWorld, Optional<String>> wrongIn) {
    return explore(weakness, PairWorld.paired().after(weakness, path), depth, wrongIn);
  }

  private static Found explore(
      Weakness weakness,
      PairWorld start,
      int depth,
      Function<PairWorld, Optional<String>> wrongIn) {
    Map<PairWorld, Reached> seen = new HashMap<>();
    seen.put(start, new Reached(start, "start"));
    List<PairWorld> frontier = List.of(start);
    int level = 0;
    while (level < depth && !frontier.isEmpty()) {
      List<PairWorld> further = new ArrayList<>();
      for (PairWorld world : frontier) {
        for (Map.Entry<String, PairWorld> next : world.next(weakness).entrySet()) {
          PairWorld reached = next.getValue();
          if (seen.putIfAbsent(reached, new Reached(world, next.getKey())) != null) {
            continue;
          }
          Optional<String> wrong = wrongIn.apply(reached);
          if (wrong.isPresent()) {
            return new Found(
                seen.size(), level + 1, Optional.of(path(seen, start, reached, wrong.get())));
          }
          further.add(reached);
        }
      }
      frontier = further;
      level++;
    }
    return new Found(seen.size(), level, Optional.empty());
  }

  private static List<String> path(
      Map<PairWorld, Reached> seen, PairWorld start, PairWorld end, String wrong) {
    List<String> path = new ArrayList<>(List.of(wrong));
    for (PairWorld at = end; !at.equals(start); ) {
      Reached how = seen.getOrDefault(at, new Reached(start, "?"));
      path.addFirst(how.by());
      at = how.from();
    }
    return path;
  }
}
