package dev.quorate.simulation.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.MembershipConfig;
import dev.quorate.simulation.ring.RingWorld.RingLoss;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RingHoursTest {
  private static final Duration BETWEEN = Duration.ofSeconds(10);

  /// A sample of what runs every night.
  @Test
  @Tag("slow")
  void twoHundredHoursPassWithoutAFalseSuspicion() {
    for (long seed = 1; seed <= 8; seed++) {
      var tally = RingHours.simulate(1_000 + seed, Duration.ofHours(25));
      assertTrue(RingHours.isTrusting(tally), "seed " + (1_000 + seed) + ": " + tally);
    }
  }

  /// Joins that overtake each other must not make a node that started with the others look
  /// stubborn.
  @Test
  void aThousandRingsFormWithoutDoubt() {
    for (long seed = 1; seed <= 1_000; seed++) {
      var tally = RingHours.simulate(seed, Duration.ofSeconds(3));
      assertTrue(RingHours.isTrusting(tally), "seed " + seed + ": " + tally);
    }
  }

  @Test
  void aSeedIsARun() {
    var hour = Duration.ofHours(1);
    assertEquals(RingHours.simulate(5, hour), RingHours.simulate(5, hour));
  }

  /// The control of the count.
  @Test
  void aNodeThatIsCutOffIsSuspected() {
    var world = new RingWorld(1, 3, MembershipConfig.defaults(), new RingLoss(List.of(0.3, 0.0)));
    world.run(Duration.ofMinutes(1), BETWEEN);
    assertTrue(RingHours.isTrusting(world.tally()));
    world.cutOff(1);
    world.run(Duration.ofSeconds(2), BETWEEN);
    var tally = world.tally();
    assertFalse(RingHours.isTrusting(tally), tally::toString);
    assertTrue(tally.suspicions() > 0 && tally.tokensLost() > 0, tally::toString);
  }
}
