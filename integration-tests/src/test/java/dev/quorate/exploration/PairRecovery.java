package dev.quorate.exploration;

import dev.quorate.daemon.core.survivor.Survivor;
import java.util.List;
import java.util.Map;

/// What becomes of two machines once nothing fails any more: both are on and hear each other, and
/// everything that can happen does.
final class PairRecovery {
  private static final int ROUNDS = 60;

  /// What is waited for comes in this order.
  private static final List<String> STEPS =
      List.of(
          "fences",
          "is told off",
          "writes",
          "hears",
          "writes",
          "leads",
          "flushes",
          "has caught up",
          "changes members",
          "sends",
          "ends the change",
          "is taken in",
          "gains");

  private PairRecovery() {}

  /// Whether somebody decides in the end.
  static boolean comes(PairWorld from, Weakness weakness) {
    PairWorld world = from;
    for (int round = 0; round < ROUNDS; round++) {
      if (decides(world.a()) || decides(world.b())) {
        return true;
      }
      PairWorld before = world;
      world = reachable(world, weakness);
      for (String step : STEPS) {
        world = both(world, step, weakness);
      }
      if (world.equals(before)) {
        world = both(world, "asks", weakness);
      }
    }
    return false;
  }

  private static PairWorld reachable(PairWorld from, Weakness weakness) {
    PairWorld world = from.with(PairDisks.SOUND);
    for (int n : new int[] {0, 1}) {
      if (!world.node(n).on()) {
        world = world.bootLate(n);
      } else if (world.node(n).is(Survivor.Phase.OUT) || world.node(n).is(Survivor.Phase.LEFT)) {
        world = world.restart(n);
      }
    }
    return world.next(weakness).getOrDefault("mend", world);
  }

  private static PairWorld both(PairWorld from, String step, Weakness weakness) {
    PairWorld world = from;
    for (String who : List.of("A ", "B ")) {
      Map<String, PairWorld> next = world.next(weakness);
      world = next.getOrDefault(who + step, world);
    }
    return world;
  }

  private static boolean decides(PairNode node) {
    return node.daemon().filter(Survivor::decides).isPresent();
  }
}
