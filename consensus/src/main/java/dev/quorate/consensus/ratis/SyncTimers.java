package dev.quorate.consensus.ratis;

import dev.quorate.consensus.SyncListener;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.util.TimeDuration;

/// Where Ratis brings its metrics. One of them is the only thing in it that knows when a log asked
/// the disk to keep what was written, and when the disk had: its timer is started right before the
/// buffer is written and forced, on the same thread, and stopped right after. That one goes to the
/// [SyncListener] of the log; all others go nowhere, since nobody asks for them.
///
/// Ratis makes one of these for the whole process. Each log says whom it is for before it is
/// opened.
public final class SyncTimers extends MetricRegistries {
  private static final String COMPONENT = "log_worker";
  private static final String TIMER = "syncTime";
  private static final Timekeeper UNTIMED = () -> () -> 0;

  private static final LongCounter UNCOUNTED =
      new LongCounter() {
        @Override
        public void inc(long n) {}

        @Override
        public void dec(long n) {}

        @Override
        public long getCount() {
          return 0;
        }
      };

  private final Map<String, SyncListener> expected = new ConcurrentHashMap<>();

  /// For Ratis only.
  public SyncTimers() {}

  static SyncTimers ofProcess() {
    MetricRegistries found = MetricRegistries.global();
    if (found instanceof SyncTimers own) {
      return own;
    }
    throw new IllegalStateException(
        "another jar on the class path takes Ratis' metrics: " + found.getClass().getName());
  }

  /// Tells whom the times of a log are for that is opened next.
  void expect(RaftGroupMemberId log, SyncListener listener) {
    expected.put(log.toString(), listener);
  }

  /// What one part of Ratis reports to.
  private record Registry(MetricRegistryInfo part, Timekeeper syncs)
      implements RatisMetricRegistry {
    @Override
    public Timekeeper timer(String name) {
      return name.equals(TIMER) ? syncs : UNTIMED;
    }

    @Override
    public LongCounter counter(String name) {
      return UNCOUNTED;
    }

    @Override
    public boolean remove(String name) {
      return true;
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> value) {}

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
      return part;
    }
  }

  @Override
  public RatisMetricRegistry create(MetricRegistryInfo part) {
    SyncListener listener =
        part.getMetricsComponentName().equals(COMPONENT) ? expected.remove(part.getPrefix()) : null;
    return new Registry(part, listener == null ? UNTIMED : timed(listener));
  }

  private static Timekeeper timed(SyncListener listener) {
    return () -> {
      long begun = System.nanoTime();
      listener.begun();
      return () -> {
        long took = System.nanoTime() - begun;
        listener.ended(Duration.ofNanos(took));
        return took;
      };
    };
  }

  @Override
  public void clear() {}

  @Override
  public boolean remove(MetricRegistryInfo part) {
    return true;
  }

  @Override
  public Optional<RatisMetricRegistry> get(MetricRegistryInfo part) {
    return Optional.empty();
  }

  @Override
  public Set<MetricRegistryInfo> getMetricRegistryInfos() {
    return Set.of();
  }

  @Override
  public Collection<RatisMetricRegistry> getMetricRegistries() {
    return List.of();
  }

  @Override
  public void addReporterRegistration(
      Consumer<RatisMetricRegistry> report, Consumer<RatisMetricRegistry> stop) {}

  @Override
  public void enableJmxReporter() {}

  @Override
  public void enableConsoleReporter(TimeDuration rate) {}
}
