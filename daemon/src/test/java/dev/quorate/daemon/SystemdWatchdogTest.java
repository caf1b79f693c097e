package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemdWatchdogTest {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private Optional<Duration> sinceTurn = Optional.empty();

  @Test
  void systemdIsFedOnlyWhileTheBrainWorks() {
    List<String> sent = new ArrayList<>();
    try (SystemdWatchdog watchdog = new SystemdWatchdog(INTERVAL, () -> sinceTurn, sent::add)) {
      watchdog.look();
      assertEquals(1, sent.size(), "a node that waits for a cluster is well");
      sinceTurn = Optional.of(Duration.ofSeconds(1));
      watchdog.look();
      assertEquals(List.of("WATCHDOG=1", "WATCHDOG=1"), sent);
      sinceTurn = Optional.of(Duration.ofSeconds(6));
      watchdog.look();
      assertEquals(2, sent.size(), "a stuck brain feeds nobody");
      sinceTurn = Optional.of(Duration.ZERO);
      watchdog.look();
      assertEquals(3, sent.size());
    }
  }

  @Test
  void onlyWhomSystemdWatchesFeedsIt() {
    assertEquals(
        Optional.of(INTERVAL), SystemdWatchdog.wanted(Map.of("WATCHDOG_USEC", "10000000"), 7));
    assertEquals(
        Optional.of(INTERVAL),
        SystemdWatchdog.wanted(Map.of("WATCHDOG_USEC", "10000000", "WATCHDOG_PID", "7"), 7));
    assertEquals(
        Optional.empty(),
        SystemdWatchdog.wanted(Map.of("WATCHDOG_USEC", "10000000", "WATCHDOG_PID", "8"), 7));
    assertEquals(Optional.empty(), SystemdWatchdog.wanted(Map.of(), 7));
    assertEquals(Optional.empty(), SystemdWatchdog.wanted(Map.of("WATCHDOG_USEC", "often"), 7));
  }
}
