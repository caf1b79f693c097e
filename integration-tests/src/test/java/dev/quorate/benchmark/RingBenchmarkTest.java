package dev.quorate.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Samples of what the ring's programs run at length.
class RingBenchmarkTest {
  @Test
  void decodersHaveAnAnswerToEverything() {
    var line = RingFuzz.run(300_000, 7);
    assertTrue(line.startsWith("300000 executions without finding"), line);
  }

  @Test
  void hostileDatagramsChangeNothingButCounters() throws IOException {
    var line = HostileDatagrams.run(2);
    assertTrue(line.contains("no view changed, no token lost"), line);
  }

  @Test
  void busyProcessorsMakeNobodyDoubted() throws IOException {
    assertEquals(0, FalseSuspicions.run(Duration.ofSeconds(2)));
  }

  @Test
  void aSilentNodeIsDetected() throws IOException {
    var line = RingBenchmark.detection(1);
    assertTrue(line.startsWith("1 kills"), line);
  }
}
