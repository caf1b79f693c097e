package dev.quorate.daemon.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/// How long the disk takes for the log, and whether the log can be used at all.
public final class LogMetrics {
  private static final long[] MILLIS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};

  private final Timer syncs;
  private final Counter late;
  private volatile BooleanSupplier slow = () -> false;
  private volatile BooleanSupplier usable = () -> true;

  LogMetrics(MeterRegistry registry) {
    syncs =
        Timer.builder("quorate.log.sync")
            .description("how long the disk took to keep what the log had written")
            .serviceLevelObjectives(
                LongStream.of(MILLIS).mapToObj(Duration::ofMillis).toArray(Duration[]::new))
            .register(registry);
    late =
        Counter.builder("quorate.log.slow.syncs")
            .description("syncs of the log that took log.slow-sync or longer")
            .register(registry);
    gauge(
        registry,
        "quorate.log.disk.slow",
        "whether the log's disk is slow",
        () -> slow.getAsBoolean());
    gauge(
        registry,
        "quorate.log.usable",
        "0 if the log of this node is damaged or gone",
        () -> usable.getAsBoolean());
  }

  private static void gauge(
      MeterRegistry registry, String name, String what, BooleanSupplier value) {
    Gauge.builder(name, () -> value.getAsBoolean() ? 1 : 0).description(what).register(registry);
  }

  /// The disk has answered.
  ///
  /// @param slowly whether it took too long
  public void synced(Duration took, boolean slowly) {
    syncs.record(took.toNanos(), TimeUnit.NANOSECONDS);
    if (slowly) {
      late.increment();
    }
  }

  /// From now on this says whether the disk is slow.
  public void disk(BooleanSupplier isSlow) {
    slow = isSlow;
  }

  /// From now on this says whether the log can be used.
  public void usable(BooleanSupplier isUsable) {
    usable = isUsable;
  }
}
