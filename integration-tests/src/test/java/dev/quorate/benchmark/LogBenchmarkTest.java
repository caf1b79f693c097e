package dev.quorate.benchmark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Samples of what the log's program runs at length.
@Tag("slow")
class LogBenchmarkTest {
  @Test
  void anotherLeaderCommitsAfterAKill() throws IOException {
    var line = LogBenchmark.leader(2);
    assertTrue(line.startsWith("2 kills"), line);
  }

  @Test
  void commitsAreHeldAgainstTheDisk() throws IOException {
    var line = LogBenchmark.commit(1);
    assertTrue(line.contains("the disk alone"), line);
  }
}
