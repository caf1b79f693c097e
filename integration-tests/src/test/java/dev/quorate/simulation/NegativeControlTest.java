package dev.quorate.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each safety that is switched off must be missed: else the check of it checks nothing.
@Tag("slow")
class NegativeControlTest {
  private static final long WITHIN = 100;

  @ParameterizedTest
  @CsvSource({
    "LYING_FENCE_DEVICE, P1",
    "UNKEPT_PROMISE, P2",
    "RELEASE_WITHOUT_PROOF, P5",
    "STICKY_ADDRESS, P6",
    "ACTING_MINORITY, P7",
    "NO_EMERGENCY_STOP, P8",
    "UNREPEATED_ELECTION, P9",
    "DRIFTING_STATE, P11"
  })
  void aWeaknessIsCaughtWithinAHundredSeeds(Weakness weakness, String property) {
    long seed = 1;
    while (seed <= WITHIN
        && !new SimulatedCluster(seed, weakness, null).run().property().equals(property)) {
      seed++;
    }
    assertTrue(seed <= WITHIN, property + " was never seen to be broken");
    System.out.printf("%s: %s caught by seed %d%n", weakness, property, seed);
  }
}
