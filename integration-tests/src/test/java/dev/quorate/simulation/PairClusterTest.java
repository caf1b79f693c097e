package dev.quorate.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two voters through hours of faults. `-Dpair.seed=N` runs one seed only and says what happened,
/// `-Dpair.seeds=N` that many.
class PairClusterTest {
  private static final long SEEDS = Long.getLong("pair.seeds", 40);
  private static final long CONTROLS = 30;

  @Test
  void neverTwoAloneNothingLostAndBothVoteAgain() {
    long only = Long.getLong("pair.seed", 0);
    long faults = 0;
    long epochs = 0;
    long decided = 0;
    for (long seed = only > 0 ? only : 1; seed <= (only > 0 ? only : SEEDS); seed++) {
      PairCluster cluster = new PairCluster(seed, PairWeakness.NONE, only > 0 ? System.out : null);
      assertEquals(Optional.empty(), cluster.run());
      faults += cluster.faults();
      epochs += cluster.epoch() - 1;
      decided += cluster.decided();
    }
    System.out.printf("two voters: %d faults, %d epochs, %d decisions%n", faults, epochs, decided);
    assertTrue(only > 0 || epochs >= SEEDS * 5, epochs + " times somebody went on alone");
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aBrokenRuleIsCaught(PairWeakness weakness) {
    Optional<String> found =
        LongStream.rangeClosed(1, CONTROLS)
            .mapToObj(seed -> new PairCluster(seed, weakness, null).run())
            .flatMap(Optional::stream)
            .findFirst();
    assertTrue(found.isPresent(), weakness + " was not noticed");
    System.out.println(weakness + ": " + found.get().lines().findFirst().orElse(""));
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    PairCluster one = new PairCluster(7, PairWeakness.NONE, null);
    PairCluster again = new PairCluster(7, PairWeakness.NONE, null);
    assertEquals(one.run(), again.run());
    assertEquals(one.agenda.hash(), again.agenda.hash());
  }
}
