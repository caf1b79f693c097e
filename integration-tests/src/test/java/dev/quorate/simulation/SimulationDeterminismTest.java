package dev.quorate.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class SimulationDeterminismTest {
  private static final long SEED = 77;

  @Test
  void theSameSeedGivesTheSameRun() {
    assertEquals(hash(SEED), hash(SEED));
    assertNotEquals(hash(SEED), hash(SEED + 1));
  }

  /// The salt of unordered collections differs between two processes.
  @Test
  void theSameSeedGivesTheSameRunInAnotherProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.quorate.simulation.SimulationMain",
                    "--seed",
                    Long.toString(SEED),
                    "--quiet"))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    String expected = String.format("trace hash %016x", hash(SEED));
    assertEquals(expected, output.lines().reduce((_, b) -> b).orElse(""));
  }

  private static long hash(long seed) {
    SimulationTally tally = new SimulationTally();
    tally.add(new SimulatedCluster(seed, Weakness.NONE, null).run());
    return tally.hash();
  }
}
