package dev.quorate.vip.core;

import dev.quorate.vip.VipConfig;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// When an address is announced after a start: often at first, since a lost packet costs clients
/// their connection, then with growing gaps for switches that learn late.
public final class AnnouncementSchedule {
  private static final List<Duration> USUAL =
      Stream.of(0, 200, 500, 1000, 2000, 5000).map(Duration::ofMillis).toList();

  private AnnouncementSchedule() {}

  /// The times after the start, rising, the first one zero.
  public static List<Duration> afterStart(VipConfig config) {
    return config.announceCount() < 0
        ? USUAL
        : evenly(config.announceCount(), config.announceInterval());
  }

  /// The times after a monitor.
  public static List<Duration> afterMonitor(VipConfig config) {
    return evenly(config.announceOnMonitor(), config.announceInterval());
  }

  private static List<Duration> evenly(int count, Duration interval) {
    return IntStream.range(0, count).mapToObj(interval::multipliedBy).toList();
  }
}
